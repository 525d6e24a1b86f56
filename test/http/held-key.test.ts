import { describe, expect, it } from "vitest";
import type { CascadeFacts } from "../../src/core/cascade-facts.ts";
import type { KeptAnswer } from "../../src/core/ledger/replay-ports.ts";
import { heldKey, MOST_KEPT_BYTES } from "../../src/http/held-key.ts";
import type { StreamEnd } from "../../src/http/stream-events.ts";
import { FakeClock, settleAll } from "../cascade/fakes.ts";

const TIMES = { pendingAfterMs: 10_000, keepAliveEveryMs: 10_000, idleMs: 30_000, totalMs: 900_000 };
const FACTS = {} as CascadeFacts;
const text = (bytes: ArrayBuffer | Uint8Array) => new TextDecoder().decode(bytes);

/** A held key, and what its record is told. */
function hold(leaseMs = 85_000) {
	const clock = new FakeClock();
	const told: (string | number | KeptAnswer | null)[] = [];
	const record = {
		renew: (ms: number) => void told.push(`renew ${ms}`),
		finish: (answer: KeptAnswer | null) => void told.push(answer),
		release: () => void told.push("release"),
	};
	return { held: heldKey(record, { clock, times: TIMES }, leaseMs), told, clock };
}

/** A stream whose chunks a test sends one at a time, and what its reader does. */
function source() {
	const seen = { pulls: 0, cancelled: undefined as unknown };
	let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
	const body = new ReadableStream<Uint8Array>(
		{
			start: (given) => void (controller = given),
			pull: () => void seen.pulls++,
			cancel: (reason) => void (seen.cancelled = reason),
		},
		{ highWaterMark: 0 },
	);
	return {
		body,
		seen,
		send: (chunk: string | Uint8Array) =>
			controller?.enqueue(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk),
		end: () => controller?.close(),
		breakOff: () => controller?.error(new Error("broken")),
	};
}

const streamed = (body: ReadableStream<Uint8Array>) =>
	new Response(body, {
		headers: { "content-type": "text/event-stream", "x-request-id": "req_1", "x-cascade-stage": "a" },
	});

function readerOf({ body }: Response): ReadableStreamDefaultReader<Uint8Array> {
	if (body === null) throw new Error("there is no body");
	return body.getReader();
}

describe("an answer in one piece", () => {
	it("is kept with its status and headers, but for its request's id, and goes out as it was", async () => {
		const { held, told } = hold();
		held.endedWhole();
		const headers = { "content-type": "application/json", "x-request-id": "req_1", "x-cascade-stage": "edge" };
		const sent = await held.keep(new Response('{"a":1}', { status: 201, headers }));
		expect([sent.status, await sent.text()]).toEqual([201, '{"a":1}']);
		expect(Object.fromEntries(sent.headers)).toEqual(headers);
		const [answer] = told as KeptAnswer[];
		expect(told).toHaveLength(1);
		expect(answer?.headers).toEqual({ "content-type": "application/json", "x-cascade-stage": "edge" });
		expect([answer?.status, text(answer?.body ?? new ArrayBuffer())]).toEqual([201, '{"a":1}']);
	});

	it.each([
		[MOST_KEPT_BYTES, true],
		[MOST_KEPT_BYTES + 1, false],
	])("of %i bytes is kept with its text: %s", async (size, isKept) => {
		const { held, told } = hold();
		held.endedWhole();
		const sent = await held.keep(new Response("x".repeat(size)));
		expect(await sent.text()).toHaveLength(size);
		expect(told.map((answer) => (answer as KeptAnswer | null)?.body.byteLength)).toEqual([isKept ? size : undefined]);
	});

	it.each([400, 429, 500, 503])(
		"that is a failure (%i) gives the key back and is the same response",
		async (status) => {
			const { held, told } = hold();
			held.endedWhole();
			const failure = new Response("{}", { status });
			expect(await held.keep(failure)).toBe(failure);
			expect(told).toEqual(["release"]);
		},
	);
});

