import { describe, expect, it } from "vitest";
import { createLeaseHolder } from "../../../src/adapters/lease-holder.ts";
import { createObservationQueue } from "../../../src/adapters/observation-queue.ts";
import { createRateLimiter } from "../../../src/adapters/rate-tiers.ts";
import type { BudgetLedgerPort } from "../../../src/core/ledger/lease-ports.ts";
import { FakeClock } from "../../cascade/fakes.ts";
import { publishTenant } from "../tenant.ts";
import { answered, expectAnswer, expectError, faultWorld, REQUEST_TIMERS } from "./fault-world.ts";

/** A budget whose ledger does this when it is asked for money. */
function budgetWorld(grantLease: BudgetLedgerPort["grantLease"], clock = new FakeClock()) {
	const faults: string[] = [];
	let asked = 0;
	const spendingOf = createLeaseHolder({
		ledgerOf: () => ({
			grantLease(wish) {
				asked += 1;
				return grantLease(wish);
			},
			returnLease: () => Promise.reject(new Error("the ledger is down")),
		}),
		clock,
		waitUntil: () => {},
		logFault: (fault) => void faults.push(fault),
		holder: "isolate",
	});
	return { ...faultWorld({ clock, ports: { spendingOf } }), clock, faults, timesAsked: () => asked };
}

describe("F86: a ledger that does not answer", () => {
	it.each<[string, BudgetLedgerPort["grantLease"]]>([
		["throws", () => Promise.reject(new Error("the ledger is overloaded"))],
		["hangs", () => new Promise<never>(() => {})],
	])("spends nothing for a tenant with a budget: it %s", async (_how, grantLease) => {
		const { ask, clock, faults, observations, timesAsked } = budgetWorld(grantLease);
		const tenant = await publishTenant({}, {}, ["inference"], { budget: { usdPerDay: 1, onExhausted: "fail" } });
		const response = await answered(() => ask(tenant), clock, timesAsked, 5_000);
		await expectError(response, { status: 429, code: "insufficient_quota", retryAfter: "never" });
		expect(observations).toMatchObject([{ outcome: "failed", failure: "budget-exhausted", costUsd: 0, calls: [] }]);
		expect(new Set(faults)).toEqual(new Set(["budget-ledger-unavailable"]));
		expect([await tenant.workersAiCalls(), await tenant.originCalls()]).toEqual([[], []]);
	});

	it("is nothing to a tenant without a budget", async () => {
		const { ask, faults, timesAsked } = budgetWorld(() => Promise.reject(new Error("down")));
		const tenant = await publishTenant();
		await expectAnswer(await ask(tenant), false, { stage: "edge", reason: "accepted", content: "spam" });
		expect([faults, timesAsked()]).toEqual([[], 0]);
	});
});

describe("F87: a queue of observations that takes none", () => {
	it.each<[string, () => Promise<unknown>]>([
		["is full", () => Promise.reject(new Error("Queue is overloaded. Please back off."))],
		["hangs", () => new Promise<never>(() => {})],
		[
			"throws at once",
			() => {
				throw new TypeError("the binding is gone");
			},
		],
	])("changes nothing about the answer, and what is lost is logged by tenant and count: it %s", async (_how, send) => {
		const clock = new FakeClock();
		const faults: Record<string, unknown>[] = [];
		const waits: Promise<unknown>[] = [];
		const queued = createObservationQueue({
			queue: { send },
			clock,
			waitUntil: (work) => void waits.push(work),
			logFault: (fault, facts) => void faults.push({ fault, ...facts }),
		});
		const { ask } = faultWorld({ clock, ports: { observations: queued } });
		const tenant = await publishTenant();
		for (const stream of [false, true])
			await expectAnswer(await ask(tenant, { stream }), stream, { stage: "edge", reason: "accepted", content: "spam" });
		expect(faults).toEqual([]);
		await clock.advance(60_000);
		await Promise.all(waits);
		expect(faults).toEqual([
			{ fault: "observations-not-sent", tenant: tenant.id, count: 2, reason: expect.any(String) },
		]);
		expect(clock.running).toBeLessThanOrEqual(REQUEST_TIMERS);
	});
});

describe("F88: a rate tier that cannot be asked", () => {
	it.each<[string, () => Promise<{ success: boolean }>]>([
		["throws", () => Promise.reject(new Error("down"))],
		["hangs", () => new Promise<never>(() => {})],
	])("limits nobody and delays no request by more than 100 ms: it %s", async (_how, limit) => {
		const clock = new FakeClock();
		const faults: string[] = [];
		let asked = 0;
		const rateLimiter = createRateLimiter({
			bindingOf: () => ({
				limit() {
					asked += 1;
					return limit();
				},
			}),
			clock,
			logFault: (fault) => void faults.push(fault),
			logRefusal: () => {},
		});
		const { ask } = faultWorld({ clock, ports: { rateLimiter } });
		const tenant = await publishTenant({}, { rateTier: "standard" });
		const response = await answered(
			() => ask(tenant),
			clock,
			() => asked,
			100,
		);
		await expectAnswer(response, false, { stage: "edge", reason: "accepted", content: "spam" });
		expect(faults).toHaveLength(1);
	});
});
