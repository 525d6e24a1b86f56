import { describe, expect, it } from "vitest";
import { err, ok, type Result } from "../../src/core/result.ts";
import { runBatch } from "../../src/http/run-batch.ts";

type Outcome = Result<string, string>;

/** Work that a test finishes by hand. */
function manualWork(count: number, atOnce = 4) {
	const finish: ((outcome: Outcome) => void)[] = [];
	const begun: number[] = [];
	let stops = 0;
	const batch = runBatch<string, string>(
		count,
		atOnce,
		(index) => {
			begun.push(index);
			return new Promise((resolve) => (finish[index] = resolve));
		},
		() => (stops += 1),
	);
	const settle = async (index: number, outcome: Outcome) => {
		finish[index]?.(outcome);
		await new Promise((resolve) => setTimeout(resolve));
	};
	return { batch, begun, settle, stops: () => stops };
}

describe("a batch", () => {
	it("gives its values in order, whichever is done first", async () => {
		const { batch, settle } = manualWork(3);
		for (const index of [2, 0, 1]) await settle(index, ok(`value ${index}`));
		expect(await batch).toEqual(ok(["value 0", "value 1", "value 2"]));
	});

	it("goes one by one where no two may run side by side", async () => {
		const { batch, begun, settle } = manualWork(3, 1);
		for (const index of [0, 1, 2]) {
			expect(begun).toEqual([0, 1, 2].slice(0, index + 1));
			await settle(index, ok(""));
		}
		expect(await batch).toMatchObject({ ok: true });
	});

	it("has as many running as may, and begins the next when one is done", async () => {
		const { batch, begun, settle } = manualWork(6);
		expect(begun).toEqual([0, 1, 2, 3]);
		await settle(2, ok(""));
		expect(begun).toEqual([0, 1, 2, 3, 4]);
		for (const index of [0, 1, 3, 4, 5]) await settle(index, ok(""));
		expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
		expect(await batch).toMatchObject({ ok: true });
	});

	it("ends with the failure that came first: it stops the others once, and begins no more", async () => {
		const { batch, begun, settle, stops } = manualWork(6);
		await settle(3, err("first"));
		expect(stops()).toBe(1);
		for (const [index, failure] of [
			[0, "second"],
			[1, "third"],
		] as const)
			await settle(index, err(failure));
		await settle(2, ok("late"));
		expect(await batch).toEqual(err({ index: 3, failure: "first" }));
		expect(begun).toEqual([0, 1, 2, 3]);
		expect(stops()).toBe(1);
	});

	it("is not over before all that it began has ended", async () => {
		const { batch, settle } = manualWork(2);
		let isOver = false;
		void batch.then(() => (isOver = true));
		await settle(0, err("failed"));
		expect(isOver).toBe(false);
		await settle(1, err("aborted"));
		expect(isOver).toBe(true);
	});

	it("of nothing is nothing", async () => {
		expect(await manualWork(0).batch).toEqual(ok([]));
	});
});
