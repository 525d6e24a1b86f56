import type { Result } from "../../core/result.ts";
import type { CascadeLog } from "../log/cascade-log.ts";
import type { TrainFailure, TrainOptions } from "./fit-named-features.ts";
import { stageAt, trainOnAnswers, type TrainedScore } from "./train-learned.ts";

/**
 * Fits what escalating gains, g = P(last stage right | x) − P(this stage right | x) in [−1, 1], as the score (1 − g) / 2 in
 * [0, 1]: higher means keep this answer, 0.5 means both are as likely right, so a threshold on it is a confidence like any
 * other. Best of all rules of deferral where both models' errors are known (Jitkrittum et al., NeurIPS 2023): confidence
 * alone pays for escalations that the last stage gets wrong as well.
 *
 * (1 − g) / 2 is the mean of the target 0 (only the last stage right), 1/2 (both or neither) and 1 (only this one right),
 * so one fractional logit on the answer's features fits it, and the Worker serves it by the method `learned` as it is. `log` is a
 * fitting fold, of rows where both stages are labelled; audition traffic has them. The risk to certify such a threshold by
 * is regret. Throws a RangeError where there is no such stage.
 */
export function trainGain(log: CascadeLog, stage: number, options: TrainOptions): Result<TrainedScore, TrainFailure> {
	const small = stageAt(log, stage);
	const last = stageAt(log, log.stages.length - 1);
	const targets = Float64Array.from(
		{ length: log.rows },
		(_, row) => (1 + (last.wrong[row] as number) - (small.wrong[row] as number)) / 2,
	);
	return trainOnAnswers(log, small, targets, options, [last]);
}

/** The expected gain of escalating, in [−1, 1], that a gain score stands for. */
export function gainOf(score: number): number {
	return 1 - 2 * score;
}
