import { logRegretEValue, regretUpperBound } from "../bounds/betting.ts";
import { binomialCdf } from "../bounds/binomial.ts";
import { clopperPearsonUpper } from "../bounds/clopper-pearson.ts";

/**
 * Which promise is meant; they are never mixed.
 *
 * - `selective`: P(wrong | accepted), what people read into "accepted answers are wrong at most alpha"
 * - `joint`: P(accepted and wrong), over all requests
 * - `regret`: E[accepted · (wrong − the last stage wrong)], how much worse than always paying the full price; in [-1, 1]
 */
export type RiskKind = "selective" | "joint" | "regret";

/**
 * What became of the rows under one rule of acceptance; every risk and every bound is a function of these whole numbers.
 * "Accepted" is answered before the last stage.
 */
export interface AcceptanceCounts {
	/** All rows, accepted or not. */
	readonly rows: number;
	readonly accepted: number;
	/** Accepted and wrong. */
	readonly wrong: number;
	/** Accepted, wrong, and the last stage would have been right. */
	readonly worse: number;
	/** Accepted, right, and the last stage would have been wrong. */
	readonly better: number;
}

/**
 * The risk in these rows: a share in [0, 1], for regret a mean in [−1, 1]. NaN where it is of nothing (no row, or for
 * `selective` none accepted); NaN is below no target.
 */
export function empiricalRisk(kind: RiskKind, counts: AcceptanceCounts): number {
	if (kind === "selective") return counts.wrong / counts.accepted;
	if (kind === "joint") return counts.wrong / counts.rows;
	return (counts.worse - counts.better) / counts.rows;
}

/**
 * p-value of "the risk is at least `target`": exact binomial for selective risk (given how many were accepted, the wrong
 * ones among them are binomial) and for joint risk (over all rows), 1/E of a betting e-value for regret. 1 where there is
 * no row. Throws a RangeError where `target` is not in (0, 1), for regret (−1, 1).
 */
export function pValue(kind: RiskKind, counts: AcceptanceCounts, target: number): number {
	if (kind === "regret") return Math.exp(-Math.max(0, logRegretEValue(counts, target)));
	if (!(target > 0 && target < 1)) throw new RangeError("target must lie between 0 and 1");
	return binomialCdf(counts.wrong, kind === "selective" ? counts.accepted : counts.rows, target);
}

/**
 * Upper confidence bound of the risk at level 1 − `delta`, the least target that `pValue` rejects at `delta`:
 * Clopper-Pearson, for regret the bets inverted. 1 where there is no row. Of one rule of acceptance that was fixed before the
 * rows were seen, and of no other: at a threshold that a sequence of tests chose, the target of those tests holds at 1 − `delta`,
 * and this bound, which is below it, with less.
 */
export function upperBound(kind: RiskKind, counts: AcceptanceCounts, delta: number): number {
	if (kind === "regret") return regretUpperBound(counts, delta);
	return clopperPearsonUpper(counts.wrong, kind === "selective" ? counts.accepted : counts.rows, delta);
}
