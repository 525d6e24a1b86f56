import { describe, expect, it } from "vitest";
import { REFRESH_MS } from "../../../src/adapters/evidence-leases.ts";
import { CACHE_TIMES } from "../../../src/adapters/kv-record-cache.ts";
import { EVIDENCE_TIMES } from "../../../src/ledger/evidence-times.ts";
import { simulateAlarm } from "../../../tools/scale/simulation/alarm-spread.ts";
import { simulateBudget } from "../../../tools/scale/simulation/budget.ts";
import { KV_VISIBLE_MS } from "../../../tools/scale/simulation/kv.ts";
import { largerSteps } from "../../../tools/scale/simulation/larger-steps.ts";
import { simulatePolicy } from "../../../tools/scale/simulation/policy-spread.ts";

describe("an alarm", () => {
	const plan = { seed: 5, isolates: 20, locations: 5, perSecond: 1 } as const;

	it("is known wherever there is traffic once the ledger has been asked, every ten seconds", async () => {
		const { last, median } = await simulateAlarm({ ...plan, hears: "ledger", perSecond: 5 });
		expect(last).toBeLessThan((REFRESH_MS + 3_000) / 1_000);
		expect(median).toBeGreaterThan(1);
	});

	it("is known by KV's copies where the ledger is silent, and by the lease's end where nothing is heard", async () => {
		const byKv = await simulateAlarm({ ...plan, hears: "kv-alone" });
		expect(byKv.last).toBeLessThan((KV_VISIBLE_MS + REFRESH_MS + 10_000) / 1_000);
		const byEnd = await simulateAlarm({ ...plan, hears: "neither" });
		expect(byEnd.last).toBeGreaterThan(byKv.last);
		expect(byEnd.last).toBeLessThanOrEqual(EVIDENCE_TIMES.leaseMs / 1_000);
	});
});

describe("a policy", () => {
	it("is seen within KV's minute and the cache's half", async () => {
		const { last, median } = await simulatePolicy({ seed: 5, isolates: 40, locations: 10, perSecond: 1 });
		expect(last).toBeLessThan((KV_VISIBLE_MS + CACHE_TIMES.freshMs + 1_000) / 1_000);
		expect(median).toBeGreaterThan(5);
	});
});

describe("a budget", () => {
	const plan = { seed: 5, requestsPerSecond: 50, usdPerDay: 1, worstUsd: 0.001, meanShare: 0.6, seconds: 50 } as const;

	it("is spent and not more, by a few isolates to the end", async () => {
		const { spent, counted, refusedEarly } = await simulateBudget({ ...plan, isolates: 5 });
		expect(spent).toBeGreaterThan(0.98);
		expect(spent).toBeLessThanOrEqual(1);
		// Each cost is rounded up to a nano-dollar.
		expect(counted).toBeCloseTo(spent, 5);
		expect(refusedEarly).toBeLessThan(0.02);
	});

	it("is never exceeded by many, nor where isolates are gone with what was lent to them", async () => {
		const gone = await simulateBudget({ ...plan, isolates: 10, lost: 0.5 });
		expect(gone.counted).toBeLessThanOrEqual(1);
		expect(gone.spent).toBeLessThanOrEqual(gone.counted);
		const many = await simulateBudget({ ...plan, isolates: 150 });
		expect(many.spent).toBeLessThanOrEqual(1);
	});

	it("is not refused early though very many isolates hold leases, as it would be if those were larger", async () => {
		const many = { ...plan, isolates: 150, usdPerDay: 10 };
		expect((await simulateBudget(many)).refusedEarly).toBe(0);
		expect((await simulateBudget({ ...many, lend: largerSteps })).refusedEarly).toBeGreaterThan(0.1);
	});
});
