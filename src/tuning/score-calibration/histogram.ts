import { err, ok } from "../../core/result.ts";
import { binOfWidth, calibrationBins } from "../metrics/calibration-error.ts";
import type { Calibrator, CalibratorResult } from "./calibrator.ts";
import { scoredRows } from "./scored-rows.ts";

/**
 * Histogram binning: the share of right answers in each of `bins` bins of equal width over [0, 1], (lo, hi] (Zadrozny & Elkan,
 * ICML 2001). A bin without rows has the share of all rows. Need not rise with the score. Fails with `no-rows` only.
 */
export function fitHistogram(
	scores: ArrayLike<number>,
	correct: ArrayLike<number>,
	bins: number = 10,
): CalibratorResult {
	const rows = scoredRows(scores, correct);
	if (rows.scores.length === 0) return err("no-rows");
	const all = rows.correct.reduce((sum, verdict) => sum + verdict, 0) / rows.correct.length;
	const parts = calibrationBins(rows.scores, rows.correct, "equal-width", bins);
	return ok(histogramCalibrator(parts.map(({ accuracy }) => accuracy ?? all)));
}

/** The value of the score's bin. */
export function histogramCalibrator(values: readonly number[]): Calibrator {
	return {
		kind: "histogram",
		parameters: { kind: "histogram", values },
		calibrate: (score) => values[binOfWidth(score, values.length)] ?? Number.NaN,
	};
}
