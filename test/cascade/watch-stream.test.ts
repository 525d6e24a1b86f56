import { describe, expect, it } from "vitest";
import { MOST_KEPT_BYTES, readToEnd, watchStream } from "../../src/cascade/watch-stream.ts";

const bytes = (length: number, value = 1) => new Uint8Array(length).fill(value);

/** A reader of these parts, in order. */
function readerOf(...parts: readonly Uint8Array[]) {
	return new ReadableStream<Uint8Array>({
		start(controller) {
			for (const part of parts) controller.enqueue(part);
			controller.close();
		},
	}).getReader();
}

describe("a watched stream", () => {
	it("keeps what was read before it and what is read from it, by reference", async () => {
		const [head, first, second] = [bytes(3), bytes(4), bytes(5)];
		const { live, passed } = watchStream({ head: [head], rest: readerOf(first, second) });
		expect(live.head).toEqual([head]);
		expect(passed()).toEqual([head]);
		expect(await live.rest.read()).toEqual({ done: false, value: first });
		expect(passed()?.map((part, index) => part === [head, first][index])).toEqual([true, true]);
		await readToEnd({ live, passed });
		expect(passed()).toEqual([head, first, second]);
		expect(await live.rest.read()).toMatchObject({ done: true });
	});

	it("keeps up to a mebibyte, and nothing of what is longer", async () => {
		const exact = watchStream({ head: [bytes(1)], rest: readerOf(bytes(MOST_KEPT_BYTES - 1)) });
		await readToEnd(exact);
		expect(exact.passed()).toHaveLength(2);
		const long = watchStream({ head: [], rest: readerOf(bytes(MOST_KEPT_BYTES), bytes(1), bytes(1)) });
		await readToEnd(long);
		expect(long.passed()).toBeNull();
		// Its reader still reads on.
		expect(await long.live.rest.read()).toMatchObject({ done: false });
	});

	it("is cancelled as the stream itself is", async () => {
		let cancelled: unknown;
		const rest = new ReadableStream<Uint8Array>({ cancel: (reason) => void (cancelled = reason) }).getReader();
		await watchStream({ head: [], rest }).live.rest.cancel("left");
		expect(cancelled).toBe("left");
	});

	it("breaks as the stream itself does", async () => {
		const rest = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(new Error("broken")) });
		await expect(readToEnd(watchStream({ head: [], rest: rest.getReader() }))).rejects.toThrow("broken");
	});
});
