import { err, ok } from "../../core/result.ts";
import type { Calibrator, CalibratorResult } from "./calibrator.ts";
import { fitLogisticCurve, logit, sigmoid } from "./logistic-curve.ts";
import { scoredRows } from "./scored-rows.ts";

/** How the verdicts enter. */
export interface PlattOptions {
	/**
	 * Whether right and wrong become (r + 1)/(r + 2) and 1/(w + 2), with r right and w wrong rows, so that the fit is finite
	 * even where the scores part right from wrong perfectly; true where not given.
	 */
	readonly smoothed?: boolean | undefined;
}

/**
 * Platt scaling on the logit of a score in [0, 1]: σ(slope · logit s + intercept), by maximum likelihood (Platt, 1999), with
 * his smoothed targets and a Newton's method as Lin, Lin & Weng give it (Machine Learning 68, 2007). Good from a few dozen
 * rows on. Where all scores are equal only the intercept is fitted, with slope 0. Fails with `no-rows`, and unsmoothed also with
 * `no-finite-fit`.
 */
export function fitPlatt(
	scores: ArrayLike<number>,
	correct: ArrayLike<number>,
	{ smoothed = true }: PlattOptions = {},
): CalibratorResult {
	const rows = scoredRows(scores, correct);
	if (rows.scores.length === 0) return err("no-rows");
	const right = rows.correct.reduce((sum, verdict) => sum + verdict, 0);
	const wrong = rows.correct.length - right;
	const targets = smoothed
		? rows.correct.map((verdict) => (verdict === 1 ? (right + 1) / (right + 2) : 1 / (wrong + 2)))
		: rows.correct;
	const fit = fitLogisticCurve([rows.scores.map(logit)], targets);
	return fit === undefined ? err("no-finite-fit") : ok(plattCalibrator(fit.slopes[0] as number, fit.intercept));
}

/** σ(slope · logit s + intercept). */
export function plattCalibrator(slope: number, intercept: number): Calibrator {
	return {
		kind: "platt",
		parameters: { kind: "platt", slope, intercept },
		calibrate: (score) => sigmoid(slope * logit(score) + intercept),
	};
}
