import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import {
	OPERATOR,
	alarmOf,
	converge,
	kill,
	ledgerWorld,
	newKey,
	publishedKey,
	publishedPolicy,
	put,
	tenantLedger,
	valueOf,
	type TestLedger,
	exported,
} from "./ledgers.ts";

let world: ReturnType<typeof ledgerWorld>;
beforeEach(() => {
	world = ledgerWorld();
});

/** Rows of every table but the list of migrations. */
function rowsOf({ stub }: TestLedger): Promise<Record<string, number>> {
	return runInDurableObject(stub, (_instance, { storage: { sql } }) => {
		const tables = sql.exec<{ name: string }>(
			"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND name <> 'migrations'",
		);
		return Object.fromEntries(
			tables
				.toArray()
				.map(({ name }) => [name, sql.exec<{ n: number }>(`SELECT COUNT(*) AS n FROM "${name}"`).one().n]),
		);
	});
}

/** What a ledger holds that has been emptied: its tombstone, and the count of publications. */
async function expectEmptied(made: TestLedger): Promise<void> {
	const { tenant, publications, ...others } = await rowsOf(made);
	expect({ tenant, publications }).toEqual({ tenant: 1, publications: 1 });
	expect(Object.values(others).every((rows) => rows === 0)).toBe(true);
	const [tombstone] = await runInDurableObject(made.stub, (_instance, { storage }) =>
		storage.sql.exec("SELECT name, destroyed_at FROM tenant").toArray(),
	);
	expect(tombstone).toEqual({ name: "", destroyed_at: expect.any(Number) });
}

async function fullLedger() {
	const made = await tenantLedger(2);
	const keys = [newKey(), newKey()];
	for (const key of keys) valueOf(await made.ledger.addKey(key));
	world.now += 1_000;
	return { made, keys };
}

describe("a tenant that is destroyed", () => {
	it("is withdrawn from KV, and then its ledger is emptied but for a tombstone", async () => {
		const { made, keys } = await fullLedger();
		const destroyed = await made.ledger.destroy({ actor: OPERATOR });
		expect(destroyed).toEqual({ ok: true, value: { pending: 0, oldestAt: null } });
		expect(await publishedPolicy(made)).toBeNull();
		for (const { sha256 } of keys) expect(await publishedKey(sha256)).toBeNull();
		await expectEmptied(made);
		expect(await alarmOf(made)).toBeNull();
	});

	it("is gone for everyone at once, while what KV holds and the rows stay until KV has taken the deletions", async () => {
		const { made, keys } = await fullLedger();
		world.kv = "fails";
		expect(await made.ledger.destroy({ actor: OPERATOR })).toMatchObject({ ok: true, value: { pending: 3 } });
		const none = { ok: false, error: { kind: "not-found", what: "tenant" } };
		expect(await made.ledger.state()).toEqual(none);
		expect(await made.ledger.destroy({ actor: OPERATOR })).toEqual(none);
		expect(await made.ledger.keyBySha256(keys[0]?.sha256 ?? "")).toBeNull();
		expect(await put(made, 3)).toEqual(none);
		expect(await rowsOf(made)).toMatchObject({ revisions: 2, keys: 2, outbox: 3 });
		expect(await made.ledger.publication()).toMatchObject({ pending: 3 });
		const restarted = await kill(made);
		world.kv = "works";
		await converge(world, restarted);
		await expectEmptied(restarted);
		expect(await publishedPolicy(made)).toBeNull();
	});

	it("is withdrawn key by key; the ledger is emptied with the last of them", async () => {
		const { made, keys } = await fullLedger();
		world.kv = "fails";
		await made.ledger.destroy({ actor: OPERATOR });
		world.kv = "works";
		// One deletion is due before the others.
		await runInDurableObject(made.stub, (_instance, { storage }) => {
			storage.sql.exec("UPDATE outbox SET next_at = next_at + 600000 WHERE record_key LIKE 'key/%'");
		});
		world.now += 61_000;
		await runDurableObjectAlarm(made.stub);
		expect(await publishedPolicy(made)).toBeNull();
		expect(await publishedKey(keys[0]?.sha256 ?? "")).not.toBeNull();
		expect(await rowsOf(made)).toMatchObject({ revisions: 2, keys: 2, outbox: 2 });
		world.now += 600_000;
		await converge(world, made);
		await expectEmptied(made);
	});

	it("may come again under its name, with nothing of its past but the order of what is published", async () => {
		const { made, keys } = await fullLedger();
		await made.ledger.destroy({ actor: OPERATOR });
		world.now += 1_000;
		expect(valueOf(await made.ledger.create({ tenant: made.tenant, name: "Again", actor: OPERATOR }))).toEqual({
			tenant: made.tenant,
			name: "Again",
			suspended: false,
			revision: null,
			canary: null,
			createdAt: world.now,
		});
		expect(await made.ledger.keys()).toEqual([]);
		expect((await made.ledger.audit({ before: null, limit: 9 })).items.map(({ act }) => act)).toEqual([
			"tenant.create",
		]);
		await put(made, 1);
		// Three deletions were counted too: a reader that knows the former policy takes this one for newer.
		expect(await publishedPolicy(made)).toMatchObject({ revision: 1, sequence: 8 });
		expect(await publishedKey(keys[0]?.sha256 ?? "")).toBeNull();
	});

	it("and comes again before KV has heard of its end is still withdrawn, and its new policy stays", async () => {
		const { made, keys } = await fullLedger();
		world.kv = "fails";
		await made.ledger.destroy({ actor: OPERATOR });
		valueOf(await made.ledger.create({ tenant: made.tenant, name: "Again", actor: OPERATOR }));
		expect(await made.ledger.keys()).toEqual([]);
		expect(valueOf(await put(made, 1)).revision).toBe(1);
		world.kv = "works";
		await converge(world, made);
		for (const { sha256 } of keys) expect(await publishedKey(sha256)).toBeNull();
		expect(await publishedPolicy(made)).toMatchObject({ revision: 1 });
		expect(valueOf(await made.ledger.state()).name).toBe("Again");
	});

	it("without policy or keys is emptied as well", async () => {
		const made = await tenantLedger();
		await made.ledger.destroy({ actor: OPERATOR });
		await expectEmptied(made);
	});
});

describe("the export of a tenant", () => {
	it("holds its state, every revision with its document, its keys and the audit trail, oldest first", async () => {
		const { made } = await fullLedger();
		const document = await exported(made.ledger);
		expect(document).toMatchObject({
			version: 1,
			tenant: made.tenant,
			name: "Example",
			revision: 2,
			canary: null,
			revisions: [{ revision: 1 }, { revision: 2, document: { version: 1 } }],
			keys: await made.ledger.keys(),
			audit: [
				{ act: "tenant.create" },
				{ act: "policy.put" },
				{ act: "policy.put" },
				{ act: "key.create" },
				{ act: "key.create" },
			],
		});
	});
});
