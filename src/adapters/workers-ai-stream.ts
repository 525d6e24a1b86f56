import { createParser } from "eventsource-parser";
import { isJsonObject, parseJson, type JsonObject } from "../core/json.ts";
import { normaliseToolCall } from "../openai/normalise-completion.ts";
import { formatEvent, STREAM_END } from "../openai/sse.ts";
import { nativeFinishReason } from "./workers-ai-answer.ts";

/** As in the relay: a line that never ends must not fill memory. */
const MOST_EVENT_CHARACTERS = 4 * 1024 * 1024;

/**
 * Turns a native stream (`data: {"response": "…"}`) into OpenAI chunks. Events that already are chunks pass, so a
 * model that speaks the other dialect than its table entry says is still understood. Errors pass too: the reader of
 * the first event, or the relay, knows what to make of them.
 */
export function openaiChunks(
	body: ReadableStream<Uint8Array>,
	identity: { readonly id: string; readonly created: number; readonly model: string },
	maxOutputTokens: number,
): ReadableStream<Uint8Array> {
	const head = { object: "chat.completion.chunk", ...identity };
	const chunk = (choices: readonly JsonObject[], rest: JsonObject = {}) => formatEvent({ ...head, choices, ...rest });
	const choice = (delta: JsonObject, finishReason: string | null = null) => [
		{ index: 0, delta, logprobs: null, finish_reason: finishReason },
	];
	let usage: unknown = null;
	let toolCalls = 0;
	let native = false;
	let ended = false;
	let bodyEnded = false;

	const finish = (): string => {
		const reason = nativeFinishReason(usage, toolCalls, maxOutputTokens);
		// The end marker came, so the server considers the answer whole; without usage that is all there is to go by.
		return (
			chunk(choice({}, reason === "unknown" ? "stop" : reason)) +
			(usage === null ? "" : chunk([], { usage })) +
			STREAM_END
		);
	};
	const convert = (data: string): string => {
		if (data.trim() === "[DONE]") {
			ended = true;
			return native ? finish() : STREAM_END;
		}
		const event = parseJson(data);
		if (!isJsonObject(event) || (event["response"] === undefined && event["tool_calls"] === undefined)) {
			// Half an event, which only the stream's end leaves, stays half: the relay knows what to make of it.
			return `data: ${data.replaceAll("\n", "\ndata: ")}${event === undefined && bodyEnded ? "" : "\n\n"}`;
		}
		native = true;
		if (isJsonObject(event["usage"])) usage = event["usage"];
		const delta: JsonObject = {};
		// A token that looks like a JSON value comes as that value: `{"response": 7}`.
		if (event["response"] != null) {
			delta["content"] = typeof event["response"] === "string" ? event["response"] : JSON.stringify(event["response"]);
		}
		if (Array.isArray(event["tool_calls"]) && event["tool_calls"].length > 0) {
			delta["tool_calls"] = (event["tool_calls"] as unknown[]).map((call, position) => ({
				index: toolCalls + position,
				...normaliseToolCall(call, toolCalls + position),
			}));
			toolCalls += event["tool_calls"].length;
		}
		return Object.keys(delta).length === 0 ? "" : chunk(choice(delta));
	};

	let output = "";
	const parser = createParser({
		maxBufferSize: MOST_EVENT_CHARACTERS,
		onEvent: ({ data }) => {
			if (!ended) output += convert(data);
		},
	});
	const feed = (text: string, controller: TransformStreamDefaultController<string>): void => {
		// Throws after an overflow, which breaks the stream off.
		parser.feed(text);
		if (output !== "") controller.enqueue(output);
		output = "";
	};

	return body
		.pipeThrough(new TextDecoderStream())
		.pipeThrough(
			new TransformStream<string, string>({
				transform: feed,
				flush(controller) {
					bodyEnded = true;
					// A last event needs no blank line, as in the relay.
					feed("\n\n", controller);
				},
			}),
		)
		.pipeThrough(new TextEncoderStream());
}
