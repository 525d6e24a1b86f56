import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openLiveAnswer } from "../../src/adapters/open-live-answer.ts";
import { readPrefix } from "../../src/adapters/read-prefix.ts";
import { meanLogprobConfidence } from "../../src/core/confidence/logprob-confidence.ts";
import type { LiveAnswer } from "../../src/cascade/ports.ts";
import { FakeClock, settleAll } from "../cascade/fakes.ts";
import { chunkBody, event, usageChunk } from "../support/openai-answers.ts";

const ENOUGH_MS = 60_000;

/** A chunk with this content and one log-probability a token. */
function tokenChunk(content: string, ...probabilities: readonly number[]): string {
	const chunk = chunkBody("m", { content });
	const content_ = probabilities.map((probability) => ({ token: content, logprob: Math.log(probability) }));
	return event({ ...chunk, choices: [{ ...chunk.choices[0], logprobs: { content: content_ } }] });
}

/** A stream of which each element is one read; it stays open unless told to end. */
function streamOf(reads: readonly string[], ends = true) {
	const encoder = new TextEncoder();
	let cancelled = false;
	let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
	const body = new ReadableStream<Uint8Array>({
		start(given) {
			controller = given;
			for (const read of reads) given.enqueue(encoder.encode(read));
			if (ends) given.close();
		},
		cancel() {
			cancelled = true;
		},
	});
	return { body, send: (text: string) => controller?.enqueue(encoder.encode(text)), wasCancelled: () => cancelled };
}

async function opened(body: ReadableStream<Uint8Array>): Promise<LiveAnswer> {
	const live = await openLiveAnswer(body);
	if (!live.ok) throw new Error("the stream did not begin");
	return live.value;
}

/** Everything that the relay would read. */
async function allOf({ head, rest }: LiveAnswer): Promise<string> {
	const decoder = new TextDecoder();
	let text = head.map((bytes) => decoder.decode(bytes, { stream: true })).join("");
	for (let read = await rest.read(); !read.done; read = await rest.read()) {
		text += decoder.decode(read.value, { stream: true });
	}
	return text;
}

const first = event(chunkBody("m", { role: "assistant", content: "" }));
const ending = [event(chunkBody("m", {}, "stop")), event(usageChunk("m")), event("[DONE]")];

