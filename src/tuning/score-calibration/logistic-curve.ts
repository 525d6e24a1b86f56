import { fitLogistic, type LogisticOptions } from "../learning/logistic-regression.ts";

/** Scores closer than this to 0 or 1 are taken as this far from it, as 0 and 1 have no finite logit. */
const CLIPPED = 1e-12;

/** ln s and ln(1 − s), with s clipped to [1e-12, 1 − 1e-12]; NaN for NaN. */
export function logOdds(score: number): { readonly right: number; readonly wrong: number } {
	const clipped = Math.min(1 - CLIPPED, Math.max(CLIPPED, score));
	return { right: Math.log(clipped), wrong: Math.log1p(-clipped) };
}

/** ln(s / (1 − s)), clipped as `logOdds`. */
export function logit(score: number): number {
	const { right, wrong } = logOdds(score);
	return right - wrong;
}

/** 1 / (1 + exp(−x)). */
export function sigmoid(x: number): number {
	return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/**
 * Maximum-likelihood coefficients of P = σ(intercept + Σ θ_j x_j) for targets in [0, 1], unpenalised (`fitLogistic`); a constant
 * column has coefficient 0. Undefined where there is no finite maximum or columns determine each other.
 */
export function fitLogisticCurve(
	columns: readonly Float64Array[],
	targets: Float64Array,
	options: Pick<LogisticOptions, "hasIntercept"> = {},
): { readonly intercept: number; readonly slopes: readonly number[] } | undefined {
	const fit = fitLogistic(columns, targets, { ...options, ridge: 0 });
	return fit.ok ? { intercept: fit.value.bias, slopes: fit.value.weights } : undefined;
}
