import type { CascadeLog } from "../log/cascade-log.ts";
import { escalationOrder, type EscalationOptions, type EscalationOrder } from "./escalation-order.ts";

/** A cascade at one threshold. */
export interface DeferralPoint {
	/** Share of requests that the large model answers, in [0, 1]. */
	readonly escalation: number;
	/** Share of requests answered right, in [0, 1]. */
	readonly quality: number;
	/** Share of the accepted that is wrong; null where nothing is accepted. */
	readonly selectiveRisk: number | null;
	/** Mean US dollars of a request; null where a price is unknown. */
	readonly costUsd: number | null;
	/**
	 * The least confidence that is accepted. Null where no threshold does this: where everything escalates, and where nothing
	 * does although some rows have no reading.
	 */
	readonly threshold: number | null;
}

/** Quality and cost along escalation. */
export interface DeferralCurve {
	readonly rows: number;
	/** Rows without a reading, which always escalate. */
	readonly withoutReading: number;
	readonly qualitySmall: number;
	readonly qualityLarge: number;
	/** Mean US dollars of a request that only the large model is asked; null where a price is unknown. */
	readonly costLargeUsd: number | null;
	/** Some prices are unknown, and stand at their stage's mean. */
	readonly isCostEstimated: boolean;
	/** From no escalation to all. */
	readonly points: readonly DeferralPoint[];
}

/**
 * Deferral curve: quality and cost of a two-stage cascade as more requests escalate, least confident first, rows without a
 * reading before all others. There is a point where a threshold can lie, that is between distinct confidences; a straight line
 * between two points is the expected value were rows of equal confidence escalated in random order. It begins at the small
 * model's quality and ends at the large one's. O(n log n). Of labelled rows; undefined where there is none.
 */
export function deferralCurve(log: CascadeLog, options: EscalationOptions = {}): DeferralCurve | undefined {
	const order = escalationOrder(log, options);
	return order === undefined ? undefined : curveOf(order);
}

/** The curve at any escalation in [0, 1], between two of its points by a straight line; with no threshold there. */
export function pointAtEscalation({ points }: DeferralCurve, escalation: number): DeferralPoint {
	if (!(escalation >= 0 && escalation <= 1)) throw new RangeError("escalation must lie between 0 and 1");
	let low = 0;
	let high = points.length - 1;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((points[middle] as DeferralPoint).escalation < escalation) low = middle + 1;
		else high = middle;
	}
	const above = points[low] as DeferralPoint;
	const below = points[low - 1];
	if (below === undefined || above.escalation === escalation) return above;
	const share = (escalation - below.escalation) / (above.escalation - below.escalation);
	const between = (from: number, to: number): number => from + share * (to - from);
	const acceptedWrong = ({ escalation: rate, selectiveRisk }: DeferralPoint): number =>
		(selectiveRisk ?? 0) * (1 - rate);
	return {
		escalation,
		quality: between(below.quality, above.quality),
		selectiveRisk: between(acceptedWrong(below), acceptedWrong(above)) / (1 - escalation),
		costUsd: below.costUsd === null || above.costUsd === null ? null : between(below.costUsd, above.costUsd),
		threshold: null,
	};
}

function curveOf(order: EscalationOrder): DeferralCurve {
	const { rows, splits, thresholds, smallRight, largeRight } = order;
	const acceptedCost = sumsFrom(order.acceptedCost);
	const escalatedCost = sumsUpTo(order.escalatedCost);
	const rightSmall = sumsFrom(smallRight);
	const rightLarge = sumsUpTo(largeRight);
	const riskFrom = (escalated: number): number => 1 - (rightSmall[escalated] as number) / (rows - escalated);
	const points = Array.from(splits, (escalated, index) => ({
		escalation: escalated / rows,
		quality: ((rightLarge[escalated] as number) + (rightSmall[escalated] as number)) / rows,
		selectiveRisk: escalated === rows ? null : riskFrom(escalated),
		costUsd: numberOrNull(((escalatedCost[escalated] as number) + (acceptedCost[escalated] as number)) / rows),
		threshold: numberOrNull(thresholds[index] as number),
	}));
	return {
		rows,
		withoutReading: order.withoutReading,
		qualitySmall: (rightSmall[0] as number) / rows,
		qualityLarge: (rightLarge[rows] as number) / rows,
		costLargeUsd: numberOrNull((sumsUpTo(order.largeCost)[rows] as number) / rows),
		isCostEstimated: order.isCostEstimated,
		points,
	};
}

/** Sums of the first 0, 1, … values. */
function sumsUpTo(values: ArrayLike<number>): Float64Array {
	const sums = new Float64Array(values.length + 1);
	for (let index = 0; index < values.length; index++)
		sums[index + 1] = (sums[index] as number) + (values[index] as number);
	return sums;
}

/** Sums of the values from position 0, 1, … on. Summed apart, as a difference of sums would be NaN for one unknown. */
function sumsFrom(values: ArrayLike<number>): Float64Array {
	const sums = new Float64Array(values.length + 1);
	for (let index = values.length - 1; index >= 0; index--)
		sums[index] = (sums[index + 1] as number) + (values[index] as number);
	return sums;
}

/** What an unknown price or a threshold that is none becomes where people and JSON read it. */
export function numberOrNull(value: number): number | null {
	return Number.isNaN(value) ? null : value;
}
