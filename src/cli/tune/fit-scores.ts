import { err, ok, type Result } from "../../core/result.ts";
import { selectRows, type CascadeLog } from "../../tuning/log/cascade-log.ts";
import { splitRows } from "../../tuning/log/split-rows.ts";
import { seededRandom } from "../../tuning/seeded-random.ts";
import { trainGain } from "../../tuning/learning/gain-score.ts";
import { fitReordering, reorderScores } from "../../tuning/learning/reorder-score.ts";
import { learnedScores, trainLearned, withConfidence } from "../../tuning/learning/train-learned.ts";
import { seedOf } from "./seeds.ts";
import type { Score, Shares } from "./tuning-question.ts";

/** The share of the rows for calibration on which a score is fitted; they are not tested. */
const FITTING_SHARE = 0.3;

/** Rows with the score as their confidence. */
export interface ScoredShares extends Shares {
	/** What was fitted for each stage but the last, as JSON; null for `raw`, which nothing is fitted for. */
	readonly fitted: unknown;
}

/**
 * Makes the score the confidence of every stage but the last. A fitted score is fitted on a part of the calibration rows
 * that is cut off for it and not tested; the log's own confidence needs no such part and costs no row.
 */
export function fitScores(shares: Shares, score: Score, seed: number): Result<ScoredShares, string> {
	if (score === "raw") return ok({ ...shares, fitted: null });
	const { calibration, heldOut } = shares;
	const { drawn, rest } = splitRows(calibration, FITTING_SHARE, seededRandom(seedOf("fitting", seed)));
	const fold = selectRows(calibration, drawn);
	let scored = { calibration: selectRows(calibration, rest), heldOut };
	const fitted: unknown[] = [];
	for (let stage = 0; stage < calibration.stages.length - 1; stage++) {
		const fit = fitStage(fold, stage, score, seed);
		if (!fit.ok)
			return err(`${calibration.stages[stage]?.model ?? ""}: the ${score} score cannot be fitted: ${fit.error}`);
		fitted.push(fit.value.fitted);
		const rescored = (log: CascadeLog) => withConfidence(log, stage, fit.value.scores(log));
		scored = {
			calibration: rescored(scored.calibration),
			heldOut: scored.heldOut === null ? null : rescored(scored.heldOut),
		};
	}
	return ok({ ...scored, fitted });
}

interface FittedStage {
	readonly fitted: unknown;
	/** The scores of a log's rows at this stage. */
	readonly scores: (log: CascadeLog) => Float64Array;
}

function fitStage(
	fold: CascadeLog,
	stage: number,
	score: Exclude<Score, "raw">,
	seed: number,
): Result<FittedStage, string> {
	if (score === "reordered") {
		const labelled = selectRows(
			fold,
			Array.from(fold.ids.keys()).filter((row) => fold.labelled?.[row] !== 0),
		);
		const columns = labelled.stages[stage];
		if (columns === undefined) throw new RangeError(`the log has no stage ${stage}`);
		const reordering = fitReordering(columns.confidence, columns.wrong);
		if (!reordering.ok) return err(describeFailure(reordering.error));
		const scores = (log: CascadeLog) =>
			reorderScores(reordering.value, log.stages[stage]?.confidence ?? new Float64Array(0));
		return ok({ fitted: reordering.value, scores });
	}
	const trained = (score === "learned" ? trainLearned : trainGain)(fold, stage, { seed });
	if (!trained.ok) return err(describeFailure(trained.error));
	const { model } = trained.value;
	return ok({ fitted: model, scores: (log) => learnedScores(log.stages[stage]?.features, log.rows, model) });
}

/** `no-usable-rows` as words. */
function describeFailure({ kind }: { readonly kind: string }): string {
	return kind.replaceAll("-", " ");
}
