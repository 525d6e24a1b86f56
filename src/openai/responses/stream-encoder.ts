import { createParser } from "eventsource-parser";
import type { CascadeFacts } from "../../core/cascade-facts.ts";
import { isJsonObject, parseJson, type JsonObject } from "../../core/json.ts";
import type { AnswerIdentity, StreamEncoder } from "../answer-encoder.ts";
import type { ErrorObject } from "../error-body.ts";
import type { ResponsesRequest } from "./parse-responses-request.ts";
import {
	endingOf,
	itemIds,
	reasoningOf,
	responseLogprobs,
	responseObject,
	responseUsage,
	type ResponseState,
	type ResponseStatus,
} from "./response-object.ts";
import { streamCall, streamMessage, streamReasoning, type StreamedItem } from "./stream-items.ts";

/**
 * Turns a relayed chat stream into the events of a Responses stream. Items stand in the order in which they began; text
 * and calls may take turns, so they stay open until the answer ends, while reasoning ends when the answer begins. The
 * stream ends with `response.completed` or `response.incomplete`, which carry usage and facts; Responses streams
 * have no end marker of their own.
 */
export function createResponseStream(request: ResponsesRequest, identity: AnswerIdentity): StreamEncoder {
	const ids = itemIds(identity);
	const items: StreamedItem[] = [];
	/** Calls by the index that the chat stream gives them. */
	const calls = new Map<unknown, ReturnType<typeof streamCall>>();
	let message: ReturnType<typeof streamMessage> | null = null;
	let reasoning: ReturnType<typeof streamReasoning> | null = null;
	let reasoningsBegun = 0;
	/** Of tokens that have no text yet: a character may take several, and what is no text at all is no message. */
	let heldLogprobs: JsonObject[] = [];
	let textBegun = false;
	let finishReason: unknown = null;
	let usage: unknown = null;
	let facts: CascadeFacts | undefined;
	let events = "";
	let sequenceNumber = 0;
	let ended = false;

	const parser = createParser({
		onEvent({ data }) {
			if (ended) return;
			if (data.trim() === "[DONE]") onEnd();
			else onChunk(parseJson(data));
		},
	});

	function send(type: string, fields: JsonObject): void {
		const data = JSON.stringify({ type, sequence_number: sequenceNumber++, ...fields });
		events += `event: ${type}\ndata: ${data}\n\n`;
	}

	function sendResponse(type: string, state: ResponseState): void {
		send(type, { response: responseObject(request, identity, state) });
	}

	function begin(): void {
		if (sequenceNumber > 0) return;
		sendResponse("response.created", { status: "in_progress", output: [] });
		sendResponse("response.in_progress", { status: "in_progress", output: [] });
	}

	function onChunk(chunk: unknown): void {
		if (!isJsonObject(chunk)) return;
		begin();
		if (isJsonObject(chunk["usage"])) usage = chunk["usage"];
		if (isJsonObject(chunk["cascade"])) facts = chunk["cascade"] as unknown as CascadeFacts;
		const choices = Array.isArray(chunk["choices"]) ? (chunk["choices"] as unknown[]) : [];
		// One choice was asked for.
		for (const choice of choices.filter(isJsonObject).filter(({ index }) => index === 0)) {
			if (isJsonObject(choice["delta"])) onDelta(choice["delta"], responseLogprobs(request, choice["logprobs"]));
			finishReason = choice["finish_reason"] ?? finishReason;
		}
	}

	function onDelta(delta: JsonObject, logprobs: readonly JsonObject[]): void {
		const { content, refusal, tool_calls: toolCalls } = delta;
		const thoughts = reasoningOf(delta);
		if (thoughts !== "") reasoningInProgress().add(thoughts);
		if (typeof content === "string") onText(content, logprobs);
		if (typeof refusal === "string" && refusal !== "") messageInProgress().addRefusal(refusal);
		if (Array.isArray(toolCalls)) (toolCalls as unknown[]).filter(isJsonObject).forEach(onCallDelta);
	}

	function onText(words: string, logprobs: readonly JsonObject[]): void {
		heldLogprobs.push(...logprobs);
		if (words === "" && (!textBegun || heldLogprobs.length === 0)) return;
		textBegun = true;
		messageInProgress().addText(words, heldLogprobs);
		heldLogprobs = [];
	}

	function onCallDelta(delta: JsonObject): void {
		const called = isJsonObject(delta["function"]) ? delta["function"] : {};
		let call = calls.get(delta["index"]);
		if (call === undefined) {
			const number = calls.size;
			const callId = typeof delta["id"] === "string" && delta["id"] !== "" ? delta["id"] : `call_${number}`;
			const name = typeof called["name"] === "string" ? called["name"] : "";
			endReasoning();
			call = streamCall(send, { id: ids.call(number), index: items.length }, { callId, name });
			calls.set(delta["index"], call);
			items.push(call);
		}
		if (typeof called["arguments"] === "string") call.addArguments(called["arguments"]);
	}

	function reasoningInProgress() {
		if (reasoning !== null) return reasoning;
		reasoning = streamReasoning(send, { id: ids.reasoning(reasoningsBegun++), index: items.length });
		items.push(reasoning);
		return reasoning;
	}

	function messageInProgress() {
		endReasoning();
		if (message !== null) return message;
		message = streamMessage(send, { id: ids.message, index: items.length });
		items.push(message);
		return message;
	}

	function endReasoning(): void {
		reasoning?.end("completed");
		reasoning = null;
	}

	function output(openStatus: ResponseStatus): JsonObject[] {
		return items.map((item) => item.soFar(openStatus));
	}

	function onEnd(): void {
		begin();
		// Where nothing was said at all, that is what the message says.
		if (items.length === 0) messageInProgress().addText("", []);
		const ending = endingOf(finishReason);
		for (const [index, item] of items.entries()) item.end(index === items.length - 1 ? ending.status : "completed");
		const state = { ...ending, output: output(ending.status), usage: responseUsage(usage), facts };
		sendResponse(`response.${ending.status}`, state);
		ended = true;
	}

	function take(): string {
		const ready = events;
		events = "";
		return ready;
	}

	return {
		feed(chatEvents) {
			parser.feed(chatEvents);
			return take();
		},
		/**
		 * OpenAI's client throws on the `error` event and reads no further; Vercel's AI SDK reports the first of the two
		 * that it sees, so the one with our own code comes first; clients that follow the response need it to end.
		 */
		fail(error) {
			if (ended) return "";
			begin();
			const { code, message: words, param } = error;
			send("error", { code, message: words, param });
			sendResponse("response.failed", {
				status: "failed",
				output: output("incomplete"),
				error: { code: responseErrorCode(error), message: words },
			});
			ended = true;
			return take();
		},
	};
}

/** A Response's error has one of a few codes; the `error` event before it has our own. */
function responseErrorCode(error: ErrorObject): string {
	if (error.type === "rate_limit_error") return "rate_limit_exceeded";
	return error.type === "invalid_request_error" ? "invalid_prompt" : "server_error";
}
