import { describe, expect, it } from "vitest";
import type { CascadeFacts } from "../../src/core/cascade-facts.ts";
import { liveEvents, type StreamContext, type StreamEnd } from "../../src/http/stream-events.ts";
import { createChatEncoder } from "../../src/openai/encode-completion.ts";
import { FakeClock, settleAll } from "../cascade/fakes.ts";
import { exampleRequest } from "../core/examples.ts";

const FACTS = {} as CascadeFacts;
const REQUEST = exampleRequest({ stream: true });
const IDLE_MS = 30_000;

/** The events of an upstream that does this after its beginning, how they ended, and its body. */
async function eventsOf(then: (controller: ReadableStreamDefaultController<Uint8Array>) => void) {
	const clock = new FakeClock();
	const body = new ReadableStream<Uint8Array>({
		start: (controller) => controller.enqueue(new TextEncoder().encode(": well\n\n")),
		pull: then,
	});
	const ends: StreamEnd[] = [];
	const context: StreamContext = {
		request: REQUEST,
		encoder: createChatEncoder(REQUEST),
		identity: { id: "chatcmpl-1", created: 1 },
		clock,
		times: { pendingAfterMs: 1, keepAliveEveryMs: 1, idleMs: IDLE_MS, totalMs: 900_000 },
		clientLeft: () => false,
		onEnd: (end) => void ends.push(end),
	};
	const live = { head: [], rest: body.getReader() };
	const settle = () => FACTS;
	const outcome = { kind: "live", live, carriesLogprobs: false, facts: FACTS, settle, abort() {} } as const;
	let text = "";
	const reading = (async () => {
		for await (const event of liveEvents(outcome, context)) text += event;
	})();
	await settleAll();
	await clock.advance(IDLE_MS);
	await reading;
	return { text, ends, body };
}

describe("a live answer that does not come to its end", () => {
	it("is let go of where it breaks off, since what holds a broken stream is held by its error for ever", async () => {
		const { text, ends, body } = await eventsOf((controller) =>
			controller.error(new Error("Network connection lost.")),
		);
		expect(text).toContain('"code":"upstream_broken_off"');
		expect(ends).toMatchObject([{ kind: "failed", failure: { kind: "broken-off" } }]);
		expect(body.locked).toBe(false);
	});

	it("is cancelled where it falls silent, which leaves no error behind", async () => {
		const { text, ends, body } = await eventsOf(() => {});
		expect(text).toContain('"code":"upstream_timeout"');
		expect(ends).toMatchObject([{ kind: "failed", failure: { kind: "timeout", afterMs: IDLE_MS } }]);
		expect(body.locked).toBe(true);
	});
});
