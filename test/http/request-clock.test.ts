import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requestClock } from "../../src/http/request-clock.ts";
import { FakeClock } from "../cascade/fakes.ts";

function begin() {
	const runtime = new FakeClock();
	const clock = requestClock(runtime);
	const start = runtime.now();
	const fired: [name: string, afterMs: number][] = [];
	const set = (name: string, ms: number) => clock.setTimer(ms, () => void fired.push([name, runtime.now() - start]));
	return { runtime, clock, fired, set };
}

describe("a request's clock", () => {
	it("tells the runtime's time", () => {
		const { runtime, clock } = begin();
		expect(clock.now()).toBe(runtime.now());
	});

	it("calls back once, when the time is up and not a moment before", async () => {
		const { runtime, fired, set } = begin();
		set("limit", 1_000);
		await runtime.advance(999);
		expect(fired).toEqual([]);
		await runtime.advance(10_000);
		expect(fired).toEqual([["limit", 1_000]]);
	});

	it("asks for one timer where one after the other is set and cancelled", () => {
		const { runtime, set } = begin();
		for (let read = 0; read < 100; read++) set(`read ${read}`, 60_000)();
		expect(runtime.running).toBe(1);
	});

	it("asks for another only where one must fire earlier", () => {
		const { runtime, set } = begin();
		set("run", 10_000);
		set("stage", 4_000);
		set("read", 5_000);
		expect(runtime.running).toBe(2);
	});

	it("asks for one where each limit is shorter than the one before it, and none is shorter than twenty seconds", async () => {
		const { runtime, fired, set } = begin();
		set("run", 60_000);
		set("stage", 24_000);
		set("label", 20_000);
		expect(runtime.running).toBe(1);
		await runtime.advance(60_000);
		expect(fired).toEqual([
			["label", 20_000],
			["stage", 24_000],
			["run", 60_000],
		]);
	});

	it("keeps two for a stream whose texts are held again and again", async () => {
		const { runtime, set } = begin();
		for (let write = 0; write < 1_000; write++) {
			const cancel = set("read", 30_000);
			set("hold", 8);
			await runtime.advance(8);
			cancel();
		}
		expect(runtime.running).toBeLessThanOrEqual(2);
	});

	it("goes quiet when everything has been cancelled", async () => {
		const { runtime, fired, set } = begin();
		set("limit", 1_000)();
		await runtime.advance(1_000);
		expect({ fired, running: runtime.running }).toEqual({ fired: [], running: 0 });
	});

	it("lets a timer that fires cancel another that is due with it", async () => {
		const { runtime, clock, fired, set } = begin();
		clock.setTimer(1_000, () => cancel());
		const cancel = set("unwanted", 1_000);
		await runtime.advance(2_000);
		expect(fired).toEqual([]);
	});

	it("takes timers that are set while one fires", async () => {
		const { runtime, clock, fired, set } = begin();
		clock.setTimer(1_000, () => void set("next", 500));
		set("last", 3_000);
		await runtime.advance(5_000);
		expect(fired).toEqual([
			["next", 1_500],
			["last", 3_000],
		]);
	});

	it("fires what was not cancelled, in time and in order, whatever else is set and cancelled", async () => {
		const timer = fc.record({ setAt: fc.nat(50), ms: fc.nat(100), cancelAfter: fc.option(fc.nat(100)) });
		await fc.assert(
			fc.asyncProperty(fc.array(timer, { maxLength: 12 }), async (timers) => {
				const { runtime, fired, set } = begin();
				const expected: [string, number][] = [];
				for (const [index, { setAt, ms, cancelAfter }] of timers.entries()) {
					// Set and cancelled from outside the clock under test, by timers of the runtime's own.
					runtime.setTimer(setAt, () => {
						const cancel = set(`${index}`, ms);
						if (cancelAfter !== null && cancelAfter < ms) runtime.setTimer(cancelAfter, cancel);
					});
					if (cancelAfter === null || cancelAfter >= ms) expected.push([`${index}`, setAt + ms]);
				}
				await runtime.advance(1_000);
				expect(fired.toSorted()).toEqual(expected.toSorted());
				expect(fired.map(([, at]) => at)).toEqual(fired.map(([, at]) => at).toSorted((left, right) => left - right));
				expect(runtime.running).toBe(0);
			}),
			{ seed: 20_261_125, numRuns: 300 },
		);
	});
});
