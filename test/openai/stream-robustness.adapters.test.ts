import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openLiveAnswer } from "../../src/adapters/open-live-answer.ts";
import { openaiChunks } from "../../src/adapters/workers-ai-stream.ts";
import type { ChatRequest } from "../../src/core/completion.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { liveEvents, type StreamEnd } from "../../src/http/stream-events.ts";
import { STREAM_TIMES } from "../../src/http/app-ports.ts";
import { createChatEncoder } from "../../src/openai/encode-completion.ts";
import { stageFailureReply } from "../../src/openai/error-body.ts";
import { formatErrorEnd } from "../../src/openai/sse.ts";
import { exampleRequest } from "../core/examples.ts";
import { referenceEvents } from "../support/event-stream-reference.ts";
import { brokenRules, readChatBytes, relayedOutcome } from "../support/stream-outcomes.ts";
import { piecesAt, piecesOfSize, places } from "../support/stream-reads.ts";
import { chatStream, interrupted, nativeStream, unfinishedChatStream } from "../support/stream-variants.ts";
import { chunk, DONE, event, facts, relayFor } from "./upstream-streams.ts";

const encoder = new TextEncoder();

/** A body that brings these reads, and then ends or falls silent. */
function bodyOf(reads: readonly Uint8Array[], then: "end" | "silence" = "end"): ReadableStream<Uint8Array> {
	return new ReadableStream({
		start(controller) {
			for (const bytes of reads) controller.enqueue(bytes);
			if (then === "end") controller.close();
		},
	});
}

/** The whole way of a stream, from the upstream's body to the client's text; a failure here is one before it began. */
async function streamed(reads: readonly Uint8Array[], request: Partial<ChatRequest>, then?: "silence") {
	const opened = await openLiveAnswer(bodyOf(reads, then));
	if (!opened.ok) return { failure: opened.error, output: "", ends: [] };
	const ends: StreamEnd[] = [];
	const chat = exampleRequest({ stream: true, ...request });
	const events = liveEvents(
		{ kind: "live", live: opened.value, carriesLogprobs: false, facts, settle: () => facts, abort: () => {} },
		{
			request: chat,
			encoder: createChatEncoder(chat),
			identity: { id: "chatcmpl-1", created: 1 },
			clock: { now: () => 0, setTimer: () => () => {} },
			times: STREAM_TIMES,
			clientLeft: () => false,
			// When its first event was sent is another test's (`first-event.test.ts`).
			onEnd: ({ firstEventAt: _at, ...end }) => ends.push(end),
		},
	);
	let output = "";
	for await (const text of events) output += text;
	return { failure: null, output, ends };
}

describe("a chat stream on its whole way", () => {
	it("is what the relay alone makes of all its bytes, whatever the reads", async () => {
		await fc.assert(
			fc.asyncProperty(chatStream, places, fc.boolean(), async ({ text, choices }, cuts, includeUsage) => {
				const bytes = encoder.encode(text);
				const { output, failure } = relayedOutcome([bytes], { choices, includeUsage }, facts);
				expect(failure).toBeNull();
				for (const reads of [piecesAt(bytes, cuts), piecesOfSize(bytes, 1)])
					expect(await streamed(reads, { choices, includeUsage })).toEqual({
						failure: null,
						output,
						ends: [{ kind: "answered", facts }],
					});
			}),
			{ seed: 41, numRuns: 100 },
		);
	});

	it("is over with its end marker or an error, though the connection stays open", async () => {
		const failure = { kind: "upstream-error", status: 500, message: "boom" };
		for (const [last, end] of [
			[DONE, { kind: "answered", facts }],
			[event({ error: "boom" }), { kind: "failed", facts, failure }],
		] as const) {
			const bytes = encoder.encode(chunk({ content: "Hi" }) + chunk({}, "stop") + last);
			for (const size of [1, 100, bytes.length])
				expect((await streamed(piecesOfSize(bytes, size), {}, "silence")).ends).toEqual([end]);
		}
	});

	it.each([
		[{ error: { message: "boom", code: 503 } }, { kind: "upstream-error", status: 503, message: "boom" }],
		[{ error: { message: "boom", code: 429 } }, { kind: "overloaded", retryAfterSeconds: null }],
		[
			{ object: "error", message: "boom" },
			{ kind: "upstream-error", status: 500, message: "boom" },
		],
		[{ error: "boom" }, { kind: "upstream-error", status: 500, message: "boom" }],
		[
			{ error: { message: "boom", code: 400 } },
			{ kind: "bad-request", message: "The upstream says: boom", param: null, code: null },
		],
	] as const)("begins never where %j is its first event, and ends with that later", async (event, failure) => {
		await fc.assert(
			fc.asyncProperty(interrupted(fc.constant(event)), places, async (stream, cuts) => {
				const { text, before, isFirst, choices } = stream;
				const ended = await streamed(piecesAt(encoder.encode(text), cuts), { choices });
				if (isFirst) {
					expect(ended).toEqual({ failure, output: "", ends: [] });
					return;
				}
				const sent = relayFor({ choices }).feed(before);
				expect(ended.output).toBe(sent + formatErrorEnd(stageFailureReply(failure, facts.stage).body.error));
				expect(ended.ends).toEqual([{ kind: "failed", facts, failure }]);
			}),
			{ seed: 42, numRuns: 60 },
		);
	});

	it.each([{ detail: "boom" }, { detail: [{ loc: ["body", "top_k"], msg: "boom" }] }])(
		"begins never where FastAPI's %j is its first event",
		async (event) => {
			const bytes = encoder.encode(`: ping\n\ndata: ${JSON.stringify(event)}\n\n`);
			for (let size = 1; size <= bytes.length; size++) {
				const { failure } = await streamed(piecesOfSize(bytes, size), {});
				expect(failure).toEqual({ kind: "upstream-error", status: 500, message: "boom" });
			}
		},
	);
});

