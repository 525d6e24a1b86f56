import { describe, expect, it } from "vitest";
import { createHedgeBudget } from "../../../src/core/resilience/hedge-budget.ts";
import { createOccupancy } from "../../../src/core/resilience/occupancy.ts";
import { createRetryBudget, fullJitterMs, RETRY_RULES } from "../../../src/core/resilience/retry-budget.ts";
import { nextMidnightUtc } from "../../../src/core/resilience/daily-allocation.ts";

const AN_HOUR = 3_600_000;

describe("a retry budget", () => {
	it("lets a fifth of the calls be retried and three more, and not one beyond", () => {
		const budget = createRetryBudget();
		let retries = 0;
		for (let call = 0; call < 1_000; call++) {
			budget.called();
			const taken = budget.take(0, AN_HOUR, 1);
			if (taken === null) continue;
			retries += 1;
			budget.ended(taken);
		}
		expect(retries).toBeLessThanOrEqual(203);
		expect(retries).toBeGreaterThanOrEqual(202);
	});

	it("retries at most a fifth of what is under way at once, and three where that is less", () => {
		for (const [underWay, most] of [
			[1, 3],
			[15, 3],
			[24, 4],
			[40, 8],
		] as const) {
			const budget = createRetryBudget();
			for (let call = 0; call < 1_000; call++) budget.called();
			let taken = 0;
			while (taken < 100 && budget.take(0, AN_HOUR, underWay) !== null) taken += 1;
			expect(taken).toBe(most);
		}
	});

	it("saves up ten retries at most", () => {
		const budget = createRetryBudget();
		for (let call = 0; call < 1_000; call++) budget.called();
		let taken = 0;
		while (taken < 100 && budget.take(0, AN_HOUR, 10_000) !== null) taken += 1;
		expect(taken).toBe(RETRY_RULES.most);
	});

	it("has a place again when a retry has ended, or could not be heard of any more", () => {
		const budget = createRetryBudget();
		for (let call = 0; call < 1_000; call++) budget.called();
		const [first] = [1, 2, 3].map(() => budget.take(0, 1_000, 0));
		expect(budget.take(999, 1_000, 0)).toBeNull();
		budget.ended(first as NonNullable<typeof first>);
		expect(budget.take(999, 1_000, 0)).not.toBeNull();
		expect(budget.take(999, 1_000, 0)).toBeNull();
		expect(budget.take(1_000, 1_000, 0)).not.toBeNull();
	});

	it("pauses by full jitter: anything from nothing to a bound that doubles, two seconds at most", () => {
		expect(fullJitterMs(1, 0)).toBe(0);
		expect(fullJitterMs(1, 0.999)).toBe(199);
		expect(fullJitterMs(2, 0.5)).toBe(200);
		expect(fullJitterMs(20, 0.5)).toBe(1_000);
	});
});

describe("a hedge budget", () => {
	it("lets one call in twenty be hedged and one more, five at once at most", () => {
		const budget = createHedgeBudget();
		let hedged = 0;
		for (let call = 0; call < 1_000; call++) {
			budget.called();
			if (budget.take()) hedged += 1;
		}
		expect(hedged).toBeGreaterThanOrEqual(50);
		expect(hedged).toBeLessThanOrEqual(51);
		for (let call = 0; call < 1_000; call++) budget.called();
		expect([1, 2, 3, 4, 5, 6].map(() => budget.take())).toEqual([true, true, true, true, true, false]);
	});
});

describe("a count of what is under way", () => {
	it("takes back a place that was never given back, once its time is over", () => {
		const occupancy = createOccupancy();
		expect(occupancy.enter(0, 100, 1)).toEqual({ until: 100 });
		expect(occupancy.enter(99, 100, 1)).toBeNull();
		expect(occupancy.enter(100, 100, 1)).not.toBeNull();
		expect(occupancy.size()).toBe(1);
	});

	it("forgets the ended among many, also where there is no bound", () => {
		const occupancy = createOccupancy();
		for (let count = 0; count < 1_000; count++) occupancy.enter(count, 1, Number.POSITIVE_INFINITY);
		expect(occupancy.size()).toBeLessThanOrEqual(257);
	});

	it("counts a place that is given back twice once", () => {
		const occupancy = createOccupancy();
		const place = occupancy.enter(0, 100, 2);
		occupancy.enter(0, 100, 2);
		occupancy.leave(place as { until: number });
		occupancy.leave(place as { until: number });
		expect(occupancy.size()).toBe(1);
	});
});

describe("Workers AI's day", () => {
	it("ends at the next midnight in UTC", () => {
		const at = (text: string) => Date.parse(text);
		expect(nextMidnightUtc(at("2026-11-25T13:00:00Z"))).toBe(at("2026-11-26T00:00:00Z"));
		expect(nextMidnightUtc(at("2026-11-25T00:00:00Z"))).toBe(at("2026-11-26T00:00:00Z"));
		expect(nextMidnightUtc(at("2026-12-31T23:59:59.999Z"))).toBe(at("2027-01-01T00:00:00Z"));
	});
});