describe("a stream", () => {
	it("goes out chunk by chunk, and is kept once it has ended whole", async () => {
		const { held, told } = hold();
		const { body, send, end } = source();
		const sent = await held.keep(streamed(body));
		expect(sent.headers.get("x-request-id")).toBe("req_1");
		const reader = readerOf(sent);
		for (const chunk of ["data: ä\n\n", "data: b\n\n"]) {
			send(chunk);
			const { value } = await reader.read();
			expect(text(value ?? new Uint8Array())).toBe(chunk);
		}
		expect(told).toEqual([]);
		held.endedWhole();
		end();
		expect(await reader.read()).toMatchObject({ done: true });
		expect(told).toMatchObject([
			{ status: 200, headers: { "content-type": "text/event-stream", "x-cascade-stage": "a" } },
		]);
		expect(text((told[0] as KeptAnswer).body)).toBe("data: ä\n\ndata: b\n\n");
	});

	it("is read at its reader's speed: nothing is asked for that nobody reads", async () => {
		const { held } = hold();
		const { body, seen, send } = source();
		const reader = readerOf(await held.keep(streamed(body)));
		await settleAll();
		expect(seen.pulls).toBe(0);
		const reading = reader.read();
		await settleAll();
		expect(seen.pulls).toBe(1);
		send("a");
		await reading;
		await settleAll();
		expect(seen.pulls).toBe(1);
	});

	it("that ended, but not whole, gives the key back", async () => {
		const { held, told } = hold();
		const { body, send, end } = source();
		const reading = (await held.keep(streamed(body))).text();
		send('data: {"error":{}}\n\n');
		end();
		await reading;
		expect(told).toEqual(["release"]);
	});

	it("that breaks gives the key back, once, and breaks for its reader too", async () => {
		const { held, told } = hold();
		const { body, send, breakOff } = source();
		const reader = readerOf(await held.keep(streamed(body)));
		send("a");
		await reader.read();
		breakOff();
		await expect(reader.read()).rejects.toThrow("broken");
		expect(told).toEqual(["release"]);
	});

	it.each([["between two reads", false] as const, ["in the middle of a read", true] as const])(
		"whose reader leaves %s gives the key back, once, and tells the source why",
		async (_when, isReading) => {
			const { held, told } = hold();
			const { body, seen, send } = source();
			const reader = readerOf(await held.keep(streamed(body)));
			send("a");
			await reader.read();
			if (isReading) reader.read().catch(() => {});
			held.watching({ failed() {}, ended() {} }).ended({ kind: "answered", facts: FACTS });
			await reader.cancel("gone");
			await settleAll();
			expect(seen.cancelled).toBe("gone");
			expect(told).toEqual(["release"]);
		},
	);

	it.each([
		[MOST_KEPT_BYTES, true],
		[MOST_KEPT_BYTES + 1, false],
	])("of %i bytes goes out whole, and is kept with its text: %s", async (size, isKept) => {
		const { held, told } = hold();
		const { body, send, end } = source();
		const reading = (await held.keep(streamed(body))).arrayBuffer();
		send(new Uint8Array(size - 10));
		send(new Uint8Array(10));
		held.endedWhole();
		end();
		expect((await reading).byteLength).toBe(size);
		expect(told.map((answer) => (answer as KeptAnswer | null)?.body.byteLength)).toEqual([isKept ? size : undefined]);
	});

	it("renews its lease before a silence could outlast it, and no oftener", async () => {
		const { held, told, clock } = hold(85_000);
		const { body, send } = source();
		const reader = readerOf(await held.keep(streamed(body)));
		const chunkAfter = async (ms: number) => {
			await clock.advance(ms);
			send("a");
			await reader.read();
		};
		await chunkAfter(1_000);
		await chunkAfter(34_000);
		// 50 s are left: 30 of silence, and 20.
		expect(told).toEqual([]);
		await chunkAfter(1);
		expect(told).toEqual(["renew 60000"]);
		await chunkAfter(10_000);
		expect(told).toHaveLength(1);
		await chunkAfter(1);
		expect(told).toHaveLength(2);
	});
});

describe("an observer that is watched", () => {
	const endings: readonly (readonly [StreamEnd["kind"], StreamEnd, boolean])[] = [
		["answered", { kind: "answered", facts: FACTS }, true],
		["failed", { kind: "failed", facts: FACTS, failure: { kind: "broken-off" } }, false],
		["client-left", { kind: "client-left", facts: FACTS }, false],
	];
	it.each(endings)("is told of an end (%s), and only an answered one is kept", async (_kind, ending, isKept) => {
		const { held, told } = hold();
		const ended: StreamEnd[] = [];
		held.watching({ failed() {}, ended: (end) => ended.push(end) }).ended(ending);
		expect(ended).toEqual([ending]);
		await (await held.keep(new Response("text"))).text();
		expect(told).toHaveLength(1);
		expect(told[0] === "release").toBe(!isKept);
	});
});

it("is given back where there will be no answer", () => {
	const { held, told } = hold();
	held.giveBack();
	expect(told).toEqual(["release"]);
});
