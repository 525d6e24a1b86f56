import { isCapped, type TuningResult } from "../tune/tuning-result.ts";
import { pathSteps } from "./path-steps.ts";
import { qualityCurves } from "./quality-curves.ts";
import { reliabilityDiagram } from "./reliability-diagram.ts";
import type { PathStep, ReportModel } from "./report-model.ts";
import { riskCoverageCurve } from "./risk-coverage-curve.ts";
import { MOST_POINTS, thinPoints } from "./thin-points.ts";

/** Computes what a report of a run shows. */
export function reportModel(result: TuningResult, labeller: string = "unnamed"): ReportModel {
	const { loaded, question, delta, attempt, outcome, certificate, expected, heldOut } = result;
	const { thresholds, counts, pValue, upperBound, method, reason, labelsNeeded, tested } = outcome;
	const path = pathSteps(outcome, question);
	const { labelsRead } = loaded.loaded;
	return {
		models: tested.stages.map(({ model }) => model),
		claim: {
			risk: question.risk,
			target: question.target,
			delta,
			deltaSpent: question.delta,
			attempt: attempt.number,
			plannedAttempts: attempt.planned,
			asClaim: attempt.asClaim,
			onLabel: question.onLabel,
			group: loaded.source.group ?? null,
			score: question.score,
			calibrationShare: question.calibrationShare,
			seed: question.seed,
			starts: question.startCoverages?.length ?? 1,
		},
		outcome: {
			thresholds,
			counts,
			pValue,
			upperBound,
			method,
			reason,
			labelsNeeded,
			labelsNeededIsCapped: isCapped(outcome),
			testedRows: tested.rows,
		},
		certificate,
		labeller: certificate?.labeller ?? loaded.loaded.labeller ?? labeller,
		input: {
			file: loaded.source.file,
			format: loaded.loaded.format,
			report: loaded.loaded.report,
			labels: labelsRead === undefined ? null : { rejected: labelsRead.rejected, unused: labelsRead.unused },
		},
		expected,
		heldOut,
		path: thinPath(path),
		riskCoverage: riskCoverageCurve(outcome, path, question.delta),
		reliability: tested.stages.slice(0, -1).map(reliabilityDiagram),
		quality: qualityCurves(outcome, question),
	};
}

/** Keeps the steps that decided, whatever their risk. */
function thinPath(path: readonly PathStep[]): readonly PathStep[] {
	if (path.length <= MOST_POINTS) return path;
	const thin = new Set(thinPoints(path, ({ risk }) => risk ?? 0, MOST_POINTS - 3));
	const first = path.find(({ verdict }) => verdict !== "untested");
	return path.filter(
		(step) => thin.has(step) || step === first || step.verdict === "chosen" || step.verdict === "failed",
	);
}
