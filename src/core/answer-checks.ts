import { failedPatternCheck, type AnswerPattern } from "./checks/answer-pattern.ts";
import type { FailedCheck } from "./checks/failed-check.ts";
import { readsAsRefusal } from "./checks/refusal.ts";
import { asksForJson, failedFormatCheck } from "./checks/response-format.ts";
import { isInScript } from "./checks/script.ts";
import { failedToolCheck } from "./checks/tool-calls.ts";
import type { ChatRequest, Completion } from "./completion.ts";
import { readVerdict } from "./moderation-verdict.ts";
import { answeredLabel } from "./task.ts";

export type { FailedCheck } from "./checks/failed-check.ts";

/** The checks that a policy chooses; those that make an answer well-formed are always made. */
export interface AnswerChecks {
	/** Whether an answer that reads like a refusal is deferred. */
	readonly refusal: boolean;
	readonly pattern?: AnswerPattern | undefined;
	/** Unicode's name of the script that the answer's letters must be in: `Latin`, `Cyrillic`, `Han`. */
	readonly script?: string | undefined;
}

/**
 * The first check that a small answer fails, or null. A fluent half sentence, broken JSON or a call of a tool that is
 * not there can have a high confidence, so these come before the threshold. An answer that the client itself limited
 * (`max_tokens`) and that ran into the limit is still deferred: the larger model may say it in fewer words.
 */
export function failedCheck(request: ChatRequest, answer: Completion, checks: AnswerChecks): FailedCheck | null {
	return (
		failedEndCheck(answer) ??
		failedToolCheck(request.body, answer.toolCalls) ??
		// The text beside a tool call is a remark, and mostly there is none.
		(answer.toolCalls.length > 0 ? null : failedTextCheck(request, answer, checks))
	);
}

/**
 * Whether the answer is no answer to the request's task: no label of its list, no verdict. Null where it is one, and
 * where the request has no task. The last stage's answer is held to this too, since there is nothing to send without.
 */
export function failedTaskCheck({ task }: ChatRequest, { text }: Completion): FailedCheck | null {
	if (task?.kind === "classification") return answeredLabel(text, task.labels) === undefined ? "unknown-label" : null;
	if (task?.kind === "moderation") return readVerdict(text) === undefined ? "invalid-verdict" : null;
	return null;
}

/** Whether the answer is whole, and an answer at all. */
function failedEndCheck({ text, toolCalls, refusal, finishReason }: Completion): FailedCheck | null {
	const saysNothing = text.trim() === "" && toolCalls.length === 0;
	if (refusal !== null) return "refused";
	if (finishReason === "tool_calls" && toolCalls.length === 0) return "unfinished";
	if (saysNothing) return "empty-answer";
	if (finishReason === "length") return "truncated";
	if (finishReason === "content_filter") return "content-filter";
	return finishReason === "unknown" ? "unfinished" : null;
}

/**
 * A refusal in words is looked for where words are free: neither JSON nor a label can be one. JSON is not held to a
 * script either, since its names are the schema's.
 */
function failedTextCheck(request: ChatRequest, answer: Completion, checks: AnswerChecks): FailedCheck | null {
	const format = request.body["response_format"];
	const failed = failedFormatCheck(format, answer.text) ?? failedTaskCheck(request, answer);
	if (failed !== null) return failed;
	if (checks.pattern !== undefined) {
		const mismatch = failedPatternCheck(checks.pattern, answer.text);
		if (mismatch !== null) return mismatch;
	}
	if (asksForJson(format) || request.task !== undefined) return null;
	if (checks.refusal && readsAsRefusal(answer.text)) return "refused";
	return checks.script !== undefined && !isInScript(answer.text, checks.script) ? "wrong-script" : null;
}
