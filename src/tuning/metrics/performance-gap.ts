import type { CascadeLog } from "../log/cascade-log.ts";
import type { DeferralCurve, DeferralPoint } from "./deferral-curve.ts";
import { escalationOrder } from "./escalation-order.ts";

/**
 * A share of the gap between the small and the large model, or the statement that there is none to recover: the large model
 * is not better than the small one on these rows, and the measure is undefined.
 */
export type GapMeasure = number | "no-gap";

/** A point of a curve that no threshold makes. */
export type CurvePoint = Pick<DeferralPoint, "escalation" | "quality">;

/** AUDC: area under the deferral curve over escalation 0 to 1, by trapezoids; the mean quality over all escalations. */
export function areaUnderDeferralCurve({ points }: DeferralCurve): number {
	return areaUnder(points);
}

/** PGR: performance gap recovered, (Q − q_small) / (q_large − q_small). Below 0 or above 1 where Q is outside the gap. */
export function performanceGapRecovered({ qualitySmall, qualityLarge }: DeferralCurve, quality: number): GapMeasure {
	return qualityLarge > qualitySmall ? (quality - qualitySmall) / (qualityLarge - qualitySmall) : "no-gap";
}

/** APGR: mean of the PGR over all escalations (Ong et al., RouteLLM, 2024). Escalation at random has 0.5. */
export function averagePerformanceGapRecovered(curve: DeferralCurve): GapMeasure {
	return performanceGapRecovered(curve, areaUnderDeferralCurve(curve));
}

/**
 * CPT: call-performance threshold, the least escalation at which `share` of the gap is recovered (Ong et al., RouteLLM,
 * 2024), by a straight line between the points on either side of the curve's first crossing. RouteLLM's own code
 * interpolates over qualities as if they rose along the curve; the first crossing does not need that. `share` in [0, 1].
 */
export function callPerformanceThreshold(curve: DeferralCurve, share: number): GapMeasure {
	const { points, qualitySmall, qualityLarge, rows } = curve;
	if (!(share >= 0 && share <= 1)) throw new RangeError("share must lie between 0 and 1");
	if (!(qualityLarge > qualitySmall)) return "no-gap";
	const target = qualitySmall + share * (qualityLarge - qualitySmall);
	// Qualities are whole numbers of rows, so what is a thousandth of a row short is a rounding error.
	const crossing = points.findIndex(({ quality }) => quality >= target - 1e-3 / rows);
	const above = points[crossing] as DeferralPoint;
	const below = points[crossing - 1];
	if (below === undefined || above.quality <= target) return above.escalation;
	const part = (target - below.quality) / (above.quality - below.quality);
	return below.escalation + part * (above.escalation - below.escalation);
}

/** Expected quality where requests escalate at random: a straight line from the small model's to the large one's. */
export function randomCurve({ qualitySmall, qualityLarge }: DeferralCurve): CurvePoint[] {
	return [
		{ escalation: 0, quality: qualitySmall },
		{ escalation: 1, quality: qualityLarge },
	];
}

/**
 * The best that any order of escalation can do: first the requests that only the large model answers right, last those
 * that only the small one does. Undefined where no row is labelled.
 */
export function oracleCurve(log: CascadeLog): CurvePoint[] | undefined {
	const order = escalationOrder(log);
	if (order === undefined) return undefined;
	const { rows, smallRight, largeRight } = order;
	let [small, onlyLarge, onlySmall] = [0, 0, 0];
	for (let row = 0; row < rows; row++) {
		const difference = (largeRight[row] as number) - (smallRight[row] as number);
		small += smallRight[row] as number;
		if (difference > 0) onlyLarge++;
		if (difference < 0) onlySmall++;
	}
	const best = (small + onlyLarge) / rows;
	return [
		{ escalation: 0, quality: small / rows },
		{ escalation: onlyLarge / rows, quality: best },
		{ escalation: 1 - onlySmall / rows, quality: best },
		{ escalation: 1, quality: (small + onlyLarge - onlySmall) / rows },
	];
}

/** Area under a curve by trapezoids, from its first escalation to its last. */
export function areaUnder(points: readonly CurvePoint[]): number {
	let area = 0;
	for (let index = 1; index < points.length; index++) {
		const from = points[index - 1] as CurvePoint;
		const to = points[index] as CurvePoint;
		area += ((to.escalation - from.escalation) * (to.quality + from.quality)) / 2;
	}
	return area;
}
