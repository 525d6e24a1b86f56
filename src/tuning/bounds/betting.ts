import { boundaryOf } from "./boundary.ts";
import { logMeanExp } from "./log-mean-exp.ts";

/** Shares of the largest bet that cannot lose everything; the wealth is the mean over them, since the best is not known. */
export const BET_FRACTIONS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8] as const;

/** What regret is a sum of: `rows` rows, `worse` of which lost by 1 and `better` of which gained 1. */
export interface RegretCounts {
	readonly rows: number;
	readonly worse: number;
	readonly better: number;
}

/**
 * ln of the e-value against "the mean regret is at least `target`", where a row's regret is x = 1 (accepted and wrong, and
 * the last stage right), −1 (the other way round) or 0. A gambler bets the share b = c / (1 − target) of the wealth on
 * x < target at each row: E = mean over c of Π (1 − b (x − target)) (Waudby-Smith & Ramdas, "Estimating Means of Bounded
 * Random Variables by Betting", JRSS B 86, 2024). Where the claim holds, E E ≤ 1, so by Markov's inequality
 * 1/E is a p-value. The product depends on the counts alone, in whatever order rows came.
 *
 * Used instead of Hoeffding-Bentkus on (x + 1)/2, which knows nothing of the many rows that are exactly 0 and certifies
 * next to nothing. 0 (no evidence) where there is no row. Throws a RangeError where counts are none or disagree, or
 * `target` is not in (−1, 1).
 */
export function logRegretEValue(counts: RegretCounts, target: number): number {
	validate(counts);
	if (!(target > -1 && target < 1)) throw new RangeError("target must lie between -1 and 1");
	return logWealth(counts, target);
}

/** The e-value itself, at least 0; infinite where it exceeds every double. See `logRegretEValue`. */
export function regretEValue(counts: RegretCounts, target: number): number {
	return Math.exp(logRegretEValue(counts, target));
}

/**
 * Upper confidence bound of the mean regret at level 1 − `delta`: the least target that the bets reject, which all above
 * it are too, since every factor grows with the target. In [−1, 1]; 1 where there is no row.
 */
export function regretUpperBound(counts: RegretCounts, delta: number): number {
	validate(counts);
	if (!(delta > 0 && delta < 1)) throw new RangeError("delta must lie between 0 and 1");
	return boundaryOf((target) => logWealth(counts, target), -Math.log(delta), -1, 1);
}

function logWealth({ rows, worse, better }: RegretCounts, target: number): number {
	const same = rows - worse - better;
	return logMeanExp(
		BET_FRACTIONS.map((fraction) => {
			const bet = fraction / (1 - target);
			return worse * Math.log1p(-fraction) + better * Math.log1p(bet * (1 + target)) + same * Math.log1p(bet * target);
		}),
	);
}

function validate({ rows, worse, better }: RegretCounts): void {
	const areCounts = [rows, worse, better].every((count) => Number.isSafeInteger(count) && count >= 0);
	if (!(areCounts && worse + better <= rows)) throw new RangeError("rows, worse and better must be counts that agree");
}
