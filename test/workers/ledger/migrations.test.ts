import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { migrate, NewerDatabaseError, schemaVersion, type Migration } from "../../../src/ledger/sql-migrations.ts";
import { TENANT_MIGRATIONS } from "../../../src/ledger/tenant-schema.ts";
import { seenIdentity } from "../../../src/ledger/seen-observations.ts";
import { USAGE_MIGRATIONS } from "../../../src/ledger/usage-store.ts";
import { sumUsage, usageOf } from "../../../src/core/ledger/usage-totals.ts";
import type { Observation } from "../../../src/core/observation.ts";
import { exampleObservation } from "../../core/ledger/observations.ts";
import { ADMIN, converge, ledgerWorld, newLedger, policyNumber, publishedPolicy, put, valueOf } from "./ledgers.ts";

let world: ReturnType<typeof ledgerWorld>;
beforeEach(() => {
	world = ledgerWorld();
});

/** Runs in an empty database of its own. */
function withDatabase<Value>(work: (storage: DurableObjectStorage) => Value | Promise<Value>): Promise<Value> {
	const stub = env.TENANT_LEDGER.getByName(`m-${crypto.randomUUID()}`);
	return runInDurableObject(stub, (_instance, { storage }) => work(storage));
}

const ONE: Migration = { version: 1, statements: ["CREATE TABLE notes (text TEXT NOT NULL) STRICT"] };
const TWO: Migration = {
	version: 2,
	statements: [
		"CREATE TABLE notes_2 (text TEXT NOT NULL, length INTEGER NOT NULL) STRICT",
		"INSERT INTO notes_2 SELECT text, length(text) FROM notes",
		"DROP TABLE notes",
		"ALTER TABLE notes_2 RENAME TO notes",
	],
};
const BROKEN: Migration = {
	version: 3,
	statements: ["ALTER TABLE notes ADD COLUMN author TEXT", "INSERT INTO nowhere VALUES (1)"],
};

