import type { Completion, FinishReason, TokenLogprob, TokenUsage, ToolCall } from "../core/completion.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import { err, ok, type Result } from "../core/result.ts";

const FINISH_REASONS: ReadonlySet<unknown> = new Set([
	"stop",
	"length",
	"tool_calls",
	"content_filter",
	"function_call",
]);

/**
 * Turns a parsed upstream body of OpenAI's shape into a `Completion`, mending in place what official clients
 * break on and upstreams get wrong: absent `refusal` and `logprobs` (vLLM, Workers AI), tool arguments that are
 * objects instead of text, absent tool-call ids, an `object` that is not `chat.completion`. Fields we do not know stay. The
 * error is one clause saying what is missing; a body without a finish reason is no answer, since nobody can tell
 * whether it is whole.
 */
export function normaliseCompletion(body: unknown): Result<Completion, string> {
	if (!isJsonObject(body)) return err("the body is not a JSON object");
	const choices = body["choices"];
	if (!Array.isArray(choices) || choices.length === 0) return err("there are no choices");
	for (const [index, choice] of (choices as unknown[]).entries()) {
		if (!isJsonObject(choice) || !isJsonObject(choice["message"])) return err(`choice ${index} has no message`);
		if (!FINISH_REASONS.has(choice["finish_reason"])) return err(`choice ${index} has no finish reason`);
		if (typeof choice["index"] !== "number") choice["index"] = index;
		normaliseMessage(choice["message"]);
		choice["logprobs"] = isJsonObject(choice["logprobs"]) ? choice["logprobs"] : null;
	}
	body["object"] = "chat.completion";
	const first = (choices as JsonObject[])[0] as JsonObject;
	const { content, refusal, tool_calls: toolCalls } = first["message"] as JsonObject;
	return ok({
		text: typeof content === "string" ? content : "",
		toolCalls: toolCalls === undefined ? [] : toolCallsOf(toolCalls as JsonObject[]),
		refusal: typeof refusal === "string" && refusal !== "" ? refusal : null,
		finishReason: finishReasonOf(first["finish_reason"]),
		tokens: tokensOf(first["logprobs"]),
		scores: null,
		usage: usageOf(body["usage"]),
		body,
	});
}

function normaliseMessage(message: JsonObject): void {
	message["role"] = "assistant";
	// Workers AI sends an answer that looks like a JSON value as that value.
	const { content } = message;
	if (typeof content === "number" || typeof content === "boolean") message["content"] = String(content);
	else if (typeof content !== "string") message["content"] = null;
	if (typeof message["refusal"] !== "string") message["refusal"] = null;
	if (Array.isArray(message["tool_calls"]) && message["tool_calls"].length > 0) {
		message["tool_calls"] = (message["tool_calls"] as unknown[]).map(normaliseToolCall);
	} else {
		// An empty list makes clients believe in a tool call that is not there.
		delete message["tool_calls"];
	}
}

function toolCallsOf(calls: readonly JsonObject[]): ToolCall[] {
	return calls.map(({ function: called }) => called as ToolCall & JsonObject);
}

/** A tool call in OpenAI's form, from that form or from Workers AI's flat `{name, arguments: {…}}`. */
export function normaliseToolCall(call: unknown, index: number): JsonObject {
	const source = isJsonObject(call) ? call : {};
	const named = isJsonObject(source["function"]) ? source["function"] : source;
	return {
		id: typeof source["id"] === "string" && source["id"] !== "" ? source["id"] : `call_${index}`,
		type: "function",
		function: { name: String(named["name"] ?? ""), arguments: argumentText(named["arguments"]) },
	};
}

/** Tool arguments as the JSON text that OpenAI's wire form wants. */
export function argumentText(value: unknown): string {
	if (typeof value === "string") return value;
	return value === undefined || value === null ? "{}" : JSON.stringify(value);
}

/** The finish reason as decisions know it; what we do not know is `unknown`, never `stop`. */
export function finishReasonOf(value: unknown): FinishReason {
	switch (value) {
		case "stop":
		case "length":
		case "tool_calls":
		case "content_filter":
			return value;
		case "function_call":
			return "tool_calls";
		default:
			return "unknown";
	}
}

/** Token counts of OpenAI's `usage`; null unless both are there. */
export function usageOf(usage: unknown): TokenUsage | null {
	if (!isJsonObject(usage)) return null;
	const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = usage;
	if (!isTokenCount(inputTokens) || !isTokenCount(outputTokens)) return null;
	return { inputTokens, outputTokens };
}

function isTokenCount(value: unknown): value is number {
	return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

/** The tokens of a choice's or a chunk's `logprobs`; null where there are none. */
export function tokensOf(logprobs: unknown): readonly TokenLogprob[] | null {
	if (!isJsonObject(logprobs) || !Array.isArray(logprobs["content"])) return null;
	// Elements stay untrusted: the confidence methods check every number they read.
	return (logprobs["content"] as unknown[]).map((token) =>
		isJsonObject(token) && typeof token["token"] === "string"
			? (token as unknown as TokenLogprob)
			: { token: "", logprob: Number.NaN },
	);
}
