import type { CascadeLog, StageColumns } from "../../tuning/log/cascade-log.ts";
import { checkMonotone } from "../../tuning/learning/monotonicity.ts";
import { seededRandom } from "../../tuning/seeded-random.ts";
import type { TuningOutcome, TuningQuestion } from "./tuning-question.ts";

/**
 * The models whose confidence does not order their answers: somewhere surer ones are wrong more often (`checkMonotone`, at
 * 0.05). Of the tested rows and their labels, so it may be asked only after they were tested, and is a hint for rows to come.
 * None where the score was fitted.
 */
export function modelsOutOfOrder({ tested }: Pick<TuningOutcome, "tested">, question: TuningQuestion): string[] {
	if (question.score !== "raw") return [];
	return tested.stages
		.slice(0, -1)
		.filter((stage) => !isInOrder(tested, stage, question.seed))
		.map(({ model }) => model);
}

function isInOrder({ rows }: CascadeLog, { confidence, wrong }: StageColumns, seed: number): boolean {
	return rows === 0 || checkMonotone(confidence, wrong, { random: seededRandom(seed) }).monotone;
}
