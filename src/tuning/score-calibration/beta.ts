import { err, ok } from "../../core/result.ts";
import type { Calibrator, CalibratorResult } from "./calibrator.ts";
import { fitLogisticCurve, logOdds, sigmoid } from "./logistic-curve.ts";
import { scoredRows } from "./scored-rows.ts";

/**
 * Beta calibration: σ(a · ln s − b · ln(1 − s) + c) with a, b ≥ 0, by maximum likelihood (Kull, Silva Filho & Flach, AISTATS
 * 2017). Bends either end of the scale apart, which Platt scaling cannot. Where a coefficient would be negative it is 0
 * and the others are fitted again, as the authors do. Fails with `no-rows`, or with `no-finite-fit` where the scores part right
 * from wrong perfectly or all rows are of one kind.
 */
export function fitBeta(scores: ArrayLike<number>, correct: ArrayLike<number>): CalibratorResult {
	const rows = scoredRows(scores, correct);
	if (rows.scores.length === 0) return err("no-rows");
	const right = rows.scores.map((score) => logOdds(score).right);
	const wrong = rows.scores.map((score) => -logOdds(score).wrong);
	const fit = (...columns: Float64Array[]) => fitLogisticCurve(columns, rows.correct);
	const whole = fit(right, wrong);
	if (whole === undefined) return err("no-finite-fit");
	const [a, b] = whole.slopes as [number, number];
	if (a >= 0 && b >= 0) return ok(betaCalibrator(a, b, whole.intercept));
	const one = fit(a < 0 ? wrong : right);
	if (one === undefined) return err("no-finite-fit");
	const [kept] = one.slopes as [number];
	if (kept >= 0) return ok(a < 0 ? betaCalibrator(0, kept, one.intercept) : betaCalibrator(kept, 0, one.intercept));
	const level = fit();
	return level === undefined ? err("no-finite-fit") : ok(betaCalibrator(0, 0, level.intercept));
}

/** σ(a · ln s − b · ln(1 − s) + c). */
export function betaCalibrator(a: number, b: number, c: number): Calibrator {
	return {
		kind: "beta",
		parameters: { kind: "beta", a, b, c },
		calibrate: (score) => {
			const { right, wrong } = logOdds(score);
			return sigmoid(a * right - b * wrong + c);
		},
	};
}
