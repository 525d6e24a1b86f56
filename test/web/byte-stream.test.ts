import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byteStream } from "../../src/web/byte-stream.ts";
import { FakeClock, settleAll } from "../cascade/fakes.ts";

/** A text of a stream, so many milliseconds after the one before was asked for. */
interface Part {
	readonly afterMs: number;
	readonly text: string;
}

/** A stream of these parts and a client that reads it, if it does; what was written when, in milliseconds of the clock. */
function streamOf(
	parts: readonly Part[],
	{ reads = true, fault }: { readonly reads?: boolean; readonly fault?: Error } = {},
) {
	const clock = new FakeClock();
	const began = clock.now();
	const log = { taken: 0, ended: false, left: 0 };
	const body = byteStream(
		(async function* () {
			try {
				for (const { afterMs, text } of parts) {
					if (afterMs > 0) await clock.sleep(afterMs);
					log.taken++;
					yield text;
				}
				if (fault !== undefined) throw fault;
			} finally {
				log.ended = true;
			}
		})(),
		clock,
		() => void log.left++,
	);
	const writes: (readonly [ms: number, text: string])[] = [];
	const reader = body.getReader();
	const readAll = async () => {
		const decoder = new TextDecoder();
		for (;;) {
			const { done, value } = await reader.read();
			if (done) return;
			writes.push([clock.now() - began, decoder.decode(value)]);
		}
	};
	return { clock, log, writes, reader, reading: reads ? readAll() : undefined, readAll };
}

const parts = (...list: readonly (readonly [afterMs: number, text: string])[]): Part[] =>
	list.map(([afterMs, text]) => ({ afterMs, text }));

describe("what a stream writes, and when", () => {
	it("is each text as it comes, where none comes sooner than eight milliseconds after the one before", async () => {
		const { clock, reading, writes } = streamOf(
			parts([0, "a"], [2, "b"], [2, "c"], [8, "d"], [8, "e"], [30, "f"], [9, "g"]),
		);
		await clock.until(reading as Promise<void>);
		expect(writes).toEqual([
			[0, "a"],
			[2, "b"],
			[4, "c"],
			[12, "d"],
			[20, "e"],
			[50, "f"],
			[59, "g"],
		]);
	});

	it("is each of the first three where all come at once, and with the end all that came after them", async () => {
		const { reading, writes } = streamOf(parts([0, "a"], [0, "b"], [0, "c"], [0, "d"], [0, "e"]));
		await reading;
		expect(writes).toEqual([
			[0, "a"],
			[0, "b"],
			[0, "c"],
			[0, "de"],
		]);
	});

	it("is what came after those three when eight milliseconds have passed, whether or not more follows", async () => {
		const atOnce = parts([5, "a"], [0, "b"], [1, "c"], [1, "d"], [0, "e"], [1, "f"], [600, "g"], [1, "h"]);
		const { clock, reading, writes } = streamOf(atOnce);
		await clock.until(reading as Promise<void>);
		expect(writes).toEqual([
			[5, "a"],
			[5, "b"],
			[6, "c"],
			[14, "def"],
			[608, "g"],
			[609, "h"],
		]);
	});

	it("is, of a stream without a pause, what came in each eight milliseconds", async () => {
		const { clock, reading, writes } = streamOf(Array.from({ length: 40 }, () => ({ afterMs: 1, text: "x" })));
		await clock.until(reading as Promise<void>);
		expect(writes.map(([ms, text]) => [ms, text.length])).toEqual([
			[1, 1],
			[2, 1],
			[3, 1],
			[11, 7],
			[19, 8],
			[27, 8],
			[35, 8],
			[40, 6],
		]);
	});

	it("is every text in its order, none twice, and only those after the third with a delay, of at most eight milliseconds", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(
					fc.record({ afterMs: fc.integer({ min: 0, max: 12 }), text: fc.string({ unit: "binary", minLength: 1 }) }),
				),
				async (list) => {
					const { clock, reading, writes } = streamOf(list);
					await clock.until(reading as Promise<void>);
					const whole = list.map(({ text }) => text).join("");
					// What is no Unicode is replaced, as in every encoding of a text.
					expect(writes.map(([, text]) => text).join("")).toBe(whole.toWellFormed());
					let cameAt = 0;
					let length = 0;
					const writtenBy = (end: number) => {
						let sum = 0;
						for (const [ms, text] of writes) if ((sum += text.length) >= end) return ms;
						return Number.NaN;
					};
					for (const [index, { afterMs, text }] of list.entries()) {
						cameAt += afterMs;
						length += text.length;
						const delay = writtenBy(length) - cameAt;
						expect(delay).toBeGreaterThanOrEqual(0);
						expect(delay).toBeLessThanOrEqual(index < 3 ? 0 : 8);
					}
				},
			),
			{ seed: 7, numRuns: 100 },
		);
	});
});

describe("a client that reads slowly", () => {
	it("stops the stream's source, and what is held has a bound", async () => {
		const text = "x".repeat(1_000);
		const { clock, log, writes, readAll } = streamOf(
			Array.from({ length: 1_000 }, () => ({ afterMs: 0, text })),
			{ reads: false },
		);
		await clock.advance(1_000);
		// The one text that is on its way, and 16 KiB after it.
		expect(log.taken).toBe(1 + 17);
		await clock.until(readAll());
		expect(writes.map(([, written]) => written).join("")).toBe(text.repeat(1_000));
	});

	it("gets the rest of a stream that has ended meanwhile", async () => {
		const { clock, log, writes, readAll } = streamOf(parts([0, "a"], [1, "b"], [9, "c"]), { reads: false });
		await clock.advance(100);
		expect(log.ended).toBe(true);
		await readAll();
		expect(writes).toEqual([
			[100, "a"],
			[100, "bc"],
		]);
	});
});

describe("the end of a stream", () => {
	it("is the client's leaving: its source is told first and then ended, and nothing is written any more", async () => {
		const { clock, log, reader } = streamOf(parts([0, "a"], [1, "b"], [9, "c"], [9, "d"]), { reads: false });
		await clock.advance(2);
		const leaving = reader.cancel();
		expect(log.left).toBe(1);
		await clock.until(leaving);
		await clock.advance(100);
		expect(log).toEqual({ taken: 3, ended: true, left: 1 });
	});

	it("is the client's leaving after the last text, with some of it still held", async () => {
		const { clock, log, reader } = streamOf(parts([0, "a"], [0, "b"]), { reads: false });
		await settleAll();
		expect(log.ended).toBe(true);
		await reader.cancel();
		await clock.advance(100);
		expect(log.left).toBe(1);
	});

	it("is a fault of its source's own", async () => {
		const { clock, reading, writes } = streamOf(parts([0, "a"], [0, "b"]), { fault: new Error("the source broke") });
		await expect(reading).rejects.toThrow("the source broke");
		expect(writes.map(([, text]) => text).join("")).toBe("ab");
		await clock.advance(100);
	});

	it("is without a byte where there was no text", async () => {
		const { reading, writes } = streamOf([]);
		await reading;
		expect(writes).toEqual([]);
	});
});
