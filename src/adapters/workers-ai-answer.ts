import type { Completion } from "../core/completion.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import { err, type Result } from "../core/result.ts";
import { normaliseCompletion, normaliseToolCall, usageOf } from "../openai/normalise-completion.ts";

/**
 * Reads an answer of `env.AI.run()` in either dialect. The native one, `{response, tool_calls, usage}`, is turned
 * into OpenAI's: `response` may be an object under `response_format`, tool arguments are objects, and there is no
 * finish reason, so it is told from the tokens used (see `nativeFinishReason`).
 */
export function readWorkersAiAnswer(body: unknown, maxOutputTokens: number): Result<Completion, string> {
	if (!isJsonObject(body)) return err("the body is not a JSON object");
	if (Array.isArray(body["choices"])) return normaliseCompletion(body);
	const { response, tool_calls: toolCalls, usage } = body;
	const calls = Array.isArray(toolCalls) ? (toolCalls as unknown[]).map(normaliseToolCall) : [];
	if (response === undefined && calls.length === 0) return err("there is neither a response nor a tool call");
	const content = typeof response === "string" || response == null ? (response ?? null) : JSON.stringify(response);
	const finishReason = nativeFinishReason(usage, calls.length, maxOutputTokens);
	const completion = normaliseCompletion({
		choices: [
			{
				message: { content, ...(calls.length > 0 ? { tool_calls: calls } : {}) },
				// The wire wants a reason; the view below keeps that it is not known.
				finish_reason: finishReason === "unknown" ? "stop" : finishReason,
			},
		],
		...(isJsonObject(usage) ? { usage } : {}),
	} satisfies JsonObject);
	return completion.ok ? { ok: true, value: { ...completion.value, finishReason } } : completion;
}

/**
 * How a native answer ended: with tool calls it is those; with as many tokens as were allowed it was cut off; with
 * fewer it stopped by itself; without a usage nobody knows.
 */
export function nativeFinishReason(
	usage: unknown,
	toolCalls: number,
	maxOutputTokens: number,
): "tool_calls" | "length" | "stop" | "unknown" {
	if (toolCalls > 0) return "tool_calls";
	const used = usageOf(usage);
	if (used === null) return "unknown";
	return used.outputTokens >= maxOutputTokens ? "length" : "stop";
}
