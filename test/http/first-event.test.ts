import { describe, expect, it } from "vitest";
import type { CascadeOutcome } from "../../src/cascade/run-cascade.ts";
import type { CascadeFacts } from "../../src/core/cascade-facts.ts";
import type { Observation } from "../../src/core/observation.ts";
import { createObserver } from "../../src/http/observe.ts";
import { liveEvents, pendingEvents, type StreamContext, type StreamEnd } from "../../src/http/stream-events.ts";
import { createChatEncoder } from "../../src/openai/encode-completion.ts";
import { FakeClock } from "../cascade/fakes.ts";
import { exampleAnswer, exampleRequest } from "../core/examples.ts";

const FACTS: CascadeFacts = {
	stage: "origin",
	model: "large",
	reason: "low-confidence",
	confidence: 0.4,
	threshold: 0.8,
	trail: [],
	calls: [],
	costUsd: 0.1,
	savedUsd: 0,
};
const REQUEST = exampleRequest({ stream: true });

const chunkOf = (delta: object, finish: string | null = null) => {
	const choices = [{ index: 0, delta, finish_reason: finish }];
	return `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices })}\n\n`;
};
const WORDS = [chunkOf({ role: "assistant", content: "a" }), chunkOf({ content: "b" }), chunkOf({}, "stop")];

/** A stream that has begun, of which the next part comes a second after the one before was read. */
function live(clock: FakeClock, parts: readonly string[]): Extract<CascadeOutcome, { kind: "live" }> {
	const encoder = new TextEncoder();
	const left = [...parts, "data: [DONE]\n\n"];
	const rest = new ReadableStream<Uint8Array>(
		{
			async pull(controller) {
				await clock.sleep(1_000);
				const part = left.shift();
				if (part === undefined) controller.close();
				else controller.enqueue(encoder.encode(part));
			},
		},
		{ highWaterMark: 0 },
	).getReader();
	const settle = () => FACTS;
	return { kind: "live", live: { head: [], rest }, carriesLogprobs: false, facts: FACTS, settle, abort() {} };
}

/** How a stream ended whose client reads so many events and leaves; its moments in milliseconds after its beginning. */
async function endOf(
	events: (context: StreamContext, clock: FakeClock) => AsyncGenerator<string>,
	mostEvents = Number.POSITIVE_INFINITY,
) {
	const clock = new FakeClock();
	const began = clock.now();
	let end: StreamEnd | undefined;
	const context: StreamContext = {
		request: REQUEST,
		encoder: createChatEncoder(REQUEST),
		identity: { id: "chatcmpl-1", created: 1 },
		clock,
		times: { pendingAfterMs: 0, keepAliveEveryMs: 10_000, idleMs: 60_000, totalMs: 600_000 },
		clientLeft: () => false,
		onEnd: (told) => void (end = told),
	};
	const read = async () => {
		let count = 0;
		for await (const _event of events(context, clock)) if (++count >= mostEvents) break;
	};
	await clock.until(read());
	const { kind, firstEventAt } = end ?? {};
	return { kind, firstMs: firstEventAt === undefined ? undefined : firstEventAt - began };
}

/** The same events, each of them also put here. */
async function* collecting(events: AsyncGenerator<string>, sent: string[]): AsyncGenerator<string> {
	for await (const event of events) {
		sent.push(event);
		yield event;
	}
}

describe("the first event of a stream", () => {
	it("is when the first of the answer is sent, not the last", async () => {
		expect(await endOf((context, clock) => liveEvents(live(clock, WORDS), context))).toEqual({
			kind: "answered",
			firstMs: 1_000,
		});
	});

	it("is known of one that fails later, and of one whose client leaves", async () => {
		const broken = [WORDS[0] ?? "", `data: {"error":{"message":"no","type":"server_error"}}\n\n`];
		expect(await endOf((context, clock) => liveEvents(live(clock, broken), context))).toEqual({
			kind: "failed",
			firstMs: 1_000,
		});
		expect(await endOf((context, clock) => liveEvents(live(clock, WORDS), context), 1)).toEqual({
			kind: "client-left",
			firstMs: 1_000,
		});
	});

	it("is sent with all that was read before the decision", async () => {
		const sent: string[] = [];
		const end = await endOf((context, clock) => {
			const { live: rest, ...outcome } = live(clock, WORDS.slice(2));
			const head = WORDS.slice(0, 2).map((word) => new TextEncoder().encode(word));
			return collecting(liveEvents({ ...outcome, live: { ...rest, head } }, context), sent);
		});
		expect(end).toEqual({ kind: "answered", firstMs: 0 });
		expect(sent[0]?.match(/"content":"."/gu)).toEqual(['"content":"a"', '"content":"b"']);
	});

	it("is none where the stream fails before it", async () => {
		const failing = [`data: {"error":{"message":"no","type":"server_error"}}\n\n`];
		expect(await endOf((context, clock) => liveEvents(live(clock, failing), context))).toEqual({
			kind: "failed",
			firstMs: undefined,
		});
	});

	it("is no comment that keeps the connection alive", async () => {
		const whole: CascadeOutcome = { kind: "whole", answer: exampleAnswer(), facts: FACTS };
		const pending = (context: StreamContext, clock: FakeClock) =>
			pendingEvents(
				clock.sleep(25_000).then(() => whole),
				context,
				() => {},
			);
		expect(await endOf(pending)).toEqual({ kind: "answered", firstMs: 25_000 });
		expect(await endOf(pending, 2)).toEqual({ kind: undefined, firstMs: undefined });
	});
});

describe("the record of a request", () => {
	const clock = new FakeClock();
	const recorded = (end: StreamEnd): Observation | undefined => {
		const records: Observation[] = [];
		const observer = createObserver(
			{ clock, observations: { record: (observation) => void records.push(observation) } },
			{
				requestId: "req_1",
				receivedAt: clock.now() - 500,
				authMs: 0,
				tenant: "acme",
				revision: 1,
				isCanary: false,
				endpoint: "chat.completions",
				request: REQUEST,
			},
		);
		observer.ended(end);
		return records[0];
	};

	it("tells the first event by the request's arrival", () => {
		const end = { kind: "answered", facts: FACTS, firstEventAt: clock.now() - 120 } as const;
		expect(recorded(end)).toMatchObject({ firstTokenMs: 380, durationMs: 500 });
	});

	it("tells none where there was none", () => {
		expect(recorded({ kind: "answered", facts: FACTS })).not.toHaveProperty("firstTokenMs");
		expect(recorded({ kind: "client-left", facts: FACTS, firstEventAt: undefined })).not.toHaveProperty("firstTokenMs");
	});
});
