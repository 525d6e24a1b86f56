import type { ChatRequest } from "../completion.ts";
import { readVerdict } from "../moderation-verdict.ts";
import { labelsOf, MODERATION_LABELS } from "../task.ts";

/** The labels that a method reads: the policy's, else the request's own; undefined where neither has any. */
export function labelsToRead(
	declared: readonly string[] | undefined,
	request: ChatRequest,
): readonly string[] | undefined {
	return declared ?? (request.task === undefined ? undefined : labelsOf(request.task));
}

/** The part of an answer that names its label: a moderation's verdict without its categories, the whole of any other. */
export function labelPart(text: string, request: ChatRequest): string {
	if (request.task?.kind !== "moderation") return text;
	const verdict = readVerdict(text);
	const [safe, unsafe] = MODERATION_LABELS;
	return verdict === undefined ? "" : verdict.flagged ? unsafe : safe;
}
