import { err, ok } from "../../core/result.ts";
import type { Calibrator, CalibratorResult } from "./calibrator.ts";
import { fitLogisticCurve, logit, sigmoid } from "./logistic-curve.ts";
import { scoredRows } from "./scored-rows.ts";

/**
 * Temperature scaling of a probability: σ(logit s / T), by maximum likelihood (Guo et al., ICML 2017). One parameter, for few
 * rows and a score that is a probability already; 0.5 stays 0.5. Fails with `no-rows`, with `no-finite-fit` where scores above
 * 0.5 are all right and below all wrong, and with `not-rising`.
 */
export function fitTemperature(scores: ArrayLike<number>, correct: ArrayLike<number>): CalibratorResult {
	const rows = scoredRows(scores, correct);
	if (rows.scores.length === 0) return err("no-rows");
	const fit = fitLogisticCurve([rows.scores.map(logit)], rows.correct, { hasIntercept: false });
	const inverse = fit?.slopes[0];
	if (inverse === undefined) return err("no-finite-fit");
	return inverse > 0 ? ok(temperatureCalibrator(1 / inverse)) : err("not-rising");
}

/** σ(logit s / temperature). */
export function temperatureCalibrator(temperature: number): Calibrator {
	return {
		kind: "temperature",
		parameters: { kind: "temperature", temperature },
		calibrate: (score) => sigmoid(logit(score) / temperature),
	};
}
