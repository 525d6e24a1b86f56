import { beforeEach, describe, expect, it } from "vitest";
import { TENANT_QUOTAS } from "../../../src/ledger/quotas.ts";
import { TenantLedger } from "../../../src/ledger/tenant-ledger.ts";
import { ADMIN, OPERATOR, kill, ledgerWorld, newKey, policyNumber, put, tenantLedger, valueOf } from "./ledgers.ts";

const DAY_MS = 86_400_000;
const QUOTAS = { liveKeys: 4, keys: 6, revisions: 3, changesADay: 8, idleActsADay: 2, databaseBytes: 1e9 };

let world: ReturnType<typeof ledgerWorld>;
beforeEach(() => {
	world = ledgerWorld();
	TenantLedger.runtime = { ...TenantLedger.runtime, quotas: QUOTAS };
});

const refused = (message: string) => ({
	ok: false,
	error: { kind: "not-applicable", message: expect.stringContaining(message) as string },
});

type Made = Awaited<ReturnType<typeof tenantLedger>>;
const actsOf = async ({ ledger }: Made) =>
	(await ledger.audit({ before: null, limit: 100 })).items
		.toReversed()
		.map(({ act, outcome, detail }) => ({ act, outcome, detail }));

describe("a tenant's keys", () => {
	it("are at most so many that work, whoever makes them; one that is revoked or expires makes room", async () => {
		const { ledger } = await tenantLedger();
		const first = valueOf(await ledger.addKey(newKey()));
		await ledger.addKey(newKey({ expiresAt: world.now + 1_000 }));
		await ledger.addKey(newKey());
		await ledger.addKey(newKey({ actor: OPERATOR }));
		for (const actor of [ADMIN, OPERATOR])
			expect(await ledger.addKey(newKey({ actor }))).toEqual(refused("4 working keys"));
		expect(await ledger.addKey(newKey({ replaces: { id: first.id, overlapMs: 5 } }))).toEqual(refused("4 working"));
		expect(await ledger.keys()).toHaveLength(4);
		valueOf(await ledger.revokeKey({ id: first.id, actor: ADMIN }));
		expect((await ledger.addKey(newKey())).ok).toBe(true);
		world.now += 1_000;
		expect((await ledger.addKey(newKey())).ok).toBe(true);
	});

	it("are changed for others also where there are as many as there may be, without an overlap", async () => {
		const { ledger } = await tenantLedger();
		let { id } = valueOf(await ledger.addKey(newKey()));
		for (let count = 1; count < QUOTAS.liveKeys; count++) valueOf(await ledger.addKey(newKey()));
		const rotate = (overlapMs: number, of = id) => ledger.addKey(newKey({ replaces: { id: of, overlapMs } }));
		expect(await rotate(1)).toEqual(refused("4 working keys"));
		const leaked = id;
		({ id } = valueOf(await rotate(0)));
		// What is replaced opens nothing any more, and so makes no room.
		expect(await rotate(0, leaked)).toEqual(refused("revoked or has expired"));
		expect(await ledger.addKey(newKey())).toEqual(refused("4 working keys"));
		expect((await rotate(0)).ok).toBe(true);
		expect(await rotate(0)).toEqual(refused("had 6 keys"));
	});

	it("are at most so many over all time by the tenant's own acts; an operator makes more", async () => {
		const { ledger } = await tenantLedger();
		for (let count = 0; count < QUOTAS.keys; count++) {
			const { id } = valueOf(await ledger.addKey(newKey({ actor: OPERATOR })));
			valueOf(await ledger.revokeKey({ id, actor: OPERATOR }));
		}
		expect(await ledger.addKey(newKey())).toEqual(refused("6 keys"));
		expect((await ledger.addKey(newKey({ actor: OPERATOR }))).ok).toBe(true);
	});
});

describe("a policy's history", () => {
	it("is at most so long by the tenant's own acts; an operator makes more, and a canary can still be dropped", async () => {
		const made = await tenantLedger(3);
		const { ledger } = made;
		valueOf(await ledger.startCanary({ revision: 1, share: 0.5, reason: "", actor: ADMIN }));
		const full = refused("3 revisions");
		expect(await put(made, 4)).toEqual(full);
		const candidate = { document: policyNumber(9), expected: 3, share: 0.5, reason: "" };
		expect(await ledger.startCanaryOf({ ...candidate, actor: ADMIN })).toEqual(full);
		expect(await ledger.rollback({ to: 1, expected: null, reason: "", actor: ADMIN })).toEqual(full);
		expect(await ledger.endCanary({ promote: true, reason: "", actor: ADMIN })).toEqual(full);
		expect(valueOf(await ledger.state())).toMatchObject({ revision: 3, canary: { revision: 1 } });
		expect((await ledger.endCanary({ promote: false, reason: "", actor: ADMIN })).ok).toBe(true);
		expect(valueOf(await ledger.rollback({ to: 1, expected: null, reason: "", actor: OPERATOR })).revision).toBe(4);
	});
});

