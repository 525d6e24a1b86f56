import { learnedScore, type LearnedModel } from "../../core/confidence/learned.ts";
import { ANSWER_FEATURES } from "../../core/confidence/logprob-features.ts";
import { ok, type Result } from "../../core/result.ts";
import type { CascadeLog, StageColumns } from "../log/cascade-log.ts";
import { fitNamedFeatures, type TrainFailure, type TrainOptions } from "./fit-named-features.ts";

/** A score for the confidence method `learned`, and what it was fitted on. */
export interface TrainedScore {
	readonly model: LearnedModel;
	readonly rows: number;
	/** Labelled rows that were not fitted on, since a feature was missing or infinite; their score may be NaN. */
	readonly leftOut: number;
	readonly ridge: number;
}

/**
 * Fits P(the stage's answer is right | features of the answer) for the confidence method `learned` (post-hoc deferral, Gupta
 * et al., ICLR 2024). `log` is a fitting fold: rows that no threshold is tested on. Features are those of `ANSWER_FEATURES`
 * that the stage has; other columns are left aside. Throws a RangeError where there is no such stage.
 */
export function trainLearned(
	log: CascadeLog,
	stage: number,
	options: TrainOptions,
): Result<TrainedScore, TrainFailure> {
	const columns = stageAt(log, stage);
	const targets = Float64Array.from(columns.wrong, (wrong) => 1 - wrong);
	return trainOnAnswers(log, columns, targets, options);
}

/** Fits targets in [0, 1], known where the log and all these stages are labelled, on the features of a stage's answer. */
export function trainOnAnswers(
	log: CascadeLog,
	stage: StageColumns,
	targets: Float64Array,
	options: TrainOptions,
	others: readonly StageColumns[] = [],
): Result<TrainedScore, TrainFailure> {
	const isLabelled = (row: number): boolean =>
		log.labelled?.[row] !== 0 && [stage, ...others].every(({ labelled }) => labelled?.[row] !== 0);
	const training = { features: stage.features, targets, isLabelled, groups: log.groups };
	const fit = fitNamedFeatures(ANSWER_FEATURES, training, options);
	if (!fit.ok) return fit;
	const { bias, weights, ...provenance } = fit.value;
	return ok({ model: { bias, weights }, ...provenance });
}

/**
 * The confidences that the Worker's `learned` method reads from answers with these features, to the last bit; NaN where it
 * reads none, since a feature that has a weight is missing or infinite.
 */
export function learnedScores(
	features: Readonly<Record<string, Float64Array>> | undefined,
	rows: number,
	model: LearnedModel,
): Float64Array {
	return Float64Array.from({ length: rows }, (_, row) =>
		learnedScore(model, (name) => features?.[name]?.[row] ?? Number.NaN),
	);
}

/** The same log with another confidence at one stage. Throws a RangeError where there is no such stage. */
export function withConfidence(log: CascadeLog, stage: number, confidence: Float64Array): CascadeLog {
	const changed = { ...stageAt(log, stage), confidence };
	return { ...log, stages: log.stages.with(stage, changed) };
}

/** Throws a RangeError where there is no such stage. */
export function stageAt(log: CascadeLog, position: number): StageColumns {
	const stage = log.stages[position];
	if (stage === undefined) throw new RangeError(`the log has no stage ${position}`);
	return stage;
}
