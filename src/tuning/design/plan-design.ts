import { empiricalRisk, pValue, type AcceptanceCounts, type RiskKind } from "../selection/risk.ts";
import type { Design } from "./enumerate-designs.ts";
import type { FittingFold } from "./fitting-fold.ts";
import { cascadeOf, pathOf, type VectorPath } from "./threshold-vectors.ts";
import { layVectorPath, type PathPoint, type PathStage } from "./vector-path.ts";

/** What designs are judged by on the fitting fold. */
export interface PlanRequest {
	readonly risk: RiskKind;
	readonly target: number;
	readonly delta: number;
	/** How much quality, in [0, 1], may be lost against the reference. */
	readonly margin: number;
	readonly startCoverages: readonly number[];
	readonly allowance: number;
	/** How many rows will test what is planned. */
	readonly testedRows: number;
}

/** What a design is expected to do, from the fitting fold alone. */
export interface PlannedDesign {
	readonly design: Design;
	/** A threshold for each model but the last. */
	readonly thresholds: readonly number[];
	readonly cost: number;
	/** Minus the regret: quality gained against the reference. */
	readonly qualityDifference: number;
	readonly counts: AcceptanceCounts;
	/** From strict to the planned thresholds. */
	readonly path: VectorPath;
}

/** Normal quantile of 0.8: what is planned should come true with about that chance. */
const LIKELY = 0.8416212335729143;

/** The cheapest point of a design's path that is likely to pass the test and to match the reference's quality; null: none. */
export function planDesign(design: Design, fold: FittingFold, request: PlanRequest): PlannedDesign | null {
	const asked = design.map((model) => fold.models[model] as PathStage);
	const reference = fold.models.at(-1) as PathStage;
	const points = layVectorPath(cascadeOf(asked, reference), { allowance: request.allowance });
	const isReferenceAlone = asked.length === 1 && asked[0] === reference;
	const accepting = isReferenceAlone ? points : points.filter(({ counts }) => counts.accepted > 0);
	const start = isReferenceAlone ? 0 : (pathOf(points, request.startCoverages).starts[0] ?? 0);
	const passes = (point: PathPoint, slack: number): boolean =>
		isReferenceAlone || likelyPValue(point.counts, request, slack) <= request.delta / request.startCoverages.length;
	let planned = -1;
	for (const [index, point] of accepting.entries()) {
		const isFirstTested = index <= start;
		if (!passes(point, isFirstTested ? LIKELY : 0)) {
			// Before the start a point is only tested where the path ends there.
			if (index < start) continue;
			break;
		}
		if (matchesQuality(point.counts, request.margin)) planned = index;
	}
	const point = accepting[planned];
	if (point === undefined) return null;
	return {
		design,
		thresholds: point.thresholds,
		cost: point.cost,
		qualityDifference: -empiricalRisk("regret", point.counts),
		counts: point.counts,
		path: pathOf(accepting.slice(0, planned + 1), request.startCoverages),
	};
}

/**
 * The p-value that the tested rows would give were they as these, their errors raised by `slack` standard deviations of the
 * difference between the two samples.
 */
function likelyPValue(counts: AcceptanceCounts, { risk, target, testedRows }: PlanRequest, slack: number): number {
	const scale = testedRows / counts.rows;
	const raised = (errors: number): number =>
		Math.ceil(errors * scale + slack * Math.sqrt(errors * scale * (1 + scale)) - 1e-9);
	const accepted = Math.round(counts.accepted * scale);
	const wrong = Math.min(accepted, raised(counts.wrong));
	const worse = Math.min(accepted, raised(counts.worse));
	const better = Math.min(accepted - worse, Math.floor(counts.better * scale));
	return pValue(risk, { rows: testedRows, accepted, wrong, worse, better }, target);
}

/** Whether quality is likely to be within the margin on other rows too. */
function matchesQuality({ rows, worse, better }: AcceptanceCounts, margin: number): boolean {
	const regret = (worse - better) / rows;
	const variance = Math.max(0, (worse + better) / rows - regret * regret) / rows;
	return regret + LIKELY * Math.sqrt(variance) <= margin;
}
