import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import {
	BREAKER_RULES,
	createCircuitBreaker,
	type CallResult,
	type CircuitBreaker,
	type Permit,
} from "../../../src/core/resilience/circuit-breaker.ts";

const { leastCalls, openMs, mostOpenMs, windowMs, mostProbeMs } = BREAKER_RULES;

function call(breaker: CircuitBreaker, result: CallResult, now: number): boolean {
	const permit = breaker.enter(now);
	if (permit !== null) breaker.leave(permit, result, now);
	return permit !== null;
}

function opened(now = 0): CircuitBreaker {
	const breaker = createCircuitBreaker();
	for (let count = 0; count < leastCalls; count++) call(breaker, "failed", now);
	return breaker;
}

describe("a circuit breaker", () => {
	it("lets everything through while fewer calls than ten have been seen, whatever became of them", () => {
		const breaker = createCircuitBreaker();
		for (let count = 1; count < leastCalls; count++) expect(call(breaker, "failed", 0)).toBe(true);
		expect(breaker.isOpen(0)).toBe(false);
		expect(call(breaker, "failed", 0)).toBe(true);
		expect(breaker.isOpen(0)).toBe(true);
		expect(call(breaker, "failed", 0)).toBe(false);
	});

	it("opens at half of the calls, and not below", () => {
		for (const [failures, isOpen] of [
			[10, true],
			[9, false],
		] as const) {
			const breaker = createCircuitBreaker();
			for (let index = 0; index < 20; index++) {
				const failed = index >= 20 - failures;
				call(breaker, failed ? "failed" : "succeeded", index);
			}
			expect(breaker.isOpen(20)).toBe(isOpen);
		}
	});

	it("forgets calls that are too old, and those before the last twenty", () => {
		const breaker = createCircuitBreaker();
		for (let count = 1; count < leastCalls; count++) call(breaker, "failed", 0);
		call(breaker, "failed", windowMs + 1);
		expect(breaker.isOpen(windowMs + 1)).toBe(false);
		const busy = createCircuitBreaker();
		for (let count = 1; count < leastCalls; count++) call(busy, "failed", 0);
		for (let count = 0; count < 12; count++) call(busy, "succeeded", 1);
		// Of the last twenty, eight have failed.
		call(busy, "failed", 2);
		expect(busy.isOpen(2)).toBe(false);
	});

	it("learns nothing from calls that say nothing of the upstream", () => {
		const breaker = createCircuitBreaker();
		for (let count = 0; count < 100; count++) call(breaker, "neither", 0);
		for (let count = 1; count < leastCalls; count++) call(breaker, "failed", 0);
		expect(breaker.isOpen(0)).toBe(false);
	});

	it("is half open after its time, lets one probe out at a time and closes after two that succeed", () => {
		const breaker = opened();
		expect(breaker.msLeft(1)).toBe(openMs - 1);
		expect(breaker.enter(openMs - 1)).toBeNull();
		const probe = breaker.enter(openMs);
		expect(probe).toEqual({ isProbe: true });
		expect(breaker.enter(openMs)).toBeNull();
		expect(breaker.isOpen(openMs)).toBe(true);
		breaker.leave(probe as Permit, "succeeded", openMs);
		expect(call(breaker, "succeeded", openMs)).toBe(true);
		expect(breaker.isOpen(openMs)).toBe(false);
		expect(breaker.enter(openMs)).toEqual({ isProbe: false });
	});

	it("opens for twice as long after each probe that fails, up to a minute", () => {
		const breaker = opened();
		let now = openMs;
		const pauses: number[] = [];
		for (let count = 0; count < 6; count++) {
			expect(call(breaker, "failed", now)).toBe(true);
			pauses.push(breaker.msLeft(now));
			now += breaker.msLeft(now);
		}
		expect(pauses).toEqual([10_000, 20_000, 40_000, mostOpenMs, mostOpenMs, mostOpenMs]);
	});

	it("gives the turn to another probe where one says nothing, and takes one that is lost for failed", () => {
		const breaker = opened();
		expect(call(breaker, "neither", openMs)).toBe(true);
		expect(breaker.enter(openMs)).not.toBeNull();
		expect(breaker.enter(openMs + mostProbeMs - 1)).toBeNull();
		expect(breaker.enter(openMs + mostProbeMs)).toBeNull();
		expect(breaker.msLeft(openMs + mostProbeMs)).toBe(2 * openMs);
	});

	it("is not taken to be down between two probes, since calls are let through then", () => {
		const breaker = opened();
		expect(breaker.isOpen(openMs)).toBe(false);
		expect(call(breaker, "succeeded", openMs)).toBe(true);
		expect(breaker.isOpen(3_600_000)).toBe(false);
	});

	it("takes a probe for lost after the call's own time, where that is known", () => {
		const breaker = opened();
		expect(breaker.enter(openMs, 6_000)).not.toBeNull();
		expect(breaker.enter(openMs + 5_999, 6_000)).toBeNull();
		expect(breaker.msLeft(openMs + 5_999)).toBe(0);
		breaker.enter(openMs + 6_000, 6_000);
		expect(breaker.msLeft(openMs + 6_000)).toBe(2 * openMs);
	});

	it("does not take the end of a probe that was given up for that of the one that is out", () => {
		const breaker = opened();
		const lost = breaker.enter(openMs) as Permit;
		breaker.enter(openMs + mostProbeMs);
		const out = breaker.enter(3 * openMs + mostProbeMs);
		expect(out?.isProbe).toBe(true);
		breaker.leave(lost, "succeeded", 3 * openMs + mostProbeMs + 1);
		expect(breaker.enter(3 * openMs + mostProbeMs + 2)).toBeNull();
	});

	it("forgets what failed before others had it opened", () => {
		const breaker = createCircuitBreaker();
		for (let count = 1; count < leastCalls; count++) call(breaker, "failed", 0);
		breaker.hold(5_000, -5_000);
		for (let count = 0; count < 2; count++) call(breaker, "succeeded", 5_000);
		call(breaker, "failed", 5_002);
		expect(breaker.isOpen(5_003)).toBe(false);
	});

	it("counts no call that was under way when it opened", () => {
		const breaker = createCircuitBreaker();
		const early = breaker.enter(0);
		for (let count = 0; count < leastCalls; count++) call(breaker, "failed", 0);
		breaker.leave(early as Permit, "succeeded", 1);
		expect(breaker.isOpen(1)).toBe(true);
	});

	it("is opened by what others know, unless its own calls have succeeded since", () => {
		const idle = createCircuitBreaker();
		idle.hold(5_000, 0);
		expect(idle.enter(4_999)).toBeNull();
		expect(idle.enter(5_000)).toEqual({ isProbe: true });
		const busy = createCircuitBreaker();
		call(busy, "succeeded", 1_000);
		busy.hold(5_000, 1_000);
		expect(busy.isOpen(1_001)).toBe(false);
		busy.hold(5_000, 1_001);
		expect(busy.isOpen(1_001)).toBe(true);
	});

	it("is not opened for a shorter time than it is open, nor while it probes", () => {
		const breaker = opened();
		breaker.hold(100, 0);
		expect(breaker.msLeft(0)).toBe(openMs);
		breaker.hold(openMs + 1, 0);
		expect(breaker.msLeft(0)).toBe(openMs + 1);
		breaker.enter(openMs + 1);
		breaker.hold(1_000_000, 0);
		expect(breaker.msLeft(openMs + 1)).toBe(0);
	});

	it("never has two probes out, whatever comes", () => {
		const step = fc.record({
			ms: fc.integer({ min: 0, max: 20_000 }),
			result: fc.constantFrom<CallResult>("succeeded", "failed", "neither"),
			leaves: fc.boolean(),
		});
		fc.assert(
			fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
				const breaker = createCircuitBreaker();
				const out: { permit: Permit; since: number }[] = [];
				let now = 0;
				for (const { ms, result, leaves } of steps) {
					now += ms;
					const permit = breaker.enter(now);
					if (permit !== null) out.push({ permit, since: now });
					const probes = out.filter((each) => each.permit.isProbe && now - each.since < mostProbeMs);
					expect(probes.length).toBeLessThanOrEqual(1);
					const [first] = out;
					if (leaves && first !== undefined) breaker.leave((out.shift() ?? first).permit, result, now);
				}
			}),
		);
	});
});
