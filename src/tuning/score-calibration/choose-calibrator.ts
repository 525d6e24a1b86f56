import type { Calibrator, CalibratorParameters, CalibratorResult } from "./calibrator.ts";
import { betaCalibrator, fitBeta } from "./beta.ts";
import { fitHistogram, histogramCalibrator } from "./histogram.ts";
import { fitIsotonic, isotonicCalibrator } from "./isotonic.ts";
import { fitPlatt, plattCalibrator } from "./platt.ts";
import { scoredRows } from "./scored-rows.ts";
import { fitTemperature, temperatureCalibrator } from "./temperature.ts";

/** From here on steps are fitted, and below a curve of two parameters. A matter of judgement. */
const ROWS_FOR_ISOTONIC = 1_000;

/**
 * Fits the map that suits the number of rows: isotonic from 1,000 scored rows on, Platt with smoothed targets below. Or the kind
 * that is asked for. Of the rows that it was fitted on a map looks better calibrated than it is: measure it on others.
 */
export function fitCalibrator(
	scores: ArrayLike<number>,
	correct: ArrayLike<number>,
	kind?: CalibratorParameters["kind"],
): CalibratorResult {
	switch (kind ?? kindFor(scoredRows(scores, correct).scores.length)) {
		case "isotonic":
			return fitIsotonic(scores, correct);
		case "platt":
			return fitPlatt(scores, correct);
		case "temperature":
			return fitTemperature(scores, correct);
		case "beta":
			return fitBeta(scores, correct);
		case "histogram":
			return fitHistogram(scores, correct);
	}
}

/** The map that a fit's parameters describe, as they come back from JSON. */
export function restoreCalibrator(parameters: CalibratorParameters): Calibrator {
	switch (parameters.kind) {
		case "isotonic":
			return isotonicCalibrator(parameters.scores, parameters.values);
		case "platt":
			return plattCalibrator(parameters.slope, parameters.intercept);
		case "temperature":
			return temperatureCalibrator(parameters.temperature);
		case "beta":
			return betaCalibrator(parameters.a, parameters.b, parameters.c);
		case "histogram":
			return histogramCalibrator(parameters.values);
	}
}

function kindFor(rows: number): "isotonic" | "platt" {
	return rows >= ROWS_FOR_ISOTONIC ? "isotonic" : "platt";
}
