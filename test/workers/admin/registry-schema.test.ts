import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { Actor } from "../../../src/core/ledger/ledger-ports.ts";
import type { OperatorRegistryPort } from "../../../src/core/ledger/registry-ports.ts";
import { REGISTRY_MIGRATIONS } from "../../../src/ledger/operator-registry-schema.ts";
import { migrate } from "../../../src/ledger/sql-migrations.ts";

const OPERATOR: Actor = { kind: "operator-key", name: "opkey_1" };

/** What a registry held at each version of its schema, as that version's program wrote it. A new version gets an entry here. */
type Rows = readonly (readonly [sql: string, ...values: unknown[]])[];
const OTHERS: Rows = [
	["INSERT INTO tenants VALUES ('acme', 'Acme', 1000)"],
	["UPDATE origin_changes SET revision = 7"],
	[
		"INSERT INTO operator_keys VALUES ('opkey_1', ?, 'Ada', 'op_ec_live_abcd', 'wxyz', 1000, NULL, NULL)",
		"a".repeat(64),
	],
	["INSERT INTO audit VALUES (1, 1000, 'operator-key', 'opkey_1', 'tenant.add', 'done', '{}')"],
];
const ROWS_AT_VERSION: Readonly<Record<number, Rows>> = {
	1: [["INSERT INTO origins VALUES ('gpu', 'https://gpu.example.com/v1', 'ORIGIN_GPU_KEY', 7, 1500)"], ...OTHERS],
	2: [["INSERT INTO origins VALUES ('gpu', 'https://gpu.example.com/v1', 'ORIGIN_GPU_KEY', 7, 1500, 8)"], ...OTHERS],
};

/** A registry whose database that version's program has made. */
async function registryAtVersion(version: number) {
	const stub = env.OPERATOR_REGISTRY.getByName(`r-${crypto.randomUUID()}`);
	await runInDurableObject(stub, async (_instance, { storage }) => {
		await storage.deleteAll();
		migrate(storage, REGISTRY_MIGRATIONS.slice(0, version), { component: "registry" });
		for (const [sql, ...values] of ROWS_AT_VERSION[version] ?? []) storage.sql.exec(sql, ...values);
	});
	await evictDurableObject(stub);
	return { stub, registry: stub as unknown as OperatorRegistryPort };
}

describe("the registry's database", () => {
	it("has rows of each of its versions to be tested with", () => {
		expect(Object.keys(ROWS_AT_VERSION).map(Number)).toEqual(REGISTRY_MIGRATIONS.map(({ version }) => version));
	});

	it.each(REGISTRY_MIGRATIONS.map(({ version }) => version))(
		"of version %s loses nothing on its way to the last, and is written from there on",
		async (version) => {
			const { registry } = await registryAtVersion(version);
			const gpu = {
				name: "gpu",
				baseUrl: "https://gpu.example.com/v1",
				secret: "ORIGIN_GPU_KEY",
				maxConcurrent: version === 1 ? null : 8,
				revision: 7,
				updatedAt: 1500,
			};
			expect(await registry.origin("gpu")).toEqual({ ok: true, value: gpu });
			expect((await registry.tenants({ after: null, limit: 9 })).items).toEqual([
				{ tenant: "acme", name: "Acme", createdAt: 1000 },
			]);
			expect(await registry.operatorKeyBySha256("a".repeat(64))).toMatchObject({ id: "opkey_1" });
			expect((await registry.audit({ before: null, limit: 9 })).items).toHaveLength(1);
			const { baseUrl, secret } = gpu;
			const written = await registry.putOrigin({ name: "gpu", baseUrl, secret, maxConcurrent: 3, actor: OPERATOR });
			expect(written).toMatchObject({ value: { changed: true, origin: { maxConcurrent: 3, revision: 8 } } });
		},
	);

	it("of the last version may be taken back to the first program, whose writes leave no bound behind", async () => {
		const { registry, stub } = await registryAtVersion(2);
		await runInDurableObject(stub, (_instance, { storage }) => {
			expect(migrate(storage, REGISTRY_MIGRATIONS.slice(0, 1), { component: "registry" })).toEqual([]);
			storage.sql.exec(
				"INSERT OR REPLACE INTO origins (name, base_url, secret, revision, updated_at) VALUES ('gpu', 'https://new.example.com/v1', NULL, 8, 2000)",
			);
		});
		await evictDurableObject(stub);
		expect(await registry.origin("gpu")).toMatchObject({
			value: { baseUrl: "https://new.example.com/v1", maxConcurrent: null },
		});
	});
});
