import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { LEASE_MS } from "../../../src/core/ledger/budget-lease.ts";
import type { BudgetLedgerPort, LeaseGrant } from "../../../src/core/ledger/lease-ports.ts";
import { kill, ledgerWorld, newLedger, OPERATOR, policyNumber, tenantLedger, valueOf } from "./ledgers.ts";
import type { TestLedger } from "./ledgers.ts";

const DAY = 86_400_000;

let world: ReturnType<typeof ledgerWorld>;
beforeEach(() => {
	world = ledgerWorld();
	world.now += DAY / 2;
});

/** A ledger whose tenant may spend so many nano-dollars a day; null: as many as it likes. */
async function budgeted(nanos: number | null): Promise<TestLedger & { readonly leases: BudgetLedgerPort }> {
	const made = await tenantLedger();
	await setBudget(made, nanos, null);
	return { ...made, leases: leasesOf(made) };
}

function leasesOf({ stub }: TestLedger): BudgetLedgerPort {
	return stub as unknown as BudgetLedgerPort;
}

async function setBudget({ ledger }: TestLedger, nanos: number | null, expected: number | null) {
	world.now += 1_000;
	const budget = nanos === null ? {} : { budget: { usdPerDay: nanos / 1e9 } };
	const document = { ...policyNumber(1), ...budget };
	valueOf(await ledger.putPolicy({ document, expected, reason: "budget", cause: "put", actor: OPERATOR }));
}

async function grant(leases: BudgetLedgerPort, worst: number): Promise<LeaseGrant> {
	return valueOf(await leases.grantLease({ needed: worst, wanted: worst, holder: "isolate", extend: null }));
}

async function granted(leases: BudgetLedgerPort, worst: number) {
	const answer = await grant(leases, worst);
	if (answer.kind !== "granted") throw new Error(`not granted: ${answer.kind}`);
	return answer.lease;
}

/** What the ledger has counted of today's budget, and its leases that are not closed. */
async function books({ stub }: TestLedger) {
	return runInDurableObject(stub, (_instance, { storage: { sql } }) => ({
		counted: sql.exec<{ counted: number }>("SELECT counted FROM budget_day").toArray()[0]?.counted,
		open: sql.exec("SELECT id, holder, counted, expires_at FROM leases").toArray(),
	}));
}

describe("a ledger that is asked for a lease", () => {
	it("lends a two-thousandth of the day's budget, and counts it as spent", async () => {
		const made = await budgeted(400_000);
		const lease = await granted(made.leases, 7);
		expect(lease).toMatchObject({ amount: 200, expiresAt: world.now + LEASE_MS });
		expect(await books(made)).toEqual({
			counted: 200,
			open: [{ id: lease.id, holder: "isolate", counted: 200, expires_at: lease.expiresAt }],
		});
	});

	it("lends more to one who needs more, and nothing to one who needs more than is left", async () => {
		const made = await budgeted(10_000);
		expect(await granted(made.leases, 9_000)).toMatchObject({ amount: 9_000 });
		expect(await grant(made.leases, 1_001)).toEqual({
			kind: "exhausted",
			retryAt: Math.floor(world.now / DAY) * DAY + DAY,
		});
		expect(await granted(made.leases, 1_000)).toMatchObject({ amount: 1_000 });
		expect(await grant(made.leases, 1)).toMatchObject({ kind: "exhausted" });
	});

	it("goes by its current policy, whatever the asker has read", async () => {
		const made = await budgeted(10_000);
		await granted(made.leases, 5_000);
		await setBudget(made, 5_500, 1);
		expect(await grant(made.leases, 501)).toMatchObject({ kind: "exhausted" });
		await setBudget(made, 20_000, 2);
		expect(await granted(made.leases, 15_000)).toMatchObject({ amount: 15_000 });
		await setBudget(made, null, 3);
		expect(await grant(made.leases, 1)).toEqual({ kind: "no-budget" });
	});

	it("has no budget before its first policy, and belongs to nobody before its tenant", async () => {
		expect(await grant(leasesOf(await tenantLedger()), 1)).toEqual({ kind: "no-budget" });
		const nobody = newLedger();
		expect(await leasesOf(nobody).grantLease({ needed: 1, wanted: 1, holder: "isolate", extend: null })).toEqual({
			ok: false,
			error: { kind: "not-found", what: "tenant" },
		});
		await leasesOf(nobody).returnLease({ id: "lease_1", spent: 0, open: 0 });
		const tables = await runInDurableObject(nobody.stub, (_instance, { storage: { sql } }) =>
			sql.exec("SELECT name FROM sqlite_master WHERE name = 'leases'").toArray(),
		);
		expect(tables).toEqual([]);
	});

	it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses a worst case of %s", async (worst) => {
		const { leases } = await budgeted(10_000);
		expect(await leases.grantLease({ needed: worst, wanted: 1, holder: "isolate", extend: null })).toMatchObject({
			ok: false,
			error: { kind: "not-applicable" },
		});
	});

	it("by a hundred at once lends no more than there is, and all of it", async () => {
		const made = await budgeted(10_000);
		const answers = await Promise.all(Array.from({ length: 100 }, () => grant(made.leases, 300)));
		const amounts = answers.map((answer) => (answer.kind === "granted" ? answer.lease.amount : 0));
		expect(amounts.filter((amount) => amount > 0)).toEqual(Array(33).fill(300));
		expect(await books(made)).toMatchObject({ counted: 9_900 });
	});

	it("remembers what it has lent when its instance goes down", async () => {
		const made = await budgeted(10_000);
		await granted(made.leases, 9_000);
		const restarted = await kill(made);
		expect(await grant(leasesOf(restarted), 1_001)).toMatchObject({ kind: "exhausted" });
	});
});