/** A native stream as chunks, read by read. */
async function converted(reads: readonly Uint8Array[], maxOutputTokens: number): Promise<Uint8Array[]> {
	const identity = { id: "chatcmpl-1", created: 1, model: "chat" };
	const chunks: Uint8Array[] = [];
	for await (const bytes of openaiChunks(bodyOf(reads), identity, maxOutputTokens)) chunks.push(bytes);
	return chunks;
}

function textOf(reads: readonly Uint8Array[]): string {
	const decoder = new TextDecoder();
	return reads.map((bytes) => decoder.decode(bytes, { stream: true })).join("");
}

/** What a native stream says, by its own rules: the end marker finishes it, and a usage at the limit was cut off. */
function readNative(bytes: Uint8Array, maxOutputTokens: number) {
	const { data, unfinished } = referenceEvents(bytes);
	const all = [...data, unfinished ?? ""];
	const end = all.findIndex((text) => text.trim() === "[DONE]");
	const events = all.slice(0, end).map((text) => JSON.parse(text) as JsonObject);
	const usage = events.findLast((event) => event["usage"] !== undefined)?.["usage"] ?? null;
	const used = (usage as { completion_tokens: number } | null)?.completion_tokens ?? 0;
	const calls = events.flatMap((event) => (event["tool_calls"] ?? []) as JsonObject[]);
	return {
		text: events.map((event) => event["response"] ?? "").join(""),
		calls: calls.map((call) => [call["name"], JSON.stringify(call["arguments"])]),
		usage,
		finishReason: calls.length > 0 ? "tool_calls" : used >= maxOutputTokens ? "length" : "stop",
	};
}

describe("a native stream of Workers AI", () => {
	it("says to the client what it said to us, as OpenAI's own would", async () => {
		await fc.assert(
			fc.asyncProperty(nativeStream, places, fc.boolean(), async ({ text, maxOutputTokens }, cuts, includeUsage) => {
				const bytes = encoder.encode(text);
				const reads = await converted(piecesAt(bytes, cuts), maxOutputTokens);
				const outcome = relayedOutcome(reads, { includeUsage }, facts);
				expect(outcome.failure).toBeNull();
				expect(brokenRules(outcome.output, includeUsage)).toEqual([]);
				// The end marker is in it once, and last.
				expect(textOf(reads).indexOf(DONE)).toBe(textOf(reads).length - DONE.length);
				const heard = readChatBytes(encoder.encode(outcome.output));
				const choice = heard.choices.get(0);
				const said = readNative(bytes, maxOutputTokens);
				expect(choice).toMatchObject({ text: said.text, finishReason: said.finishReason });
				const calls = [...(choice?.toolCalls.values() ?? [])];
				expect(calls.map((call) => [call.name, call.arguments])).toEqual(said.calls);
				expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
				expect(heard.usage).toEqual(includeUsage ? said.usage : null);
				expect(outcome.usage === null).toBe(said.usage === null);
			}),
			{ seed: 43, numRuns: 300 },
		);
	});

	it("comes to the same whatever the reads it comes in", async () => {
		await fc.assert(
			fc.asyncProperty(nativeStream, places, async ({ text, maxOutputTokens }, cuts) => {
				const bytes = encoder.encode(text);
				const whole = textOf(await converted([bytes], maxOutputTokens));
				for (const reads of [piecesAt(bytes, cuts), piecesOfSize(bytes, 1)])
					expect(textOf(await converted(reads, maxOutputTokens))).toBe(whole);
			}),
			{ seed: 44, numRuns: 50 },
		);
	});

	it("is on its whole way what it is by itself", async () => {
		await fc.assert(
			fc.asyncProperty(nativeStream, places, async ({ text, maxOutputTokens }, cuts) => {
				const reads = await converted([encoder.encode(text)], maxOutputTokens);
				const { output } = await streamed(piecesAt(encoder.encode(textOf(reads)), cuts), {});
				expect(output).toBe(relayedOutcome(reads, {}, facts).output);
			}),
			{ seed: 45, numRuns: 50 },
		);
	});

	it("that speaks OpenAI's dialect after all is passed on, and finished only if that was", async () => {
		await fc.assert(
			fc.asyncProperty(fc.oneof(chatStream, unfinishedChatStream), places, async ({ text, choices }, cuts) => {
				const bytes = encoder.encode(text);
				const outcome = relayedOutcome(await converted(piecesAt(bytes, cuts), 10), { choices }, facts);
				const { failure } = relayedOutcome([bytes], { choices }, facts);
				expect(outcome.failure).toEqual(failure);
				expect(readChatBytes(encoder.encode(outcome.output)).choices).toEqual(readChatBytes(bytes).choices);
			}),
			{ seed: 46, numRuns: 150 },
		);
	});

	it("that breaks into an error ends with it, whatever came before", async () => {
		const said = ["Grüße ", "😀", "!"];
		for (let position = 0; position <= said.length; position++) {
			const events: unknown[] = said.map((response) => ({ response }));
			events.splice(position, 0, { error: { message: "boom", code: 503 } });
			const bytes = encoder.encode(events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`).join(""));
			const outcome = relayedOutcome(await converted(piecesOfSize(bytes, 3), 10), {}, facts);
			expect(outcome.failure).toEqual({ kind: "upstream-error", status: 503, message: "boom" });
			const heard = readChatBytes(encoder.encode(outcome.output)).choices.get(0)?.text ?? "";
			expect(heard).toBe(said.slice(0, position).join(""));
		}
	});
});
