import type { RiskInterval } from "./risk-estimate.ts";

/** The greatest bet; half of what could ruin. */
const TRUNCATION = 0.5;
const PRIOR_MEAN = 0.5;
const PRIOR_VARIANCE = 0.25;

/** What a sequence of observations in [0, 1] has shown of its mean so far. */
interface EmpiricalBernstein {
	/** Chance, for each of the two sides, that its bound ever fails. */
	readonly delta: number;
	readonly n: number;
	readonly sum: number;
	/** Of squared distances from the regularised mean as it then was. */
	readonly squares: number;
	readonly betSum: number;
	readonly weighted: number;
	readonly penalty: number;
}

/** Nothing seen yet. Throws a RangeError where `delta` is not in (0, 1). */
function createEmpiricalBernstein(delta: number): EmpiricalBernstein {
	if (!(delta > 0 && delta < 1)) throw new RangeError("delta must lie between 0 and 1");
	return { delta, n: 0, sum: 0, squares: 0, betSum: 0, weighted: 0, penalty: 0 };
}

/**
 * One observation more, in the order in which they came: the bet on it is fixed by those before (the predictable mixture of
 * Waudby-Smith & Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86, 2024, section 3.2; as in their
 * package confseq). Throws a RangeError where `x` is not in [0, 1].
 */
function addObservation(state: EmpiricalBernstein, x: number): EmpiricalBernstein {
	if (!(x >= 0 && x <= 1)) throw new RangeError("observations lie in [0, 1]");
	const { delta } = state;
	const n = state.n + 1;
	const variance = (PRIOR_VARIANCE + state.squares) / n;
	const bet = Math.min(TRUNCATION, Math.sqrt((2 * -Math.log(delta)) / (n * Math.log1p(n) * variance)));
	const meanBefore = state.n === 0 ? 0 : state.sum / state.n;
	const sum = state.sum + x;
	const mean = Math.min(1, (PRIOR_MEAN + sum) / (n + 1));
	return {
		delta,
		n,
		sum,
		squares: state.squares + (x - mean) ** 2,
		betSum: state.betSum + bet,
		weighted: state.weighted + bet * x,
		penalty: state.penalty + (x - meanBefore) ** 2 * (-Math.log1p(-bet) - bet),
	};
}

/** Lower bound of the mean that holds at all times at once with chance 1 − delta; 0 without observations. */
function empiricalBernsteinLower(state: EmpiricalBernstein): number {
	if (state.n === 0) return 0;
	return Math.max(0, (state.weighted - (-Math.log(state.delta) + state.penalty)) / state.betSum);
}

/**
 * A confidence sequence of a mean: two one-sided ones. The bound from above is 1 minus the bound from below of 1 − x, whose
 * bets are others.
 */
export interface MeanSequence {
	readonly fromBelow: EmpiricalBernstein;
	readonly fromAbove: EmpiricalBernstein;
}

/** Nothing seen yet; `delta` of both sides together. */
export function createMeanSequence(delta: number): MeanSequence {
	return { fromBelow: createEmpiricalBernstein(delta / 2), fromAbove: createEmpiricalBernstein(delta / 2) };
}

/** One observation more, in [0, 1], in order. */
export function addToMeanSequence({ fromBelow, fromAbove }: MeanSequence, x: number): MeanSequence {
	return { fromBelow: addObservation(fromBelow, x), fromAbove: addObservation(fromAbove, 1 - x) };
}

/** The mean and the interval that, with chance 1 − delta, contains the true one at all times; null before the first observation. */
export function meanInterval({ fromBelow, fromAbove }: MeanSequence): RiskInterval | null {
	if (fromBelow.n === 0) return null;
	return {
		estimate: fromBelow.sum / fromBelow.n,
		lower: empiricalBernsteinLower(fromBelow),
		upper: 1 - empiricalBernsteinLower(fromAbove),
	};
}
