import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	available,
	dayOf,
	extend,
	LEASE_MS,
	leaseAmount,
	leaseEnd,
	nanosOfBudget,
	nanosOfCost,
	openAccount,
	renewalAfter,
	reserve,
	settle,
	type LeaseAccount,
} from "../../../src/core/ledger/budget-lease.ts";

const NOON = Date.UTC(2026, 10, 25, 12);
const MIDNIGHT = Date.UTC(2026, 10, 26);

describe("money in nano-dollars", () => {
	it.each([
		[0, 0],
		[1e-9, 1],
		[1.5e-9, 2],
		[1e-12, 1],
		[0.25, 250_000_000],
		[-1, 0],
		[1e7, Number.MAX_SAFE_INTEGER],
		[Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER],
		[Number.NaN, Number.MAX_SAFE_INTEGER],
	])("rounds a cost of $%s up to %s, and what is no number is more than any budget", (usd, nanos) => {
		expect(nanosOfCost(usd)).toBe(nanos);
	});

	it.each([
		[0, 0],
		[1.9e-9, 1],
		[12.5, 12_500_000_000],
		[1_000_000, 1e15],
		[-1, 0],
		[Number.NaN, 0],
		[Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER],
	])("rounds a budget of $%s down to %s, and what is no number is nothing", (usd, nanos) => {
		expect(nanosOfBudget(usd)).toBe(nanos);
	});
});

describe("a budget's day", () => {
	it("is that of UTC, and renews at the next midnight, which is its own day already", () => {
		expect(dayOf(NOON)).toBe(Date.UTC(2026, 10, 25));
		expect(renewalAfter(NOON)).toBe(MIDNIGHT);
		expect(renewalAfter(MIDNIGHT - 1)).toBe(MIDNIGHT);
		expect(renewalAfter(MIDNIGHT)).toBe(Date.UTC(2026, 10, 27));
	});

	it("ends the leases on it", () => {
		expect(leaseEnd(NOON)).toBe(NOON + LEASE_MS);
		expect(leaseEnd(MIDNIGHT - 5)).toBe(MIDNIGHT);
		expect(leaseEnd(MIDNIGHT)).toBe(MIDNIGHT + LEASE_MS);
	});
});

describe("a lease's amount", () => {
	it("is a two-thousandth of the budget while there is plenty", () => {
		expect(leaseAmount({ budget: 1e6, counted: 0, needed: 1, wanted: 1 })).toBe(500);
		expect(leaseAmount({ budget: 1e6, counted: 920_000, needed: 1, wanted: 1 })).toBe(500);
	});

	it("is a hundred and sixtieth of what is left where that is less", () => {
		expect(leaseAmount({ budget: 1e6, counted: 920_160, needed: 1, wanted: 1 })).toBe(499);
		expect(leaseAmount({ budget: 1e6, counted: 990_000, needed: 1, wanted: 1 })).toBe(62);
	});

	it("leaves enough for some hundred isolates that have just begun, of which each holds one", () => {
		const budget = nanosOfBudget(1_000);
		const worst = nanosOfCost(0.0026);
		let counted = 0;
		for (let isolate = 0; isolate < 500; isolate++) {
			const amount = leaseAmount({ budget, counted, needed: worst, wanted: worst });
			expect(amount).not.toBeNull();
			counted += amount ?? 0;
		}
		expect(counted).toBeLessThanOrEqual(budget / 4);
	});

	it("is always what the next call needs, and there is none where that is more than is left", () => {
		expect(leaseAmount({ budget: 1000, counted: 0, needed: 700, wanted: 700 })).toBe(700);
		expect(leaseAmount({ budget: 1000, counted: 990, needed: 10, wanted: 10 })).toBe(10);
		expect(leaseAmount({ budget: 1000, counted: 990, needed: 11, wanted: 11 })).toBeNull();
	});

	it("is what all who wait want, up to that part of what is left", () => {
		expect(leaseAmount({ budget: 1e6, counted: 0, needed: 5, wanted: 2_500 })).toBe(2_500);
		expect(leaseAmount({ budget: 1e6, counted: 900_000, needed: 5, wanted: 3_000 })).toBe(625);
		expect(leaseAmount({ budget: 1e6, counted: 0, needed: 0, wanted: -7 })).toBe(500);
	});

	it("is nothing where more than the budget is spent, or there is none", () => {
		expect(leaseAmount({ budget: 1000, counted: 1200, needed: 1, wanted: 1 })).toBeNull();
		expect(leaseAmount({ budget: 0, counted: 0, needed: 1, wanted: 1 })).toBeNull();
	});
});

