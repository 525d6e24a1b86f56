import { describe, expect, it } from "vitest";
import { createFastClock, setAlarmsBy } from "../../../src/local/demonstration/fast-clock.ts";

/** A world whose time a test sets. */
function world(at: number) {
	const time = { at };
	return { time, now: () => time.at };
}

describe("a clock that runs faster than the world's", () => {
	it("has the world's time at the moment that it is told, and then runs ahead", () => {
		const { time, now } = world(1_000_000);
		const clock = createFastClock(10, 1_000_000, now);
		expect(clock.now()).toBe(1_000_000);
		time.at += 6_000;
		expect(clock.now()).toBe(1_060_000);
	});

	it("is the same in every isolate, whenever it is first asked there", () => {
		const { time, now } = world(1_000_000);
		const first = createFastClock(10, 1_000_000, now);
		time.at += 5_000;
		expect(createFastClock(10, 1_000_000, now).now()).toBe(first.now());
	});

	it("knows its moments by the world's clock, and back", () => {
		const { now } = world(1_000_000);
		const clock = createFastClock(10, 1_000_000, now);
		expect(clock.inTheWorld(1_060_000)).toBe(1_006_000);
		expect(clock.onThisClock(1_006_000)).toBe(1_060_000);
	});

	it("is the world's own at speed 1", () => {
		const { time, now } = world(5);
		const clock = createFastClock(1, 5, now);
		expect([clock.now(), clock.inTheWorld(77), clock.onThisClock(77)]).toEqual([5, 77, 77]);
		time.at = 9;
		expect(clock.now()).toBe(9);
	});

	it("has a ledger's alarms go off when it says so", async () => {
		const { now } = world(1_000_000);
		const clock = createFastClock(10, 1_000_000, now);
		let kept: number | null = null;
		const storage = {
			setAlarm: async (at: number | Date) => {
				kept = Number(at);
			},
			getAlarm: async () => kept,
		};
		setAlarmsBy(clock, storage);
		expect(await storage.getAlarm()).toBeNull();
		await storage.setAlarm(1_060_000);
		expect(kept).toBe(1_006_000);
		expect(await storage.getAlarm()).toBe(1_060_000);
	});
});
