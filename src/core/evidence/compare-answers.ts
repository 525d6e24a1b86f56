import type { ChatRequest, Completion } from "../completion.ts";
import { canonicalAnswer } from "../confidence/agreement.ts";
import type { ComparingLabeller, LabelVerdict } from "./labeller.ts";

/**
 * Whether the edge's answer says the same as the reference, the last stage's, by a labeller that asks no model. Both are
 * brought into the form in which `agreement` compares answers (`canonicalAnswer`), so that a tool call is part of what is
 * compared whatever the labeller. An edge answer without such a form, such as broken JSON, is wrong; without one of the
 * reference nothing can be said, and the labeller has failed. Of several choices the first is compared.
 */
export function compareAnswers(
	labeller: ComparingLabeller,
	request: ChatRequest,
	edge: Completion,
	reference: Completion,
): LabelVerdict {
	const canonical = (answer: Completion) =>
		labeller.kind === "tool-call"
			? canonicalCalls(answer, request)
			: canonicalAnswer(answer, request, {
					match: labeller.kind,
					labels: labeller.kind === "label" ? labeller.labels : undefined,
				});
	const expected = canonical(reference);
	if (expected === undefined) return "failed";
	if (edge.text === reference.text && edge.toolCalls.length + reference.toolCalls.length === 0) return "right";
	return canonical(edge) === expected ? "right" : "wrong";
}

/** The calls without their order and without the remark beside them; of an answer that calls nothing, its text. */
function canonicalCalls(answer: Completion, request: ChatRequest): string | undefined {
	if (answer.toolCalls.length === 0) return canonicalAnswer(answer, request, { match: "normalised" });
	const calls: string[] = [];
	for (const call of answer.toolCalls) {
		const canonical = canonicalAnswer({ ...answer, text: "", toolCalls: [call] }, request, { match: "exact" });
		if (canonical === undefined) return undefined;
		calls.push(canonical);
	}
	return JSON.stringify(calls.toSorted());
}
