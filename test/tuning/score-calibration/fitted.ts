import type { Calibrator, CalibratorResult } from "../../../src/tuning/score-calibration/calibrator.ts";

/** The map, where there is one. */
export function fitted(result: CalibratorResult): Calibrator {
	if (!result.ok) throw new Error(result.error);
	return result.value;
}