describe("the beginning of a stream", () => {
	it("is held until so many tokens are there, and no longer", async () => {
		const { body } = streamOf([first, tokenChunk("a", 0.9), tokenChunk("b", 0.5), tokenChunk("c", 0.1)], false);
		const result = await readPrefix(await opened(body), { tokens: 2, ms: ENOUGH_MS }, new FakeClock());
		if (!result.ok) throw new Error("it failed");
		expect(result.value.prefix).toEqual({
			text: "ab",
			tokens: [
				{ token: "a", logprob: Math.log(0.9) },
				{ token: "b", logprob: Math.log(0.5) },
			],
			finishReason: null,
		});
	});

	it("is held no longer than so many milliseconds after its first token", async () => {
		const clock = new FakeClock();
		const { body, send } = streamOf([first], false);
		const live = await opened(body);
		const reading = readPrefix(live, { tokens: 100, ms: 500 }, clock);
		// Before the first token no time runs: that is the stage's own.
		await clock.advance(5_000);
		send(tokenChunk("a", 0.9));
		await settleAll();
		await clock.advance(499);
		send(tokenChunk("b", 0.8));
		const result = await clock.until(reading);
		expect(result).toMatchObject({ ok: true, value: { prefix: { text: "ab", finishReason: null } } });
		expect(clock.running).toBe(0);
	});

	it("loses nothing of what comes while the time runs out", async () => {
		const clock = new FakeClock();
		const stream = streamOf([first, tokenChunk("a", 0.9)], false);
		const reading = readPrefix(await opened(stream.body), { tokens: 100, ms: 500 }, clock);
		const result = await clock.until(reading);
		if (!result.ok) throw new Error("it failed");
		stream.send(tokenChunk("b", 0.8));
		stream.send(ending.join(""));
		const { rest, head } = result.value.live;
		const next = await rest.read();
		expect(new TextDecoder().decode(next.value)).toBe(tokenChunk("b", 0.8));
		expect(new TextDecoder().decode((await rest.read()).value)).toBe(ending.join(""));
		expect(head).toHaveLength(2);
	});

	it("ends with the answer where that is shorter, with its finish reason", async () => {
		const { body } = streamOf([first, tokenChunk("a", 0.9), ...ending]);
		const result = await readPrefix(await opened(body), { tokens: 100, ms: ENOUGH_MS }, new FakeClock());
		expect(result).toMatchObject({ ok: true, value: { prefix: { text: "a", finishReason: "stop" } } });
	});

	it("has no tokens where no chunk carries log-probabilities, and counts chunks with content instead", async () => {
		const { body } = streamOf([first, content("a"), content("b"), content("c")], false);
		const result = await readPrefix(await opened(body), { tokens: 2, ms: ENOUGH_MS }, new FakeClock());
		expect(result).toMatchObject({ ok: true, value: { prefix: { text: "ab", tokens: null } } });
	});

	const content = (text: string) => event(chunkBody("m", { content: text }));
	const beginningOf = async (reads: readonly string[], tokens = 100, ends = true) => {
		const live = await opened(streamOf(reads, ends).body);
		const result = await readPrefix(live, { tokens, ms: ENOUGH_MS }, new FakeClock());
		if (!result.ok) throw new Error("it failed");
		return { ...result.value.prefix, relayed: ends ? await allOf(result.value.live) : "" };
	};

	it.each([
		["the connection is closed", [], null],
		["the end marker comes", [event("[DONE]")], null],
		["the usage and the end marker come", [event(usageChunk("m")), event("[DONE]")], null],
	])("is over for a reason that nobody knows where %s without a finish reason", async (_how, end) => {
		const reads = [first, tokenChunk("a", 0.9), ...end];
		const { text, finishReason, relayed } = await beginningOf(reads);
		expect({ text, finishReason }).toEqual({ text: "a", finishReason: "unknown" });
		expect(relayed).toBe(reads.join(""));
	});

	it("ends with a last event that no blank line follows, as in the relay", async () => {
		const last = event(chunkBody("m", {}, "length")).trimEnd();
		const reads = [first, tokenChunk("a", 0.9), last];
		const { finishReason, relayed } = await beginningOf(reads);
		expect(finishReason).toBe("length");
		expect(relayed).toBe(reads.join(""));
		// Also where the bytes of a character are cut off by the end.
		expect(await beginningOf([first, tokenChunk("a", 0.9), `${last}\n`])).toMatchObject({ finishReason: "length" });
	});

	it("goes on where it has enough tokens before its end", async () => {
		expect(await beginningOf([first, tokenChunk("a", 0.9), tokenChunk("b", 0.9)], 1, false)).toMatchObject({
			finishReason: null,
		});
	});

	it.each([
		["between words that have one", [tokenChunk("a", 0.9), content("b"), tokenChunk("c", 0.9)], 1],
		["before them", [content("a"), tokenChunk("b", 0.9)], 0],
		["after them", [tokenChunk("a", 0.9), content("b")], 1],
	])("cannot be read where a word %s has no log-probability", async (_where, chunks, at) => {
		const { tokens } = await beginningOf([first, ...chunks, ...ending]);
		expect(tokens).toHaveLength(chunks.length);
		expect(tokens?.map(({ logprob }) => Number.isNaN(logprob))).toEqual(chunks.map((_chunk, index) => index === at));
		expect(meanLogprobConfidence(tokens)).toEqual({ kind: "unavailable", cause: "bad-logprobs" });
	});

	it.each([
		["calls a tool", { tool_calls: [{ index: 0, id: "1", type: "function", function: { name: "f" } }] }],
		["refuses", { refusal: "I cannot" }],
	])("is over where it %s, for a reason that no check accepts", async (_what, delta) => {
		const told = event(chunkBody("m", delta));
		const reads = [first, tokenChunk("a", 0.9), told, tokenChunk("b", 0.9), ...ending];
		expect(await beginningOf(reads)).toMatchObject({ text: "a", finishReason: "unknown", relayed: reads.join("") });
	});

	it.each([
		["an empty list of tool calls", { content: "a", tool_calls: [] }],
		["no refusal", { content: "a", refusal: null }],
		["an empty refusal", { content: "a", refusal: "" }],
	])("is text all the same where a chunk has %s", async (_what, delta) => {
		expect(await beginningOf([first, event(chunkBody("m", delta)), ...ending])).toMatchObject({
			text: "a",
			finishReason: "stop",
		});
	});

	it("that holds an error after words broke off, since the words were generated, and the stream is over", async () => {
		const stream = streamOf([first, tokenChunk("a", 0.9), event({ error: { message: "out of memory" } })], false);
		const result = await readPrefix(await opened(stream.body), { tokens: 100, ms: ENOUGH_MS }, new FakeClock());
		expect(result).toMatchObject({ ok: false, error: { kind: "broken-off" } });
		expect(stream.wasCancelled()).toBe(true);
	});

	it("that holds an error before its first word was refused, for the reason that it says", async () => {
		const stream = streamOf([first, event({ error: { message: "out of memory" } })], false);
		const result = await readPrefix(await opened(stream.body), { tokens: 100, ms: ENOUGH_MS }, new FakeClock());
		expect(result).toMatchObject({ ok: false, error: { kind: "upstream-error", message: "out of memory" } });
		expect(stream.wasCancelled()).toBe(true);
	});

	it("is given up to the relay with everything after it, however the bytes were split", async () => {
		const text = [first, tokenChunk("é", 0.9), tokenChunk("😀", 0.5), tokenChunk("z", 0.2), ...ending].join("");
		const bytes = new TextEncoder().encode(text);
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 12 }),
				fc.integer({ min: 1, max: 6 }),
				async (cuts, tokens) => {
					const points = [0, ...new Set(cuts.toSorted((left, right) => left - right)), bytes.length];
					const body = new ReadableStream<Uint8Array>({
						start(controller) {
							for (let index = 1; index < points.length; index++)
								controller.enqueue(bytes.slice(points[index - 1], points[index]));
							controller.close();
						},
					});
					const result = await readPrefix(await opened(body), { tokens, ms: ENOUGH_MS }, new FakeClock());
					if (!result.ok) throw new Error("it failed");
					expect(result.value.prefix.tokens?.length ?? 0).toBeGreaterThanOrEqual(Math.min(tokens, 3));
					expect(await allOf(result.value.live)).toBe(text);
				},
			),
			{ seed: 4, numRuns: 200 },
		);
	});
});
