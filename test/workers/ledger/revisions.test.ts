import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type { TenantLedgerPort } from "../../../src/core/ledger/ledger-ports.ts";
import { fakeCascade } from "../../support/cascades.ts";
import {
	ADMIN,
	OPERATOR,
	ledgerWorld,
	newLedger,
	policyNumber,
	publishedPolicy,
	put,
	tenantLedger,
} from "./ledgers.ts";
import { valueOf } from "./ledgers.ts";

let world: ReturnType<typeof ledgerWorld>;
beforeEach(() => {
	world = ledgerWorld();
});

const DONE = { pending: 0, oldestAt: null };
const write = (fields: Partial<Parameters<TenantLedgerPort["putPolicy"]>[0]>) => ({
	document: policyNumber(1),
	expected: null,
	reason: "",
	cause: "put" as const,
	actor: ADMIN,
	...fields,
});

describe("a policy's revisions", () => {
	it("count from 1, are published, and keep the document, who wrote it, when and why", async () => {
		const made = await tenantLedger();
		expect(await put(made, 1)).toEqual({ ok: true, value: { revision: 1, changed: true, publication: DONE } });
		expect(await made.ledger.revision("current")).toEqual({
			ok: true,
			value: {
				revision: 1,
				document: policyNumber(1),
				at: world.now,
				author: ADMIN,
				reason: "revision 1",
				cause: "put",
			},
		});
		expect(await publishedPolicy(made)).toEqual({
			version: 1,
			sequence: 1,
			revision: 1,
			publishedAt: Math.floor(world.now / 1000),
			policy: policyNumber(1),
		});
	});

	it.each([
		["none while there is one", 2, null],
		["an older one", 2, 1],
		["one to come", 2, 3],
		["one while there is none", 0, 1],
		["zero while there is none", 0, 0],
	])("are not written where the writer has seen %s", async (_what, current, expected) => {
		const made = await tenantLedger(current);
		const refused = await made.ledger.putPolicy(write({ document: policyNumber(9), expected }));
		expect(refused).toEqual({ ok: false, error: { kind: "conflict", current } });
		expect(valueOf(await made.ledger.state()).revision).toBe(current === 0 ? null : current);
	});

	it("have one winner a round among a hundred writers at once, and no gap after several rounds", async () => {
		const made = await tenantLedger();
		for (let round = 0; round < 4; round++) {
			const results = await Promise.all(
				Array.from({ length: 100 }, (_, writer) =>
					made.ledger.putPolicy(
						write({
							document: policyNumber(1 + round * 100 + writer),
							expected: round === 0 ? null : round,
							reason: `writer ${writer}`,
						}),
					),
				),
			);
			const winners = results.flatMap((result, writer) => (result.ok ? [writer] : []));
			expect(winners).toHaveLength(1);
			expect(results.filter((result) => !result.ok)).toEqual(
				Array.from({ length: 99 }, () => ({ ok: false, error: { kind: "conflict", current: round + 1 } })),
			);
			expect(valueOf(await made.ledger.revision("current"))).toMatchObject({
				revision: round + 1,
				reason: `writer ${winners[0]}`,
				document: policyNumber(1 + round * 100 + (winners[0] ?? Number.NaN)),
			});
		}
		const { items } = await made.ledger.revisions({ before: null, limit: 200 });
		expect(items.map(({ revision }) => revision)).toEqual([4, 3, 2, 1]);
	});

	it("are not written for a document equal to the current one, in whatever order its fields are", async () => {
		const made = await tenantLedger(2);
		const { version, cascades } = policyNumber(2);
		const same = await made.ledger.putPolicy(write({ document: { cascades, version }, expected: 2 }));
		expect(same).toEqual({ ok: true, value: { revision: 2, changed: false, publication: DONE } });
		expect((await made.ledger.revisions({ before: null, limit: 9 })).items).toHaveLength(2);
		expect(world.writes).toHaveLength(2);
	});

	it("are not written for a document that is no valid policy, and every problem is told", async () => {
		const made = await tenantLedger(1);
		const refused = await made.ledger.putPolicy(write({ document: { version: 2, cascade: {} }, expected: 1 }));
		expect(refused).toMatchObject({ ok: false, error: { kind: "invalid" } });
		const problems = !refused.ok && refused.error.kind === "invalid" ? refused.error.problems : [];
		expect(problems.map(({ path }) => path).sort()).toEqual(["cascade", "cascades", "version"]);
	});

	it("are not written for a policy too long for a row", async () => {
		const made = await tenantLedger();
		const labels = Array.from({ length: 20 }, (_, label) => `${"…".repeat(98)}${label}`);
		// 64 cascades of two stages of about 6 kB of labels each.
		const judged = { confidence: { method: "label-margin", labels }, threshold: 0.5 };
		const [edge, origin] = fakeCascade().stages;
		const cascade = {
			...fakeCascade(),
			stages: [{ ...edge, ...judged }, { ...edge, ...judged, name: "second" }, origin],
		};
		const cascades = (count: number) =>
			Object.fromEntries(Array.from({ length: count }, (_, index) => [`cascade-${index}`, cascade]));
		const refused = await made.ledger.putPolicy(write({ document: { version: 1, cascades: cascades(64) } }));
		expect(refused).toEqual({
			ok: false,
			error: { kind: "invalid", problems: [{ path: "policy", message: "must be at most 524288 bytes of JSON" }] },
		});
	});

	it("keep a reason without the space around it, and no more than 500 characters of it", async () => {
		const made = await tenantLedger();
		await made.ledger.putPolicy(write({ reason: `  ${"é🙂".repeat(400)}  ` }));
		expect(valueOf(await made.ledger.revision(1)).reason).toBe("é🙂".repeat(250));
	});
});

