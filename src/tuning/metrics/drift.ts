import { rankTies } from "./ties.ts";

/** Shares are clipped here, as an empty bin has no logarithm. */
const LEAST_SHARE = 1e-4;

/**
 * PSI, population stability index: Σ (current − reference) · ln(current / reference) over the bins of two histograms given as
 * shares, each clipped at 1e-4. 0 where they are equal, and never below. The customary limits 0.1 and 0.25 are folklore: what
 * is usual depends on the number of rows and bins. Throws a RangeError where the histograms differ in length.
 */
export function populationStabilityIndex(reference: ArrayLike<number>, current: ArrayLike<number>): number {
	if (reference.length !== current.length) throw new RangeError("histograms must have the same bins");
	let index = 0;
	for (let bin = 0; bin < reference.length; bin++) {
		const before = Math.max(LEAST_SHARE, reference[bin] as number);
		const now = Math.max(LEAST_SHARE, current[bin] as number);
		index += (now - before) * Math.log(now / before);
	}
	return index;
}

/**
 * PSI of scores, over bins (lo, hi] cut at the quantiles of the reference (equal cuts fall together where scores are tied),
 * with one bin more for rows without a score (NaN). Undefined where either has no row.
 */
export function scoreStability(
	reference: ArrayLike<number>,
	current: ArrayLike<number>,
	bins: number = 10,
): number | undefined {
	if (!(Number.isInteger(bins) && bins > 0)) throw new RangeError("bins must be a positive whole number");
	if (reference.length === 0 || current.length === 0) return undefined;
	const sorted = Float64Array.from(reference)
		.filter((score) => !Number.isNaN(score))
		.sort();
	const cuts = new Set<number>();
	for (let bin = 1; bin < bins; bin++) {
		const cut = sorted[Math.ceil((bin * sorted.length) / bins) - 1];
		if (cut !== undefined) cuts.add(cut);
	}
	return populationStabilityIndex(sharesOf(reference, [...cuts]), sharesOf(current, [...cuts]));
}

/** What the Kolmogorov-Smirnov test says of two samples. */
export interface KolmogorovSmirnov {
	/** D: the greatest distance between the two cumulative distributions, in [0, 1]. */
	readonly distance: number;
	/** Asymptotic, with Stephens' correction for small samples; conservative where scores are tied. */
	readonly pValue: number;
}

/**
 * Two-sample Kolmogorov-Smirnov test of "both come from one distribution". p = 2 Σ (−1)^(k−1) exp(−2k²λ²) with
 * λ = (√n + 0.12 + 0.11/√n) · D and n = n₁n₂/(n₁ + n₂) (Stephens, Journal of the Royal Statistical Society B 32, 1970). Rows
 * without a score (NaN) are left out. Undefined where either sample is empty.
 */
export function kolmogorovSmirnov(first: ArrayLike<number>, second: ArrayLike<number>): KolmogorovSmirnov | undefined {
	const joined = new Float64Array(first.length + second.length);
	joined.set(first);
	joined.set(second, first.length);
	const { values, ranks } = rankTies(joined);
	const counts = [new Uint32Array(values.length), new Uint32Array(values.length)] as const;
	for (const [row, rank] of ranks.entries()) {
		if (rank < 0) continue;
		const ofSample = counts[row < first.length ? 0 : 1];
		ofSample[rank] = (ofSample[rank] as number) + 1;
	}
	const [firstRows, secondRows] = counts.map((ofSample) => ofSample.reduce((sum, count) => sum + count, 0)) as [
		number,
		number,
	];
	if (firstRows === 0 || secondRows === 0) return undefined;
	let [distance, firstBelow, secondBelow] = [0, 0, 0];
	for (let rank = 0; rank < values.length; rank++) {
		firstBelow += counts[0][rank] as number;
		secondBelow += counts[1][rank] as number;
		distance = Math.max(distance, Math.abs(firstBelow / firstRows - secondBelow / secondRows));
	}
	const size = Math.sqrt((firstRows * secondRows) / (firstRows + secondRows));
	return { distance, pValue: kolmogorovTail((size + 0.12 + 0.11 / size) * distance) };
}

/**
 * Page's one-sided CUSUM: S = max(0, S + x − target − slack) after each value, starting at 0 (Page, Biometrika 41, 1954). It
 * rises while values stay above target + slack; an alarm is a limit that the caller sets.
 */
export function cumulativeSum(
	values: ArrayLike<number>,
	{ target, slack }: { readonly target: number; readonly slack: number },
): Float64Array {
	let sum = 0;
	return Float64Array.from(values, (value) => (sum = Math.max(0, sum + value - target - slack)));
}

/** P(K > λ) of Kolmogorov's distribution. The alternating series fails for small λ, where the other one is fast. */
function kolmogorovTail(lambda: number): number {
	if (lambda === 0) return 1;
	let sum = 0;
	if (lambda < 1) {
		const exponent = Math.PI ** 2 / (8 * lambda ** 2);
		for (let odd = 1; odd < 40; odd += 2) sum += Math.exp(-(odd ** 2) * exponent);
		return Math.max(0, 1 - (Math.sqrt(2 * Math.PI) / lambda) * sum);
	}
	for (let term = 1; term <= 20; term++) sum += (term % 2 === 1 ? 1 : -1) * Math.exp(-2 * (term * lambda) ** 2);
	return Math.min(1, 2 * sum);
}

function sharesOf(scores: ArrayLike<number>, cuts: readonly number[]): Float64Array {
	const shares = new Float64Array(cuts.length + 2);
	for (let row = 0; row < scores.length; row++) {
		const score = scores[row] as number;
		const above = cuts.findIndex((cut) => score <= cut);
		const bin = Number.isNaN(score) ? cuts.length + 1 : above < 0 ? cuts.length : above;
		shares[bin] = (shares[bin] as number) + 1 / scores.length;
	}
	return shares;
}