describe("migrations", () => {
	it("are applied in order, once, and their versions and times are on record", async () => {
		await withDatabase((storage) => {
			expect(migrate(storage, [ONE], { now: () => 7 })).toEqual([1]);
			storage.sql.exec("INSERT INTO notes VALUES ('four')");
			expect(migrate(storage, [ONE, TWO], { now: () => 8 })).toEqual([2]);
			expect(migrate(storage, [ONE, TWO], { now: () => 9 })).toEqual([]);
			expect(storage.sql.exec("SELECT * FROM notes").toArray()).toEqual([{ text: "four", length: 4 }]);
			expect(storage.sql.exec("SELECT version, at FROM migrations ORDER BY version").toArray()).toEqual([
				{ version: 1, at: 7 },
				{ version: 2, at: 8 },
			]);
		});
	});

	it("that fail leave the version before whole, and nothing of themselves", async () => {
		await withDatabase((storage) => {
			expect(() => migrate(storage, [ONE, TWO, BROKEN])).toThrow("nowhere");
			expect(schemaVersion(storage.sql)).toBe(2);
			storage.sql.exec("INSERT INTO notes VALUES ('a', 1)");
			expect(storage.sql.exec("SELECT * FROM notes").toArray()).toEqual([{ text: "a", length: 1 }]);
		});
	});

	it("refuse a database that is newer than the program", async () => {
		await withDatabase((storage) => {
			migrate(storage, [ONE, TWO]);
			expect(() => migrate(storage, [ONE])).toThrow(NewerDatabaseError);
			expect(schemaVersion(storage.sql)).toBe(2);
		});
	});

	it("that only add let the program before go on, as far back as they say; it changes nothing", async () => {
		const added: Migration = { version: 3, statements: ["CREATE TABLE more (n INTEGER) STRICT"], compatibleWith: 2 };
		await withDatabase((storage) => {
			migrate(storage, [ONE, TWO, added]);
			expect(migrate(storage, [ONE, TWO])).toEqual([]);
			expect(schemaVersion(storage.sql)).toBe(3);
			expect(() => migrate(storage, [ONE])).toThrow(NewerDatabaseError);
			// The newest decides: what came after may not be additive.
			migrate(storage, [ONE, TWO, added, { version: 4, statements: [] }]);
			expect(() => migrate(storage, [ONE, TWO])).toThrow(NewerDatabaseError);
		});
	});

	it("go on in a database whose table of migrations does not say with what they are compatible", async () => {
		await withDatabase((storage) => {
			storage.sql.exec(
				"CREATE TABLE migrations (component TEXT NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (component, version)) STRICT",
			);
			storage.sql.exec("INSERT INTO migrations VALUES ('ledger', 1, 5)");
			storage.sql.exec(ONE.statements[0] ?? "");
			expect(() => migrate(storage, [])).toThrow(NewerDatabaseError);
			expect(migrate(storage, [ONE, TWO])).toEqual([2]);
			expect(() => migrate(storage, [ONE])).toThrow(NewerDatabaseError);
		});
	});

	it.each([[[TWO]], [[ONE, ONE]], [[{ ...ONE, version: 0 }]]])(
		"that do not count from 1 without a gap are not applied: %o",
		async (migrations) => {
			await withDatabase((storage) => {
				expect(() => migrate(storage, migrations)).toThrow(RangeError);
				expect(storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name IN ('notes', 'migrations')").toArray()).toEqual(
					[],
				);
			});
		},
	);

	it("of two components of one database count by themselves", async () => {
		await withDatabase((storage) => {
			migrate(storage, [ONE, TWO]);
			const other = [{ version: 1, statements: ["CREATE TABLE others (n INTEGER) STRICT"] }];
			expect(migrate(storage, other, { component: "other" })).toEqual([1]);
			expect([schemaVersion(storage.sql), schemaVersion(storage.sql, "other")]).toEqual([2, 1]);
		});
	});

	it("of a database that holds nothing have version 0, and asking writes nothing", async () => {
		await withDatabase((storage) => {
			expect(schemaVersion(storage.sql)).toBe(0);
			expect(storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").toArray()).toEqual([]);
		});
	});
});

/**
 * What a ledger held at each version of its schema, as that version's program wrote it: one tenant with three
 * revisions, the second on canary, a revoked and a working key, two acts on record, a policy not yet in KV. A new
 * version gets an entry here, and its fixture says the same in its own tables.
 */
type Rows = readonly (readonly [sql: string, ...values: unknown[]])[];
const ROWS_AT_VERSION: Readonly<Record<number, (tenant: string) => Rows>> = {
	1: rowsOfVersion1,
	2: rowsOfVersion2,
	3: (tenant) => [...rowsOfVersion2(tenant), ["INSERT INTO evidence_ledgers VALUES ('chat', ?, 1500)", "a".repeat(64)]],
};

function rowsOfVersion2(tenant: string): Rows {
	return [...rowsOfVersion1(tenant), ["INSERT INTO daily_acts VALUES (1, 0, 4, 1)"]];
}

function rowsOfVersion1(tenant: string): Rows {
	return [
		["INSERT INTO tenant VALUES (1, ?, 'Example', 1, 1000, NULL)", tenant],
		...[1, 2, 3].map((revision): [string, ...unknown[]] => [
			"INSERT INTO revisions VALUES (?, ?, ?, 'tenant-key', 'key_admin', 'because', 'put')",
			revision,
			JSON.stringify(policyNumber(revision)),
			1000 + revision,
		]),
		["INSERT INTO canary VALUES (1, 2, 0.1, 2000, 'tenant-key', 'key_admin')"],
		[
			"INSERT INTO keys VALUES ('key_1', ?, 'old', 'ec_live_a', '1111', '[\"admin\"]', 1100, NULL, 1200)",
			"1".repeat(64),
		],
		[
			"INSERT INTO keys VALUES ('key_2', ?, 'new', 'ec_live_b', '2222', '[\"inference\",\"read\"]', 1300, NULL, NULL)",
			"2".repeat(64),
		],
		["INSERT INTO audit VALUES (1, 1000, 'operator-key', 'opkey_1', 'tenant.create', 'done', '{}')"],
		[
			"INSERT INTO audit VALUES (2, 1001, 'tenant-key', 'key_admin', 'policy.put', 'refused', '{\"refusal\":\"conflict\"}')",
		],
		["UPDATE publications SET sequence = 41"],
		[
			"INSERT INTO outbox VALUES (?, ?, 41, 2, 3000, 2500)",
			`tenant/${tenant}/policy`,
			JSON.stringify({ version: 1, sequence: 41, revision: 3, publishedAt: 2, policy: policyNumber(3) }),
		],
	];
}

describe("a ledger's database", () => {
	it("has rows of each of its versions to be tested with", () => {
		expect(Object.keys(ROWS_AT_VERSION).map(Number)).toEqual(TENANT_MIGRATIONS.map(({ version }) => version));
	});

	it.each(TENANT_MIGRATIONS.map(({ version }) => version))(
		"of version %s loses nothing on its way to the last",
		async (version) => {
			const made = newLedger();
			await runInDurableObject(made.stub, (_instance, { storage }) => {
				migrate(storage, TENANT_MIGRATIONS.slice(0, version));
				for (const [sql, ...values] of ROWS_AT_VERSION[version]?.(made.tenant) ?? []) storage.sql.exec(sql, ...values);
			});
			await evictDurableObject(made.stub);
			const { ledger } = made;
			expect(valueOf(await ledger.state())).toEqual({
				tenant: made.tenant,
				name: "Example",
				suspended: true,
				revision: 3,
				canary: { revision: 2, share: 0.1, since: 2000, author: ADMIN },
				createdAt: 1000,
			});
			for (const revision of [1, 2, 3]) {
				expect(valueOf(await ledger.revision(revision))).toEqual({
					revision,
					document: policyNumber(revision),
					at: 1000 + revision,
					author: ADMIN,
					reason: "because",
					cause: "put",
				});
			}
			const key = { prefix: "ec_live_a", lastFour: "1111", expiresAt: null };
			expect(await ledger.keys()).toEqual([
				{ ...key, id: "key_1", name: "old", scopes: ["admin"], createdAt: 1100, revokedAt: 1200 },
				{
					...key,
					id: "key_2",
					name: "new",
					prefix: "ec_live_b",
					lastFour: "2222",
					scopes: ["inference", "read"],
					createdAt: 1300,
					revokedAt: null,
				},
			]);
			expect(await ledger.keyBySha256("2".repeat(64))).toMatchObject({ id: "key_2" });
			expect((await ledger.audit({ before: null, limit: 9 })).items).toMatchObject([
				{ sequence: 2, act: "policy.put", outcome: "refused", detail: { refusal: "conflict" } },
				{ sequence: 1, act: "tenant.create", outcome: "done", detail: {} },
			]);
			expect(await ledger.publication()).toEqual({ pending: 1, oldestAt: 2500 });
			await converge(world, made);
			expect(await publishedPolicy(made)).toMatchObject({ sequence: 41, revision: 3 });
			world.now += 1_000;
			valueOf(await put(made, 4));
			expect(await publishedPolicy(made)).toMatchObject({ sequence: 42, revision: 4 });
		},
	);

	it("that held usage before canaries were counted apart counts the canary that runs from its migration on", async () => {
		const made = newLedger();
		const { ledger } = made;
		const at = world.now;
		const request = (differences: Partial<Observation>) =>
			exampleObservation({ requestId: `req_${crypto.randomUUID()}`, policyRevision: 2, ...differences });
		await runInDurableObject(made.stub, (_instance, { storage }) => {
			migrate(storage, TENANT_MIGRATIONS.slice(0, 1));
			for (const [sql, ...values] of ROWS_AT_VERSION[1]?.(made.tenant) ?? []) storage.sql.exec(sql, ...values);
			migrate(storage, USAGE_MIGRATIONS.slice(0, 1), { component: "usage" });
			// As that program wrote it: this one's needs the tables of its own version.
			const earlier = [request({ at: at - 5 }), request({ at: at - 5 })];
			const day = Math.floor(at / 86_400_000);
			storage.sql.exec(`CREATE TABLE usage_seen_${day} (id ANY PRIMARY KEY) STRICT, WITHOUT ROWID`);
			for (const observation of earlier)
				storage.sql.exec(`INSERT INTO usage_seen_${day} VALUES (?)`, seenIdentity(observation));
			storage.sql.exec(
				"INSERT INTO usage VALUES (?, 'chat', 2, ?)",
				Math.floor(at / 3_600_000) * 3_600_000,
				JSON.stringify(sumUsage(earlier.map(usageOf))),
			);
		});
		await evictDurableObject(made.stub);
		expect(valueOf(await ledger.canary())).toMatchObject({ since: 2000, figures: { since: at, base: [], canary: [] } });
		await ledger.recordObservations([
			request({ at: at - 1 }),
			request({ at, canary: true }),
			request({ at, policyRevision: 3 }),
		]);
		expect(valueOf(await ledger.canary()).figures).toMatchObject({
			base: [{ policyRevision: 3, requests: 1 }],
			canary: [{ policyRevision: 2, requests: 1 }],
		});
		const { rows } = await ledger.usage({ from: at - 86_400_000, to: at + 1, by: "day" });
		expect(rows.reduce((sum, { requests }) => sum + requests, 0)).toBe(5);
	});

	it("of a later version is not opened", async () => {
		const made = newLedger();
		await runInDurableObject(made.stub, (_instance, { storage }) => {
			migrate(storage, TENANT_MIGRATIONS);
			storage.sql.exec("INSERT INTO migrations (component, version, at) VALUES ('ledger', 99, 0)");
			expect(() => migrate(storage, TENANT_MIGRATIONS)).toThrow(
				`holds version 99 of ledger; this program knows ${TENANT_MIGRATIONS.length}`,
			);
		});
	});
});