describe("a lease's account", () => {
	const lent = openAccount({ amount: 100 });

	it("covers calls up to exactly what is lent, and none beyond", () => {
		const all = reserve(lent, 100);
		expect(all).toEqual({ amount: 100, spent: 0, reserved: 100 });
		expect(reserve(all as LeaseAccount, 1)).toBeNull();
		expect(reserve(lent, 101)).toBeNull();
	});

	it("has back, after a call, what the call did not cost", () => {
		const after = settle(reserve(lent, 60) as LeaseAccount, 60, 25);
		expect(after).toEqual({ amount: 100, spent: 25, reserved: 0 });
		expect(available(after)).toBe(75);
	});

	it("takes a call of unknown cost for its worst case", () => {
		expect(settle(reserve(lent, 60) as LeaseAccount, 60, null)).toEqual({ amount: 100, spent: 60, reserved: 0 });
	});

	it("has more where it is extended", () => {
		expect(extend(reserve(lent, 60) as LeaseAccount, 40)).toEqual({ amount: 140, spent: 0, reserved: 60 });
	});

	it("owes what a call cost beyond its worst case, and lends nothing until that is settled", () => {
		const owing = settle(reserve(lent, 60) as LeaseAccount, 60, 130);
		expect(available(owing)).toBe(-30);
		expect(reserve(owing, 0)).toBeNull();
	});
});

/** What may happen between a ledger and its holders, in any order. */
type Event =
	| { readonly kind: "call"; readonly holder: number; readonly worst: number; readonly costShare: number | null }
	| { readonly kind: "settle"; readonly which: number }
	| { readonly kind: "return"; readonly which: number }
	| { readonly kind: "drop"; readonly holder: number };

const event = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.record({
			kind: fc.constant("call" as const),
			holder: fc.nat(3),
			worst: fc.integer({ min: 1, max: 400 }),
			costShare: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
		}),
	},
	{ weight: 4, arbitrary: fc.record({ kind: fc.constant("settle" as const), which: fc.nat(1000) }) },
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant("return" as const), which: fc.nat(1000) }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant("drop" as const), holder: fc.nat(3) }) },
);

describe("a ledger and its holders", () => {
	it("never spend more than the budget, whatever the order of calls, returns and crashes, and count exactly", () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 5_000 }), fc.array(event, { maxLength: 200 }), (budget, events) => {
				let counted = 0;
				/** What upstreams charge: the truth, which nobody but this test sees whole. */
				let charged = 0;
				const leases: { holder: number; account: LeaseAccount; counted: number; charged: number; ended: boolean }[] =
					[];
				const calls: { lease: (typeof leases)[number]; worst: number; cost: number | null }[] = [];
				const happen = (what: Event) => {
					if (what.kind === "call") {
						const { holder, worst, costShare } = what;
						let lease = leases.find((held) => held.holder === holder && !held.ended);
						const free = lease === undefined ? 0 : available(lease.account);
						if (worst > free) {
							const amount = leaseAmount({ budget, counted, needed: worst - free, wanted: 2 * worst - free });
							if (amount === null) return;
							counted += amount;
							if (lease === undefined) {
								lease = { holder, account: openAccount({ amount }), counted: amount, charged: 0, ended: false };
								leases.push(lease);
							} else {
								lease.account = extend(lease.account, amount);
								lease.counted += amount;
							}
						}
						if (lease === undefined) return;
						lease.account = reserve(lease.account, worst) as LeaseAccount;
						// A call whose cost nobody learns may have cost all it could.
						const cost = costShare === null ? null : Math.floor(worst * costShare);
						charged += cost ?? worst;
						lease.charged += cost ?? worst;
						calls.push({ lease, worst, cost });
					} else if (what.kind === "settle" && calls.length > 0) {
						const [call] = calls.splice(what.which % calls.length, 1);
						if (call !== undefined) call.lease.account = settle(call.lease.account, call.worst, call.cost);
					} else if (what.kind === "return" && leases.length > 0) {
						const lease = leases[what.which % leases.length] as (typeof leases)[number];
						const { spent, reserved } = lease.account;
						counted += spent + reserved - lease.counted;
						lease.counted = spent + reserved;
						lease.ended = true;
					} else if (what.kind === "drop") {
						for (const [index, { lease }] of [...calls.entries()].toReversed())
							if (lease.holder === what.holder) calls.splice(index, 1);
						for (const lease of leases) if (lease.holder === what.holder) lease.holder = -1;
					}
				};
				for (const what of events) {
					happen(what);
					expect(charged).toBeLessThanOrEqual(counted);
					expect(counted).toBeLessThanOrEqual(budget);
					expect(counted).toBe(leases.reduce((sum, lease) => sum + lease.counted, 0));
				}
				// Once all is settled and returned, what is counted is what was charged and what crashes have stranded.
				for (const { lease, worst, cost } of calls) lease.account = settle(lease.account, worst, cost);
				for (const { holder, account, charged: cost, counted: stranded } of leases) {
					if (holder === -1) expect(cost).toBeLessThanOrEqual(stranded);
					else expect(account).toMatchObject({ spent: cost, reserved: 0 });
				}
			}),
			{ numRuns: 500 },
		);
	});
});
