import type { StageColumns } from "../../tuning/log/cascade-log.ts";
import { calibrationBins, calibrationError } from "../../tuning/metrics/calibration-error.ts";
import { brierScore } from "../../tuning/metrics/proper-scores.ts";
import { areaUnderRoc } from "../../tuning/metrics/ranking.ts";
import { readingsOf } from "./readings.ts";
import type { ReliabilityDiagram } from "./report-model.ts";

/** How the confidence of a model's answers matches the share of them that is right. */
export function reliabilityDiagram(stage: StageColumns): ReliabilityDiagram {
	const { confidence, correct } = readingsOf(stage);
	const bins = calibrationBins(confidence, correct, "equal-width");
	return {
		model: stage.model,
		bins,
		equalWidth: calibrationError(bins) ?? null,
		equalMass: calibrationError(calibrationBins(confidence, correct, "equal-mass")) ?? null,
		brier: brierScore(confidence, correct) ?? null,
		auroc: areaUnderRoc(confidence, correct) ?? null,
		withoutReading: stage.confidence.length - confidence.length,
	};
}
