import type { CascadeFacts } from "../../core/cascade-facts.ts";
import type { Completion, TokenUsage } from "../../core/completion.ts";

import { labelProbabilities } from "../../core/label-probabilities.ts";
import { answeredLabel, type LabelScore } from "../../core/task.ts";
import type { BatchTotals } from "../batch-totals.ts";

/** What an answer says of its text. A score is in [0, 1]; null where the answering model gave none for the label. */
export interface Classification {
	readonly label: string;
	readonly score: number | null;
	/** Every label of the request, in its order. */
	readonly scores: readonly { readonly label: string; readonly score: number | null }[];
}

/**
 * Reads a label and the scores of all from an answer: a classifier's own, else what the log-probabilities at the label's
 * first token say, renormalised over the labels. Undefined where the answer is none of the labels.
 */
export function readClassification(answer: Completion, labels: readonly string[]): Classification | undefined {
	const label = answeredLabel(answer.text, labels);
	if (label === undefined) return undefined;
	const known = answer.scores ?? labelProbabilities(answer.tokens, labels, label) ?? [];
	const scores = labels.map((each) => ({ label: each, score: scoreOf(each, known) }));
	return { label, score: scoreOf(label, known), scores };
}

/** The body of an answer: one classification a text, in the texts' order. */
export function encodeClassifications(
	identity: { readonly id: string; readonly model: string },
	answers: readonly { readonly classification: Classification; readonly facts: CascadeFacts }[],
	totals: BatchTotals,
): string {
	return JSON.stringify({
		object: "list",
		...identity,
		data: answers.map(({ classification, facts }, index) => ({
			index,
			object: "classification",
			...classification,
			cascade: facts,
		})),
		usage: totals.usage === null ? null : encodedUsage(totals.usage),
		cascade: { costUsd: totals.costUsd, savedUsd: totals.savedUsd },
	});
}

function encodedUsage({ inputTokens, outputTokens }: TokenUsage) {
	return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}

/** Scores come from upstreams: what is no number in [0, 1] is no score. */
function scoreOf(label: string, known: readonly LabelScore[]): number | null {
	const score = known.find((entry) => entry.label === label)?.score;
	return typeof score === "number" && score >= 0 && score <= 1 ? score : null;
}