describe("a policy that was never current, on canary", () => {
	it("counts as two revisions: itself, and the current policy once more", async () => {
		for (const [revisions, isTaken] of [
			[1, true],
			[2, false],
		] as const) {
			const { ledger } = await tenantLedger(revisions);
			const candidate = { document: policyNumber(9), expected: revisions, share: 0.5, reason: "" };
			expect((await ledger.startCanaryOf({ ...candidate, actor: ADMIN })).ok).toBe(isTaken);
			expect(valueOf(await ledger.state()).revision).toBe(isTaken ? 3 : 2);
			const expected = isTaken ? 3 : 2;
			const other = { ...candidate, document: policyNumber(10), expected, actor: OPERATOR };
			expect((await ledger.startCanaryOf(other)).ok).toBe(true);
		}
	});
});

describe("what a tenant's keys change in a day", () => {
	it("is bounded, over a restart too, but for what is taken away; the next day begins anew", async () => {
		let made = await tenantLedger(2);
		const start = () => made.ledger.startCanary({ revision: 1, share: 0.5, reason: "", actor: ADMIN });
		const drop = () => made.ledger.endCanary({ promote: false, reason: "", actor: ADMIN });
		for (let count = 0; count < 2; count++) {
			valueOf(await start());
			valueOf(await drop());
		}
		const { id } = valueOf(await made.ledger.addKey(newKey()));
		valueOf(await start());
		made = await kill(made);
		const spent = refused("8 changes today");
		expect(await start()).toEqual(spent);
		expect(await put(made, 3)).toEqual(spent);
		expect(await made.ledger.addKey(newKey())).toEqual(spent);
		expect((await drop()).ok).toBe(true);
		expect((await made.ledger.revokeKey({ id, actor: ADMIN })).ok).toBe(true);
		expect((await made.ledger.addKey(newKey({ actor: OPERATOR }))).ok).toBe(true);
		world.now += DAY_MS;
		expect((await start()).ok).toBe(true);
	});

	it("is not counted anew where the clock steps back over midnight", async () => {
		const made = await tenantLedger();
		for (let count = 0; count < 4; count++) {
			const { id } = valueOf(await made.ledger.addKey(newKey()));
			valueOf(await made.ledger.revokeKey({ id, actor: ADMIN }));
		}
		world.now -= DAY_MS;
		expect(await made.ledger.addKey(newKey())).toEqual(refused("8 changes today"));
	});
});

describe("acts of a tenant's keys that were refused or changed nothing", () => {
	const refusal = { actor: ADMIN, act: "tenants.suspend", detail: { refusal: "insufficient-scope" } };

	it("have entries of their own up to so many a day, and then a number on the next day", async () => {
		const made = await tenantLedger(1);
		const { ledger } = made;
		await ledger.recordRefusal(refusal);
		await ledger.putPolicy({ document: policyNumber(1), expected: 1, reason: "", cause: "put", actor: ADMIN });
		for (let count = 0; count < 5; count++) await ledger.recordRefusal(refusal);
		await ledger.rollback({ to: 9, expected: null, reason: "", actor: ADMIN });
		const day = world.now - (world.now % DAY_MS);
		expect((await actsOf(made)).map(({ act }) => act)).toEqual([
			"tenant.create",
			"policy.put",
			"tenants.suspend",
			"policy.put",
		]);
		world.now += 3 * DAY_MS;
		await ledger.recordRefusal(refusal);
		await ledger.recordRefusal(refusal);
		expect((await actsOf(made)).slice(4)).toEqual([
			{ act: "audit.left-out", outcome: "done", detail: { day, acts: 6 } },
			{ act: "tenants.suspend", outcome: "refused", detail: refusal.detail },
			{ act: "tenants.suspend", outcome: "refused", detail: refusal.detail },
		]);
	});

	it("hide nothing of what is changed, nor of what an operator does", async () => {
		const made = await tenantLedger(2);
		const { ledger } = made;
		for (let count = 0; count < 9; count++) await ledger.recordRefusal(refusal);
		valueOf(await ledger.startCanary({ revision: 1, share: 0.5, reason: "", actor: ADMIN }));
		valueOf(await ledger.endCanary({ promote: false, reason: "", actor: ADMIN }));
		await ledger.recordRefusal({ ...refusal, actor: OPERATOR });
		valueOf(await ledger.setSuspended({ suspended: false, reason: "", actor: OPERATOR }));
		expect((await actsOf(made)).slice(5).map(({ act }) => act)).toEqual([
			"canary.start",
			"canary.drop",
			"tenants.suspend",
			"tenant.resume",
		]);
	});

	it("are gone with their tenant: the next of its name begins anew", async () => {
		const made = await tenantLedger();
		for (let count = 0; count < 9; count++) await made.ledger.recordRefusal(refusal);
		valueOf(await made.ledger.destroy({ actor: OPERATOR }));
		valueOf(await made.ledger.create({ tenant: made.tenant, name: "Again", actor: OPERATOR }));
		await made.ledger.recordRefusal(refusal);
		expect(await actsOf(made)).toHaveLength(2);
	});
});

describe("production's quotas", () => {
	it("keep the history within half of what an object holds, and a list of keys within a message", () => {
		expect(TENANT_QUOTAS.revisions * 512 * 1_024).toBeLessThan(10e9 * 0.55);
		expect(TENANT_QUOTAS.keys * 1_000).toBeLessThan(32 * 1_024 * 1_024);
		expect(TENANT_QUOTAS.liveKeys).toBe(1_000);
	});
});
