import { isLabelsNeededCapped } from "../../tuning/selection/estimate-labels.ts";
import type { Attempt } from "./attempts-file.ts";
import type { Applied } from "./apply-thresholds.ts";
import type { LoadedCascade } from "./load-cascade.ts";
import { summariseCascade, summariseLastStage, type CascadeSummary } from "./summarise-cascade.ts";
import { rowReportJson } from "./show-row-report.ts";
import type { TuningCertificate } from "./tuning-certificate.ts";
import type { TuningOutcome, TuningQuestion } from "./tuning-question.ts";

/** All that a run of `cascade tune` found out. */
export interface TuningResult {
	readonly loaded: LoadedCascade;
	/** Its delta is what this attempt could spend. */
	readonly question: TuningQuestion;
	/** What was asked for. */
	readonly delta: number;
	readonly attempt: Attempt;
	readonly outcome: TuningOutcome;
	readonly certificate: TuningCertificate | null;
	/** Models whose confidence does not order their answers on the tested rows; found after they were tested. */
	readonly outOfOrder: readonly string[];
	/** Of the tested rows; where nothing is certified, of asking the last stage alone. */
	readonly expected: CascadeSummary;
	/** The same of the rows held out; null where none were. */
	readonly heldOut: CascadeSummary | null;
}

/** What the certified thresholds do with these rows; nothing certified means that everything goes to the last stage. */
export function expectedOf(outcome: TuningOutcome): Pick<TuningResult, "expected" | "heldOut"> {
	const { thresholds, tested, heldOut } = outcome;
	const summarise = (log: typeof tested) =>
		thresholds === null ? summariseLastStage(log) : summariseCascade(log, thresholds);
	return { expected: summarise(tested), heldOut: heldOut === null ? null : summarise(heldOut) };
}

/** The one object that `--json` prints. */
export function tuningJson(result: TuningResult, applied: Applied | null): Readonly<Record<string, unknown>> {
	const { question, outcome, expected, heldOut, attempt, certificate, delta, loaded } = result;
	const { thresholds, counts } = outcome;
	return {
		certified: outcome.certified,
		threshold: thresholds?.[0] ?? null,
		thresholds,
		models: outcome.tested.stages.map(({ model }) => model),
		risk: question.risk,
		target: question.target,
		delta,
		deltaSpent: question.delta,
		attempt: attempt.number,
		attemptsOnOverlappingLogs: attempt.onOverlappingLogs,
		attemptAsClaim: attempt.asClaim,
		onLabel: question.onLabel,
		score: question.score,
		rows: expected.rows,
		coverage: expected.coverage,
		coverageInterval: outcome.certified ? expected.coverageInterval : null,
		n: counts?.accepted ?? 0,
		wrong: counts?.wrong ?? 0,
		pValue: outcome.pValue,
		upperBound: outcome.upperBound,
		escalationRate: expected.escalationRate,
		quality: expected.quality,
		lastStageQuality: expected.lastStageQuality,
		costUsd: expected.costUsd,
		lastStageCostUsd: expected.lastStageCostUsd,
		isCostEstimated: expected.isCostEstimated,
		saving: expected.saving,
		...(heldOut === null ? {} : { heldOut: heldOutJson(heldOut) }),
		reason: outcome.reason,
		outOfOrder: result.outOfOrder,
		labelsNeeded: outcome.labelsNeeded,
		labelsNeededIsCapped: isCapped(outcome),
		certificate,
		applied,
		input: rowReportJson(loaded.loaded),
	};
}

/** Whether more labels are needed than the figure says. */
export function isCapped({ labelsNeeded, tested }: TuningOutcome): boolean {
	return labelsNeeded !== null && isLabelsNeededCapped(labelsNeeded, tested.rows);
}

/** `n` is how many rows were held out. */
function heldOutJson(summary: CascadeSummary): Readonly<Record<string, unknown>> {
	const { rows, accepted, wrong, coverage, selectiveRisk, quality, lastStageQuality, escalationRate, costUsd, saving } =
		summary;
	return {
		n: rows,
		accepted,
		wrong,
		coverage,
		selectiveRisk,
		quality,
		lastStageQuality,
		escalationRate,
		costUsd,
		saving,
	};
}
