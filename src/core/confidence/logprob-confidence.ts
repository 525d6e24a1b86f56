import type { TokenLogprob } from "../completion.ts";
import { measured, unavailable, type ConfidenceReading } from "../reading.ts";

/**
 * The log-probabilities of an answer, or null unless every token carries a usable one. A single missing, NaN or
 * positive value makes the whole reading worthless: an average over the rest would hide exactly the odd token.
 */
export function usableLogprobs(tokens: readonly TokenLogprob[]): number[] | null {
	// What is inside a list of tokens is the upstream's own: nothing about it is certain.
	const logprobs = tokens.map((token): unknown => token?.logprob);
	// `<= 0` is false for NaN too. Negative infinity is a legal "impossible".
	return logprobs.every((logprob): logprob is number => typeof logprob === "number" && logprob <= 0) ? logprobs : null;
}

/** Reads tokens through a statistic of their log-probabilities; the confidence is exp(statistic). */
function readThrough(
	tokens: readonly TokenLogprob[] | null,
	statistic: (logprobs: number[]) => number,
): ConfidenceReading {
	if (tokens === null || tokens.length === 0) return unavailable("no-logprobs");
	const logprobs = usableLogprobs(tokens);
	return logprobs === null ? unavailable("bad-logprobs") : measured(Math.exp(statistic(logprobs)));
}

/**
 * `mean-logprob`: exp((1/n) sum log p_i), the geometric mean of the token probabilities. Length-normalised
 * sequence likelihood (Malinin & Gales, 2021); "Chow-average" in Gupta et al., ICLR 2024, who show that long
 * answers still bias it: one bad token among many good ones barely moves the mean.
 */
export function meanLogprobConfidence(tokens: readonly TokenLogprob[] | null): ConfidenceReading {
	return readThrough(tokens, (logprobs) => logprobs.reduce((sum, logprob) => sum + logprob, 0) / logprobs.length);
}

/** `min-logprob`: the probability of the least likely token, quantile 0 in Gupta et al., ICLR 2024. */
export function minLogprobConfidence(tokens: readonly TokenLogprob[] | null): ConfidenceReading {
	return readThrough(tokens, (logprobs) => logprobs.reduce((least, logprob) => Math.min(least, logprob)));
}

/**
 * `quantile-logprob`: exp of a low quantile of the token log-probabilities (Gupta et al., ICLR 2024), which is
 * neither hidden by length as the mean is nor ruled by one token as the minimum is.
 */
export function quantileLogprobConfidence(tokens: readonly TokenLogprob[] | null, quantile: number): ConfidenceReading {
	return readThrough(tokens, (logprobs) => sampleQuantile(logprobs, quantile));
}

/**
 * Sample quantile by linear interpolation of order statistics (Hyndman & Fan's type 7, the default of R and
 * NumPy). `quantile` in [0, 1]; `values` not empty.
 */
export function sampleQuantile(values: readonly number[], quantile: number): number {
	const sorted = values.toSorted((left, right) => left - right);
	const position = (sorted.length - 1) * quantile;
	const below = Math.floor(position);
	const lower = sorted[below] ?? Number.NaN;
	const upper = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
	// Where both neighbours are -Infinity their difference is NaN, so equal neighbours are not interpolated.
	// The same where one is: interpolation from minus infinity stays there, and none is needed at a rank itself.
	if (lower === upper || position === below || lower === Number.NEGATIVE_INFINITY) return lower;
	return lower + (position - below) * (upper - lower);
}
