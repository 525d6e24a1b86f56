import { beforeEach, describe, expect, it } from "vitest";
import { ADMIN, OPERATOR, ledgerWorld, newKey, policyNumber, put, tenantLedger, valueOf } from "./ledgers.ts";

let world: ReturnType<typeof ledgerWorld>;
beforeEach(() => {
	world = ledgerWorld();
});

describe("the audit trail", () => {
	it("has an entry for every act, with who, when, what was asked for and what came of it", async () => {
		const { ledger, ...made } = await tenantLedger();
		await put({ ledger, ...made }, 1);
		await put({ ledger, ...made }, 2);
		await ledger.rollback({ to: 1, expected: null, reason: " worse ", actor: OPERATOR });
		await ledger.startCanary({ revision: 2, share: 0.25, reason: "try", actor: ADMIN });
		await ledger.endCanary({ promote: true, reason: "good", actor: ADMIN });
		const key = valueOf(await ledger.addKey(newKey()));
		const successor = valueOf(await ledger.addKey(newKey({ replaces: { id: key.id, overlapMs: 5 } })));
		await ledger.revokeKey({ id: successor.id, actor: ADMIN });
		await ledger.setSuspended({ suspended: true, reason: "unpaid", actor: OPERATOR });
		await ledger.setSuspended({ suspended: false, reason: "paid", actor: OPERATOR });
		const { items, next } = await ledger.audit({ before: null, limit: 50 });
		expect(next).toBeNull();
		expect(items.map(({ sequence }) => sequence)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
		expect(items.every((entry) => entry.at === world.now && entry.outcome === "done")).toBe(true);
		expect(items.toReversed().map(({ act, actor, detail }) => [act, actor.name, detail])).toEqual([
			["tenant.create", OPERATOR.name, { tenant: made.tenant, name: "Example" }],
			["policy.put", ADMIN.name, { expected: null, reason: "revision 1", revision: 1, changed: true }],
			["policy.put", ADMIN.name, { expected: 1, reason: "revision 2", revision: 2, changed: true }],
			["policy.rollback", OPERATOR.name, { to: 1, expected: null, reason: "worse", revision: 3, changed: true }],
			["canary.start", ADMIN.name, { revision: 2, share: 0.25, reason: "try" }],
			[
				"canary.promote",
				ADMIN.name,
				{
					reason: "good",
					canary: 2,
					share: 0.25,
					figures: { since: world.now, base: [], canary: [] },
					revision: 4,
					changed: true,
				},
			],
			["key.create", ADMIN.name, { name: "chat", scopes: ["inference"], key: key.id }],
			[
				"key.rotate",
				ADMIN.name,
				{ name: "chat", scopes: ["inference"], replaces: { id: key.id, overlapMs: 5 }, key: successor.id },
			],
			["key.revoke", ADMIN.name, { key: successor.id, changed: true }],
			["tenant.suspend", OPERATOR.name, { reason: "unpaid", changed: true }],
			["tenant.resume", OPERATOR.name, { reason: "paid", changed: true }],
		]);
	});

	it("has refused acts too, with the refusal, and nothing of what was refused", async () => {
		const { ledger, tenant } = await tenantLedger(1);
		const write = { reason: "", cause: "put", actor: ADMIN } as const;
		await ledger.putPolicy({ ...write, document: policyNumber(7), expected: 4 });
		await ledger.putPolicy({ ...write, document: { version: 1, secret: "sesame" }, expected: 1 });
		await ledger.rollback({ to: 9, expected: null, reason: "", actor: ADMIN });
		await ledger.endCanary({ promote: false, reason: "", actor: ADMIN });
		await ledger.create({ tenant, name: "Example", actor: OPERATOR });
		await ledger.recordRefusal({ actor: ADMIN, act: "tenant.suspend", detail: { needs: "operator" } });
		const { items } = await ledger.audit({ before: null, limit: 6 });
		expect(items.toReversed().map(({ act, outcome, detail }) => [act, outcome, detail])).toEqual([
			["policy.put", "refused", { expected: 4, reason: "", refusal: "conflict", current: 1 }],
			["policy.put", "refused", { expected: 1, reason: "", refusal: "invalid", problems: 2 }],
			["policy.rollback", "refused", { to: 9, expected: null, reason: "", refusal: "not-found", what: "revision 9" }],
			["canary.drop", "refused", { reason: "", refusal: "not-applicable", message: "There is no canary." }],
			["tenant.create", "refused", { tenant, name: "Example", refusal: "already-exists", what: "tenant" }],
			["tenant.suspend", "refused", { needs: "operator" }],
		]);
		expect(JSON.stringify(items)).not.toContain("sesame");
	});

	it("comes newest first, a page at a time", async () => {
		const { ledger } = await tenantLedger(3);
		const first = await ledger.audit({ before: null, limit: 3 });
		expect([first.items.map(({ sequence }) => sequence), first.next]).toEqual([[4, 3, 2], 2]);
		const last = await ledger.audit({ before: first.next, limit: 3 });
		expect([last.items.map(({ sequence }) => sequence), last.next]).toEqual([[1], null]);
	});
});
