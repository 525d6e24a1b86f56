import { ok, type Result } from "../../core/result.ts";
import { selectRows, type CascadeLog, type StageColumns } from "../../tuning/log/cascade-log.ts";
import { orderById } from "../../tuning/log/canonical-rows.ts";
import { chooseThresholdVector } from "../../tuning/design/threshold-vectors.ts";
import { splitRows } from "../../tuning/log/split-rows.ts";
import { seededRandom } from "../../tuning/seeded-random.ts";
import { seedOf } from "./seeds.ts";
import { chooseThreshold, type NotCertified, type SelectionRequest } from "../../tuning/selection/choose-threshold.ts";
import type { RiskKind } from "../../tuning/selection/risk.ts";
import { fitScores } from "./fit-scores.ts";
import type { Shares, TuningOutcome, TuningQuestion } from "./tuning-question.ts";

/** The rows in the order of their ids, so that everything drawn by a seed is drawn alike whatever order lines stand in. */
export function inOrder(cascade: CascadeLog): CascadeLog {
	return selectRows(cascade, orderById(cascade));
}

/** Draws the rows that may be calibrated on. `cascade` is in order. */
export function drawShares(cascade: CascadeLog, { calibrationShare, seed }: TuningQuestion): Shares {
	if (calibrationShare === 1) return { calibration: cascade, heldOut: null };
	const { drawn, rest } = splitRows(cascade, calibrationShare, seededRandom(seedOf("held-out", seed)));
	return { calibration: selectRows(cascade, drawn), heldOut: selectRows(cascade, rest) };
}

/**
 * Answers the question from these rows; the same question of the same rows has the same answer, for ever. Fails where a
 * score cannot be fitted.
 */
export function runTuning(shares: Shares, question: TuningQuestion): Result<TuningOutcome, string> {
	const scored = fitScores(shares, question.score, question.seed);
	if (!scored.ok) return scored;
	const { calibration, heldOut, fitted } = scored.value;
	const { risk, target, delta, onLabel, startCoverages, seed } = question;
	const request = {
		risk,
		target,
		delta,
		onLabel: onLabel ?? undefined,
		startCoverages: startCoverages ?? undefined,
		seed,
	};
	const chosen = choose(rowLabelled(calibration), request);
	return ok({
		...chosen,
		method: methodName(risk),
		tested: selectRows(calibration, chosen.calibrationRows),
		heldOut: heldOut === null ? null : labelledOnly(heldOut, onLabel),
		reason: chosen.reason === undefined ? null : explainReason(chosen.reason, question),
		fitted,
	});
}

/** What both ways of choosing have in common. */
type Choice = Pick<
	TuningOutcome,
	"certified" | "thresholds" | "counts" | "pValue" | "upperBound" | "path" | "start" | "labelsNeeded"
> & { readonly calibrationRows: Int32Array; readonly reason: NotCertified | undefined };

function choose(log: CascadeLog, request: Omit<SelectionRequest, "path">): Choice {
	if (log.stages.length > 2) {
		const { path, start, reason, ...selection } = chooseThresholdVector(log, request);
		return { ...selection, path: path.vectors, start: start ?? 0, reason };
	}
	const { threshold, path, start, reason, ...selection } = chooseThreshold(log, request);
	return {
		...selection,
		thresholds: threshold === null ? null : [threshold],
		path: Array.from(path.thresholds, (each) => [each]),
		start: start ?? 0,
		reason,
	};
}

/** Rows say by themselves whether they may be tested: a stage without a reading needs no label. */
export function rowLabelled(log: CascadeLog): CascadeLog {
	return { ...log, stages: log.stages.map((stage): StageColumns => ({ ...stage, labelled: undefined })) };
}

function labelledOnly(log: CascadeLog, onLabel: string | null): CascadeLog {
	const label = log.stages[0]?.label;
	const kept = Array.from(log.ids.keys()).filter(
		(row) => log.labelled?.[row] !== 0 && (onLabel === null || label?.[row] === onLabel),
	);
	return kept.length === log.rows ? log : selectRows(log, kept);
}

function methodName(risk: RiskKind): string {
	return risk === "regret" ? "fixed-sequence-betting" : "fixed-sequence-binomial";
}

function explainReason(reason: NotCertified, { startCoverages }: TuningQuestion): string {
	switch (reason) {
		case "no-labelled-rows":
			return "no labelled row was left to be tested";
		case "no-readings":
			return "the rows have no confidence";
		case "first-step-failed":
			return `${startCoverages === null ? "the surest answers" : `the surest ${startCoverages.map((share) => `${Number((100 * share).toPrecision(3))}%`).join(" or ")} of the answers`} are wrong too often, or too few to tell`;
	}
}
