import type { Result } from "../../core/result.ts";

/**
 * A map from a score to the probability of being right, as numbers that JSON can hold.
 *
 * - `isotonic`: straight lines between (score, value), level outside
 * - `platt`: σ(slope · logit s + intercept)
 * - `temperature`: σ(logit s / temperature)
 * - `beta`: σ(a · ln s − b · ln(1 − s) + c)
 * - `histogram`: the value of the bin of equal width over [0, 1], (lo, hi]
 */
export type CalibratorParameters =
	| { readonly kind: "isotonic"; readonly scores: readonly number[]; readonly values: readonly number[] }
	| { readonly kind: "platt"; readonly slope: number; readonly intercept: number }
	| { readonly kind: "temperature"; readonly temperature: number }
	| { readonly kind: "beta"; readonly a: number; readonly b: number; readonly c: number }
	| { readonly kind: "histogram"; readonly values: readonly number[] };

/**
 * A fitted map. Calibrated scores are for display, budgets and gain scores: no guarantee depends on them, and thresholds stay
 * on the score itself, since an isotonic map makes many scores equal.
 */
export interface Calibrator {
	readonly kind: CalibratorParameters["kind"];
	readonly parameters: CalibratorParameters;
	/** Probability in [0, 1] of being right at this score; NaN for NaN. */
	readonly calibrate: (score: number) => number;
}

/**
 * Why there is no map.
 *
 * - `no-rows`: no row has a score
 * - `no-finite-fit`: the likelihood rises forever, as where the scores part right from wrong perfectly
 * - `not-rising`: the best temperature is not above 0, that is the scores are no better than chance, or worse
 */
type NotCalibrated = "no-rows" | "no-finite-fit" | "not-rising";

/** A map, or why there is none. */
export type CalibratorResult = Result<Calibrator, NotCalibrated>;
