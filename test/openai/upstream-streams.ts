/** Streams as upstreams send them, and what our relay makes of them. */
import type { CascadeFacts } from "../../src/core/cascade-facts.ts";
import type { ChatRequest } from "../../src/core/completion.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { createStreamRelay, type StreamRelay } from "../../src/openai/relay-stream.ts";
import { exampleRequest, FALLBACK_IDENTITY } from "../core/examples.ts";
import { readStream, type ReadStream } from "./read-stream.ts";

export const facts: CascadeFacts = {
	stage: "origin",
	model: "large",
	reason: "low-confidence",
	confidence: 0.4,
	threshold: 0.8,
	trail: [],
	calls: [],
	costUsd: 0.012,
	savedUsd: -0.001,
};

export const HEAD = { id: "chatcmpl-9", object: "chat.completion.chunk", created: 1_790_000_000, model: "large" };

/** What the client is shown in its place: the same answer, under the name that it asked for. */
export const SHOWN_HEAD = { ...HEAD, model: "chat" };

/** An upstream's events as the client is sent them where nothing else in them is mended. */
export function shown(events: string): string {
	return events.replaceAll('"model":"large"', '"model":"chat"');
}
export const USAGE = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
export const DONE = "data: [DONE]\n\n";

/** One chunk with one choice. */
export function chunk(delta: JsonObject, finish_reason: string | null = null, rest: JsonObject = {}): string {
	return event({ ...HEAD, choices: [{ index: 0, delta, logprobs: null, finish_reason }], ...rest });
}

/** One chunk of the choice with this index. */
export function choiceChunk(index: number, delta: JsonObject, finish_reason: string | null = null): string {
	return event({ ...HEAD, choices: [{ index, delta, finish_reason }] });
}

/** One event. */
export function event(value: unknown): string {
	return `data: ${JSON.stringify(value)}\n\n`;
}

/** The usage event that OpenAI sends where it was asked to. */
export const USAGE_EVENT = event({ ...HEAD, choices: [], usage: USAGE });

/** A plain answer: "Hello big world". */
export const PLAIN = [
	chunk({ role: "assistant", content: "" }),
	chunk({ content: "Hello" }),
	chunk({ content: " big" }),
	chunk({ content: " world" }),
	chunk({}, "stop"),
	USAGE_EVENT,
	DONE,
].join("");

/** What came of a relayed stream: the client's text and how our reference reader reads it. */
export interface Relayed extends ReadStream {
	readonly output: string;
	readonly relay: StreamRelay;
}

/** A relay for a streaming request. */
export function relayFor(request: Partial<ChatRequest> = {}): StreamRelay {
	return createStreamRelay(exampleRequest({ stream: true, ...request }), FALLBACK_IDENTITY);
}

/** Relays these texts and ends the stream, as the HTTP layer does; the stream must not have failed. */
export function relayed(texts: string | readonly string[], request: Partial<ChatRequest> = {}): Relayed {
	const relay = relayFor(request);
	let output = "";
	for (const text of typeof texts === "string" ? [texts] : texts) output += relay.feed(text);
	output += relay.feed("\n\n");
	const failure = relay.failure(true);
	if (failure !== null) throw new Error(`the stream failed: ${JSON.stringify(failure)}`);
	output += relay.end(facts);
	return { output, relay, ...readStream(output) };
}

/** What is wrong with a stream at its end, and the events that went out before it was noticed. */
export function failureOf(text: string, request: Partial<ChatRequest> = {}) {
	const relay = relayFor(request);
	const output = relay.feed(text) + relay.feed("\n\n");
	return { failure: relay.failure(true), sent: readStream(output) };
}