describe("the history", () => {
	it("comes newest first, a page at a time, without documents", async () => {
		const made = await tenantLedger(5);
		const first = await made.ledger.revisions({ before: null, limit: 2 });
		expect(first.items.map(({ revision }) => revision)).toEqual([5, 4]);
		expect(first.next).toBe(4);
		expect(first.items[0]).toEqual({
			revision: 5,
			at: world.now,
			author: ADMIN,
			reason: "revision 5",
			cause: "put",
		});
		const second = await made.ledger.revisions({ before: first.next, limit: 2 });
		expect([second.items.map(({ revision }) => revision), second.next]).toEqual([[3, 2], 2]);
		const last = await made.ledger.revisions({ before: second.next, limit: 2 });
		expect([last.items.map(({ revision }) => revision), last.next]).toEqual([[1], null]);
	});

	it.each([
		[0, 1],
		[-3, 1],
		[Number.NaN, 1],
		[2.9, 2],
		[1e9, 3],
	])("has for a limit of %s a page of %s", async (limit, length) => {
		const made = await tenantLedger(3);
		expect((await made.ledger.revisions({ before: null, limit })).items).toHaveLength(length);
	});

	it("ends a page that is exactly full with no next one", async () => {
		const made = await tenantLedger(2);
		expect((await made.ledger.revisions({ before: null, limit: 2 })).next).toBeNull();
	});
});

describe("a rollback", () => {
	const back = { reason: "worse", actor: OPERATOR };

	it("makes an earlier policy current as a new revision, and publishes it", async () => {
		const made = await tenantLedger(3);
		world.now += 5_000;
		const result = await made.ledger.rollback({ to: 1, expected: 3, ...back });
		expect(result).toEqual({ ok: true, value: { revision: 4, changed: true, publication: DONE } });
		expect(valueOf(await made.ledger.revision(4))).toMatchObject({
			document: policyNumber(1),
			cause: "rollback",
			author: OPERATOR,
			reason: "worse",
			at: world.now,
		});
		expect(await publishedPolicy(made)).toMatchObject({ revision: 4, sequence: 4, policy: policyNumber(1) });
	});

	it("does not ask which revision is current where the caller does not say", async () => {
		const made = await tenantLedger(3);
		expect(await made.ledger.rollback({ to: 2, expected: null, ...back })).toMatchObject({ value: { revision: 4 } });
	});

	it("is refused where the caller has seen another revision, and to one that is not there", async () => {
		const made = await tenantLedger(3);
		expect(await made.ledger.rollback({ to: 1, expected: 2, ...back })).toEqual({
			ok: false,
			error: { kind: "conflict", current: 3 },
		});
		for (const to of [0, 4, -1, 1.5]) {
			expect(await made.ledger.rollback({ to, expected: 3, ...back })).toEqual({
				ok: false,
				error: { kind: "not-found", what: `revision ${to}` },
			});
		}
	});

	it("to the current policy changes nothing", async () => {
		const made = await tenantLedger(3);
		expect(await made.ledger.rollback({ to: 3, expected: 3, ...back })).toMatchObject({
			value: { revision: 3, changed: false },
		});
	});

	it("is refused to a policy that is not valid any more", async () => {
		const made = await tenantLedger(2);
		await runInDurableObject(made.stub, (_instance, { storage }) =>
			storage.sql.exec(`UPDATE revisions SET document = '{"version":0}' WHERE revision = 1`).toArray(),
		);
		expect(await made.ledger.rollback({ to: 1, expected: 2, ...back })).toMatchObject({ error: { kind: "invalid" } });
	});
});

describe("a ledger in which no tenant was created", () => {
	it("answers that there is none, and stores nothing however often it is asked", async () => {
		const { ledger, stub } = newLedger();
		const none = { ok: false, error: { kind: "not-found", what: "tenant" } };
		expect(await ledger.state()).toEqual(none);
		expect(await ledger.putPolicy(write({}))).toEqual(none);
		expect(await ledger.rollback({ to: 1, expected: null, reason: "", actor: ADMIN })).toEqual(none);
		expect(await ledger.revision("current")).toEqual(none);
		expect(await ledger.export(null)).toEqual(none);
		expect(await ledger.destroy({ actor: OPERATOR })).toEqual(none);
		expect(await ledger.setSuspended({ suspended: true, reason: "", actor: OPERATOR })).toEqual(none);
		expect(await ledger.revisions({ before: null, limit: 9 })).toEqual({ items: [], next: null });
		expect(await ledger.audit({ before: null, limit: 9 })).toEqual({ items: [], next: null });
		expect(await ledger.keys()).toEqual([]);
		expect(await ledger.keyBySha256("0".repeat(64))).toBeNull();
		expect(await ledger.publication()).toEqual(DONE);
		await ledger.recordRefusal({ actor: ADMIN, act: "policy.put", detail: {} });
		const tables = await runInDurableObject(stub, (_instance, { storage }) =>
			storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\'").toArray(),
		);
		expect(tables).toEqual([]);
	});

	it("is made once, by its own name only", async () => {
		const { ledger, tenant } = newLedger();
		const created = { tenant, name: "Example", suspended: false, revision: null, canary: null, createdAt: world.now };
		expect(await ledger.create({ tenant, name: "Example", actor: OPERATOR })).toEqual({ ok: true, value: created });
		expect(await ledger.create({ tenant, name: "Other", actor: OPERATOR })).toEqual({
			ok: false,
			error: { kind: "already-exists", what: "tenant" },
		});
		expect(await ledger.state()).toEqual({ ok: true, value: created });
		expect(await newLedger().ledger.create({ tenant, name: "Example", actor: OPERATOR })).toMatchObject({
			ok: false,
			error: { kind: "not-applicable" },
		});
	});
});