describe("a lease that is returned", () => {
	it("counts as what was spent of it, once, however often it is returned", async () => {
		const made = await budgeted(10_000);
		const { id } = await granted(made.leases, 9_000);
		await made.leases.returnLease({ id, spent: 40, open: 0 });
		expect(await books(made)).toEqual({ counted: 40, open: [] });
		await made.leases.returnLease({ id, spent: 40, open: 0 });
		await made.leases.returnLease({ id, spent: 9_000, open: 0 });
		expect(await books(made)).toEqual({ counted: 40, open: [] });
	});

	it("while calls go on keeps what is set aside for them, until those are settled too", async () => {
		const made = await budgeted(10_000);
		const { id } = await granted(made.leases, 9_000);
		await made.leases.returnLease({ id, spent: 40, open: 500 });
		await made.leases.returnLease({ id, spent: 40, open: 500 });
		expect(await books(made)).toMatchObject({ counted: 540, open: [{ id, counted: 540 }] });
		await made.leases.returnLease({ id, spent: 90, open: 0 });
		expect(await books(made)).toEqual({ counted: 90, open: [] });
		// A first return that was held up on its way.
		await made.leases.returnLease({ id, spent: 40, open: 500 });
		expect(await books(made)).toEqual({ counted: 90, open: [] });
	});

	it("overdrawn counts as what was spent, so that the rest of the day pays for it", async () => {
		const made = await budgeted(10_000);
		const { id } = await granted(made.leases, 200);
		await made.leases.returnLease({ id, spent: 9_999, open: 0 });
		expect(await grant(made.leases, 2)).toMatchObject({ kind: "exhausted" });
		expect(await granted(made.leases, 1)).toMatchObject({ amount: 1 });
	});

	it("after its end is as welcome", async () => {
		const made = await budgeted(10_000);
		const { id } = await granted(made.leases, 9_000);
		world.now += LEASE_MS + 1;
		expect(await grant(made.leases, 1_001)).toMatchObject({ kind: "exhausted" });
		await made.leases.returnLease({ id, spent: 0, open: 0 });
		expect(await granted(made.leases, 10_000)).toMatchObject({ amount: 10_000 });
	});
});

describe("a lease that is extended", () => {
	it("has so much more, and a later end, and stays one", async () => {
		const made = await budgeted(1_000_000);
		const first = await granted(made.leases, 4_000);
		world.now += 5_000;
		const added = valueOf(
			await made.leases.grantLease({ needed: 300, wanted: 500, holder: "isolate", extend: first.id }),
		);
		const expiresAt = world.now + LEASE_MS;
		expect(added).toEqual({ kind: "granted", lease: { id: first.id, amount: 500, expiresAt } });
		expect(await books(made)).toEqual({
			counted: 4_500,
			open: [{ id: first.id, holder: "isolate", counted: 4_500, expires_at: expiresAt }],
		});
		await made.leases.returnLease({ id: first.id, spent: 17, open: 0 });
		expect(await books(made)).toEqual({ counted: 17, open: [] });
	});

	it("after it was closed is a new one", async () => {
		const made = await budgeted(10_000);
		const { id } = await granted(made.leases, 4_000);
		await made.leases.returnLease({ id, spent: 10, open: 0 });
		const added = valueOf(await made.leases.grantLease({ needed: 300, wanted: 300, holder: "isolate", extend: id }));
		if (added.kind !== "granted") throw new Error("not granted");
		expect(added.lease).toMatchObject({ amount: 300 });
		expect(added.lease.id).not.toBe(id);
		expect(await books(made)).toMatchObject({ counted: 310, open: [{ id: added.lease.id, counted: 300 }] });
	});

	it("on the next day is one of that day", async () => {
		const made = await budgeted(10_000);
		const { id } = await granted(made.leases, 4_000);
		world.now += DAY;
		const added = valueOf(await made.leases.grantLease({ needed: 10_000, wanted: 0, holder: "isolate", extend: id }));
		expect(added).toMatchObject({ kind: "granted", lease: { amount: 10_000 } });
		expect((await books(made)).open).toHaveLength(1);
	});
});

describe("the next day", () => {
	it("has the whole budget again, and nothing to do with the leases of the day before", async () => {
		const made = await budgeted(10_000);
		const before = await granted(made.leases, 9_000);
		world.now = Math.floor(world.now / DAY) * DAY + DAY - 1;
		expect(await grant(made.leases, 1_001)).toMatchObject({ kind: "exhausted", retryAt: world.now + 1 });
		const last = await granted(made.leases, 10);
		expect(last.expiresAt).toBe(world.now + 1);
		world.now += 1;
		expect(await granted(made.leases, 10_000)).toMatchObject({ amount: 10_000 });
		await made.leases.returnLease({ id: before.id, spent: 0, open: 0 });
		expect(await books(made)).toMatchObject({ counted: 10_000, open: [{ counted: 10_000 }] });
	});

	it("is not begun twice by a clock that steps back", async () => {
		const made = await budgeted(10_000);
		world.now = Math.floor(world.now / DAY) * DAY + DAY;
		await granted(made.leases, 9_000);
		world.now -= 1;
		expect(await grant(made.leases, 1_001)).toMatchObject({ kind: "exhausted" });
	});
});

describe("a tenant that is made again under its name", () => {
	it("finds its budget unspent", async () => {
		const made = await budgeted(10_000);
		await granted(made.leases, 9_000);
		valueOf(await made.ledger.destroy({ actor: OPERATOR }));
		valueOf(await made.ledger.create({ tenant: made.tenant, name: "Again", actor: OPERATOR }));
		await setBudget(made, 10_000, null);
		expect(await granted(made.leases, 10_000)).toMatchObject({ amount: 10_000 });
	});
});
