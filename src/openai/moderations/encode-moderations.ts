import type { CascadeFacts } from "../../core/cascade-facts.ts";
import type { Completion } from "../../core/completion.ts";
import { labelProbabilities } from "../../core/label-probabilities.ts";
import { readVerdict } from "../../core/moderation-verdict.ts";
import { MODERATION_LABELS } from "../../core/task.ts";
import type { BatchTotals } from "../batch-totals.ts";
import { namedCategories } from "./categories.ts";
import { byCategory, readModerationResult, type ModerationResult } from "./moderation-result.ts";

/**
 * The field of an answer's body in which a stage of OpenAI's moderation shape keeps its whole result. Not `moderation`: that is a
 * field of OpenAI's chat completions, where it is about something else.
 */
export const MODERATION_FIELD = "cascade_moderation_result";

/**
 * What an answer says of its input, in OpenAI's form; undefined where it holds no verdict. A stage of OpenAI's moderation
 * shape gives all of it. A model that answers in words gives a verdict and the categories' names, and no score for each
 * of them: a flagged category then has p(unsafe), read from the log-probabilities at the verdict's first token, or 1
 * where there are none, and every other category has 0.
 */
export function readModeration(answer: Completion): ModerationResult | undefined {
	const whole = readModerationResult(answer.body[MODERATION_FIELD]);
	if (whole !== undefined) return whole;
	const verdict = readVerdict(answer.text);
	if (verdict === undefined) return undefined;
	const flagged = verdict.flagged ? namedCategories(verdict.categories) : new Set();
	const unsafe = verdict.flagged ? (probabilityOfUnsafe(answer) ?? 1) : 0;
	return {
		flagged: verdict.flagged,
		categories: byCategory((name) => flagged.has(name)),
		category_scores: byCategory((name) => (flagged.has(name) ? unsafe : 0)),
		category_applied_input_types: byCategory(() => ["text"]),
	};
}

function probabilityOfUnsafe({ tokens }: Completion): number | undefined {
	return labelProbabilities(tokens, MODERATION_LABELS, "unsafe")?.find(({ label }) => label === "unsafe")?.score;
}

/** The body of an answer: one result an input, in the inputs' order. */
export function encodeModerations(
	identity: { readonly id: string; readonly model: string },
	answers: readonly { readonly moderation: ModerationResult; readonly facts: CascadeFacts }[],
	totals: BatchTotals,
): string {
	return JSON.stringify({
		...identity,
		results: answers.map(({ moderation, facts }) => ({ ...moderation, cascade: facts })),
		cascade: { costUsd: totals.costUsd, savedUsd: totals.savedUsd },
	});
}
