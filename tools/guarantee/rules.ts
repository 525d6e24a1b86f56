import { empiricalRisk, pValue, type AcceptanceCounts, type RiskKind } from "../../src/tuning/selection/risk.ts";

/** What a rule is asked for. */
export interface Goal {
	readonly risk: RiskKind;
	readonly target: number;
	readonly delta: number;
}

/**
 * Naive tuning: the position of the loosest threshold at which the risk in the rows themselves meets the target, which
 * escalates least; null where none does. What most published recipes do.
 */
export function naiveChoice(counts: readonly AcceptanceCounts[], { risk, target }: Goal): number | null {
	const loosest = counts.findLastIndex((each) => empiricalRisk(risk, each) <= target);
	return loosest < 0 ? null : loosest;
}

/**
 * The loosest threshold whose own bound meets the target, whatever became of the stricter ones. Each bound holds with
 * chance 1 − delta; the one that was picked for being good does not.
 */
export function pointwiseChoice(counts: readonly AcceptanceCounts[], { risk, target, delta }: Goal): number | null {
	const loosest = counts.findLastIndex((each) => pValue(risk, each, target) <= delta);
	return loosest < 0 ? null : loosest;
}
