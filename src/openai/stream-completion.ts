import { createParser } from "eventsource-parser";
import type { Completion } from "../core/completion.ts";
import { isJsonObject, parseJson, type JsonObject } from "../core/json.ts";
import { argumentText, normaliseCompletion, usageOf } from "./normalise-completion.ts";
import { readUpstreamError } from "./upstream-error.ts";

/**
 * The answer that a stream of OpenAI's chat chunks holds, of its first choice: as if it had been asked for whole, but
 * without log-probabilities and without fields that a chunk may have beside content, refusal and tool calls. Null where
 * the stream has no finish reason, since nobody can tell then whether it is whole, and where an error came in it.
 */
export function completionOfStream(events: string): Completion | null {
	const answer = { content: "", refusal: "", finishReason: null as unknown, usage: null as unknown, failed: false };
	const calls = new Map<unknown, { id: unknown; name: string; arguments: string }>();
	const parser = createParser({ onEvent: ({ data }) => onChunk(parseJson(data)) });

	function onChunk(chunk: unknown): void {
		if (readUpstreamError(chunk) !== null) answer.failed = true;
		if (!isJsonObject(chunk)) return;
		if (usageOf(chunk["usage"]) !== null) answer.usage = chunk["usage"];
		if (Array.isArray(chunk["choices"]))
			for (const choice of chunk["choices"] as unknown[])
				if (isJsonObject(choice) && (choice["index"] ?? 0) === 0) onChoice(choice);
	}

	function onChoice({ delta, finish_reason: reason }: JsonObject): void {
		if (typeof reason === "string" && reason !== "") answer.finishReason ??= reason;
		if (!isJsonObject(delta)) return;
		const { content, refusal, tool_calls: deltas } = delta;
		// Workers AI sends a token that looks like a JSON value as that value.
		if (content != null) answer.content += String(content);
		if (typeof refusal === "string") answer.refusal += refusal;
		if (Array.isArray(deltas)) for (const [at, call] of (deltas as unknown[]).entries()) onCall(call, at);
	}

	function onCall(call: unknown, position: number): void {
		if (!isJsonObject(call)) return;
		const key = call["index"] ?? call["id"] ?? position;
		const known = calls.get(key) ?? { id: call["id"], name: "", arguments: "" };
		calls.set(key, known);
		const named = call["function"];
		if (!isJsonObject(named)) return;
		if (typeof named["name"] === "string") known.name += named["name"];
		if (named["arguments"] != null) known.arguments += argumentText(named["arguments"]);
	}

	// The end of the connection is the end of an event, as in the relay.
	parser.feed(`${events}\n\n`);
	if (answer.failed) return null;
	const { content, refusal, usage } = answer;
	const message = {
		content: content === "" ? null : content,
		refusal: refusal === "" ? null : refusal,
		tool_calls: [...calls.values()].map(({ id, ...called }) => ({ id, function: called })),
	};
	const completion = normaliseCompletion({ choices: [{ message, finish_reason: answer.finishReason }], usage });
	return completion.ok ? completion.value : null;
}
