import type { ChatRequest, Completion } from "../completion.ts";
import { measured, unavailable, type ConfidenceReading } from "../reading.ts";
import { answeredLabel } from "../task.ts";
import { labelPart } from "./labels-to-read.ts";

/**
 * `classifier-score`: the score of the answered label, as the classifier reports it: its greatest softmax output
 * (Hendrycks & Gimpel, ICLR 2017) where it has one, and in [0, 1] in any case. Scores that are no numbers in [0, 1],
 * that do not put the first label first, or whose first label is not the one answered, are read as nothing.
 */
export function classifierScoreConfidence(request: ChatRequest, answer: Completion): ConfidenceReading {
	const [first, ...others] = answer.scores ?? [];
	if (first === undefined) return unavailable("no-scores");
	for (const entry of [first, ...others]) {
		// What is inside is the upstream's own: nothing about it is certain. The comparisons also refuse NaN.
		if (typeof entry?.label !== "string" || typeof entry.score !== "number") return unavailable("bad-scores");
		if (!(entry.score >= 0 && entry.score <= 1 && entry.score <= first.score)) return unavailable("bad-scores");
	}
	if (answeredLabel(labelPart(answer.text, request), [first.label]) === undefined) return unavailable("bad-scores");
	return measured(first.score);
}
