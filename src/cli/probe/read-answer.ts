import { isJsonObject, parseJson, type JsonObject } from "../../core/json.ts";

/** What a probe looks at in an answer that was written by a model, whichever shape it came in. */
export interface WrittenAnswer {
	readonly shape: "chat-completions" | "native";
	/** Of the first choice; JSON text where the shape gives parsed JSON. */
	readonly text: string;
	readonly choices: number;
	readonly toolCalls: readonly { readonly name: unknown; readonly arguments: unknown }[];
	/** Null where the shape has none or the model gave none. */
	readonly finishReason: string | null;
	readonly outputTokens: number | null;
	/** The log-probabilities as they came; null where there are none. */
	readonly tokens: readonly unknown[] | null;
}

/** Reads `{choices}` or `{response, tool_calls, usage}`; undefined where the body is neither. */
export function readWrittenAnswer(body: unknown): WrittenAnswer | undefined {
	if (!isJsonObject(body)) return undefined;
	const usage = isJsonObject(body["usage"]) ? body["usage"] : {};
	const outputTokens = typeof usage["completion_tokens"] === "number" ? usage["completion_tokens"] : null;
	if (Array.isArray(body["choices"])) return readChoices(body["choices"], outputTokens);
	const { response, tool_calls: calls } = body;
	if (response === undefined && !Array.isArray(calls)) return undefined;
	return {
		shape: "native",
		text: typeof response === "string" ? response : response == null ? "" : JSON.stringify(response),
		choices: 1,
		toolCalls: objectsOf(calls).map(callOf),
		finishReason: null,
		outputTokens,
		tokens: null,
	};
}

/** The events of a stream: their joined text, and whether one had a usage. Undefined where it held no such events. */
export function readStream(text: string): { readonly text: string; readonly hasUsage: boolean } | undefined {
	const events = Array.from(text.matchAll(/^data: ?(.*)$/gmu), ([, data = ""]) => parseJson(data)).filter(isJsonObject);
	if (events.length === 0) return undefined;
	const pieces = events.map(({ choices, response }) => {
		const [choice] = objectsOf(choices);
		const delta = isJsonObject(choice?.["delta"]) ? choice["delta"]["content"] : response;
		return typeof delta === "string" ? delta : "";
	});
	return { text: pieces.join(""), hasUsage: events.some(({ usage }) => isJsonObject(usage)) };
}

/** The members of a list that are objects; none where it is no list. */
export function objectsOf(value: unknown): JsonObject[] {
	return Array.isArray(value) ? (value as unknown[]).filter(isJsonObject) : [];
}

function readChoices(choices: readonly unknown[], outputTokens: number | null): WrittenAnswer | undefined {
	const [first] = choices;
	if (!isJsonObject(first) || !isJsonObject(first["message"])) return undefined;
	const { message, logprobs, finish_reason: finishReason } = first;
	const { content, tool_calls: calls } = message as JsonObject;
	const tokens = isJsonObject(logprobs) ? logprobs["content"] : undefined;
	return {
		shape: "chat-completions",
		text: typeof content === "string" ? content : "",
		choices: choices.length,
		toolCalls: objectsOf(calls).map((call) => callOf(isJsonObject(call["function"]) ? call["function"] : call)),
		finishReason: typeof finishReason === "string" ? finishReason : null,
		outputTokens,
		tokens: Array.isArray(tokens) ? (tokens as unknown[]) : null,
	};
}

function callOf(call: JsonObject): WrittenAnswer["toolCalls"][number] {
	const inner = isJsonObject(call["function"]) ? call["function"] : call;
	return { name: inner["name"], arguments: inner["arguments"] };
}
