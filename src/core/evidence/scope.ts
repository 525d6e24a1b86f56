import type { ChatRequest, Completion } from "../completion.ts";
import { labelPart, labelsToRead } from "../confidence/labels-to-read.ts";
import { answeredLabel, MODERATION_LABELS } from "../task.ts";
import type { Guarantee } from "./guarantee.ts";
import type { Labeller } from "./labeller.ts";

/** The label that a guarantee is on for this request; null where it is on every answer. */
export function scopeLabel({ onLabel }: Guarantee, request: ChatRequest): string | null {
	if (onLabel !== undefined) return onLabel;
	// Of a moderation, what matters is the harmful content that is passed.
	return request.task?.kind === "moderation" ? MODERATION_LABELS[0] : null;
}

/**
 * Whether an answer is one that the guarantee is about: always without `onLabel`, and otherwise where its label is that
 * one. A moderation without `onLabel` is promised about for `safe`, whose mistakes are harmful content that was passed;
 * its categories play no part. An answer's label is read as labellers read it (`answeredLabel`): of a moderation among
 * its own two, otherwise among the labeller's, else those of the request's task, else `onLabel` alone; an answer without a label is not in scope.
 */
export function isInScope(guarantee: Guarantee, labeller: Labeller, request: ChatRequest, answer: Completion): boolean {
	const wanted = scopeLabel(guarantee, request);
	if (wanted === null) return true;
	const declared = labeller.kind === "label" ? labeller.labels : undefined;
	// A verdict is read as such, whatever labels a cascade that also classifies declares.
	const isModeration = request.task?.kind === "moderation";
	const labels = isModeration ? MODERATION_LABELS : (labelsToRead(declared, request) ?? [wanted]);
	const answered = answeredLabel(labelPart(answer.text, request), labels);
	// In the labels' own spelling: a client may write `Safe` where the policy has `safe`.
	return answered !== undefined && answered === answeredLabel(wanted, labels);
}
