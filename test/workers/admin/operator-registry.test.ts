import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type { Actor } from "../../../src/core/ledger/ledger-ports.ts";
import type { OperatorRegistryPort } from "../../../src/core/ledger/registry-ports.ts";
import { originRecordName } from "../../../src/core/published-records.ts";
import { ledgerRuntime, type RecordWriter } from "../../../src/ledger/ledger-runtime.ts";
import { REGISTRY_MIGRATIONS } from "../../../src/ledger/operator-registry-schema.ts";
import { OperatorRegistry } from "../../../src/ledger/operator-registry.ts";
import { schemaVersion } from "../../../src/ledger/sql-migrations.ts";

const OPERATOR: Actor = { kind: "operator-key", name: "opkey_1" };
/** Far in the future, so that the runtime never fires an alarm by itself: tests do. */
const START = Date.UTC(2100, 0, 1);

let world: { now: number; kvWorks: boolean };

beforeEach(() => {
	world = { now: START, kvWorks: true };
	const write = async (work: () => Promise<void>) => {
		if (!world.kvWorks) throw new Error("KV PUT failed: 429 Too Many Requests");
		await work();
	};
	OperatorRegistry.runtime = {
		...ledgerRuntime,
		now: () => world.now,
		random: () => 0.5,
		records: ({ CONFIG }) =>
			({
				put: (key: string, value: string) => write(() => CONFIG.put(key, value)),
				delete: (key: string) => write(() => CONFIG.delete(key)),
			}) as RecordWriter,
		publishWaitMs: 50,
		logFault: () => {},
	};
});

/** A registry of one test. Origins' names are its own too, since all registries of the file share one KV. */
function newRegistry() {
	const stub = env.OPERATOR_REGISTRY.getByName(`r-${crypto.randomUUID()}`);
	const name = `o-${crypto.randomUUID()}`;
	return {
		stub,
		name,
		registry: stub as unknown as OperatorRegistryPort,
		published: () => env.CONFIG.get(originRecordName(name), "json"),
	};
}

const GPU = { baseUrl: "https://gpu.example.com/v1", secret: "ORIGIN_GPU_KEY", actor: OPERATOR };

describe("an origin in the registry", () => {
	it("is in KV when the writer is answered, with its secret's name where it has one", async () => {
		const { registry, name, published } = newRegistry();
		const written = await registry.putOrigin({ ...GPU, name });
		expect(written).toMatchObject({ ok: true, value: { changed: true, publication: { pending: 0, oldestAt: null } } });
		expect(await published()).toEqual({ version: 1, baseUrl: GPU.baseUrl, secret: "ORIGIN_GPU_KEY" });
		world.now += 1_000;
		await registry.putOrigin({ ...GPU, name, secret: null });
		expect(await published()).toEqual({ version: 1, baseUrl: GPU.baseUrl });
	});

	it("is in KV with the bound on its calls, which goes where it is set without", async () => {
		const { registry, name, published } = newRegistry();
		const written = await registry.putOrigin({ ...GPU, name, maxConcurrent: 8 });
		expect(written).toMatchObject({ ok: true, value: { origin: { maxConcurrent: 8 } } });
		expect(await published()).toEqual({
			version: 1,
			baseUrl: GPU.baseUrl,
			secret: "ORIGIN_GPU_KEY",
			maxConcurrent: 8,
		});
		expect(await registry.putOrigin({ ...GPU, name, maxConcurrent: 8 })).toMatchObject({ value: { changed: false } });
		expect(await registry.origin(name)).toMatchObject({ value: { maxConcurrent: 8, revision: 1 } });
		world.now += 1_000;
		expect(await registry.putOrigin({ ...GPU, name })).toMatchObject({ value: { changed: true } });
		expect(await published()).not.toHaveProperty("maxConcurrent");
		expect((await registry.origins({ after: null, limit: 1 })).items).toMatchObject([
			{ maxConcurrent: null, revision: 2 },
		]);
		expect(await registry.putOrigin({ ...GPU, name, maxConcurrent: null })).toMatchObject({
			value: { changed: false },
		});
	});

	it("is told from those that are not there", async () => {
		const { registry, name } = newRegistry();
		await registry.putOrigin({ ...GPU, name });
		expect(await registry.missingOrigins([name, "lost", "gone"])).toEqual(["lost", "gone"]);
		await registry.removeOrigin({ name, actor: OPERATOR });
		expect(await registry.missingOrigins([name])).toEqual([name]);
		expect(await registry.missingOrigins([])).toEqual([]);
	});

	it("written again as it is makes no revision and no publication", async () => {
		const { registry, name } = newRegistry();
		await registry.putOrigin({ ...GPU, name });
		world.kvWorks = false;
		const again = await registry.putOrigin({ ...GPU, name });
		expect(again).toMatchObject({
			ok: true,
			value: { changed: false, origin: { revision: 1 }, publication: { pending: 0 } },
		});
	});

	it("never has a revision twice, also over a deletion, so an old one overwrites nothing", async () => {
		const { registry, name } = newRegistry();
		await registry.putOrigin({ ...GPU, name });
		await registry.removeOrigin({ name, actor: OPERATOR });
		const made = await registry.putOrigin({ ...GPU, name, expected: null });
		expect(made).toMatchObject({ ok: true, value: { origin: { revision: 2 } } });
		const stale = { ok: false, error: { kind: "conflict", current: 2 } };
		expect(await registry.putOrigin({ ...GPU, name, expected: 1 })).toEqual(stale);
		expect(await registry.putOrigin({ ...GPU, name, expected: null })).toEqual(stale);
		expect(await registry.removeOrigin({ name, expected: 1, actor: OPERATOR })).toEqual(stale);
	});

	it("of which KV hears nothing at first is published by the alarm, also by another instance", async () => {
		const { registry, stub, name, published } = newRegistry();
		world.kvWorks = false;
		const written = await registry.putOrigin({ ...GPU, name });
		expect(written).toMatchObject({ ok: true, value: { publication: { pending: 1, oldestAt: START } } });
		expect(await published()).toBeNull();
		await evictDurableObject(stub);
		world.kvWorks = true;
		world.now += 61_000;
		expect(await runDurableObjectAlarm(stub)).toBe(true);
		expect(await published()).toMatchObject({ baseUrl: GPU.baseUrl });
		expect(await registry.publication()).toEqual({ pending: 0, oldestAt: null });
	});

	it("that is withdrawn while KV cannot be written is withdrawn there later, and not published first", async () => {
		const { registry, stub, name, published } = newRegistry();
		await registry.putOrigin({ ...GPU, name });
		world.kvWorks = false;
		world.now += 2_000;
		await registry.putOrigin({ ...GPU, name, baseUrl: "https://other.example.com/v1" });
		await registry.removeOrigin({ name, actor: OPERATOR });
		expect(await registry.publication()).toMatchObject({ pending: 1 });
		world.kvWorks = true;
		world.now += 61_000;
		await runDurableObjectAlarm(stub);
		expect(await published()).toBeNull();
	});
});

describe("the registry", () => {
	it("lists tenants once, in the order of names, whatever was added when", async () => {
		const { registry } = newRegistry();
		for (const tenant of ["b", "c", "a", "b"]) {
			world.now += 1;
			await registry.addTenant({ tenant, name: `${tenant} at ${world.now - START}`, actor: OPERATOR });
		}
		const first = await registry.tenants({ after: null, limit: 2 });
		expect(first.items.map(({ tenant, name }) => [tenant, name])).toEqual([
			["a", "a at 3"],
			["b", "b at 1"],
		]);
		expect(await registry.tenants({ after: first.next, limit: 2 })).toMatchObject({
			items: [{ tenant: "c" }],
			next: null,
		});
		expect(await registry.removeTenant({ tenant: "b", actor: OPERATOR })).toBe(true);
		expect(await registry.removeTenant({ tenant: "b", actor: OPERATOR })).toBe(false);
		expect((await registry.tenants({ after: null, limit: 9 })).items.map(({ tenant }) => tenant)).toEqual(["a", "c"]);
	});

	it("lists ten thousand tenants without leaving one out or showing one twice", async () => {
		const { registry, stub } = newRegistry();
		await runInDurableObject(stub, (_instance, { storage }) => {
			for (let index = 0; index < 10_000; index++)
				storage.sql.exec(
					"INSERT INTO tenants VALUES (?, 'x', 0)",
					`t${String((index * 7_919) % 10_000).padStart(5, "0")}`,
				);
		});
		const seen: string[] = [];
		let after: string | null = null;
		do {
			const page: Awaited<ReturnType<typeof registry.tenants>> = await registry.tenants({ after, limit: 200 });
			seen.push(...page.items.map(({ tenant }) => tenant));
			after = page.next;
		} while (after !== null);
		expect(seen).toEqual(Array.from({ length: 10_000 }, (_, index) => `t${String(index).padStart(5, "0")}`));
	});

	it("knows an operator's key by its hash until it is revoked or expires, and keeps it on the list", async () => {
		const { registry } = newRegistry();
		const shown = { prefix: "op_ec_live_abcd", lastFour: "wxyz", actor: OPERATOR };
		const add = (sha256: string, expiresAt: number | null) =>
			registry.addOperatorKey({ ...shown, sha256, name: sha256, expiresAt });
		const forever = await add("a".repeat(64), null);
		await add("b".repeat(64), START + 1_000);
		if (!forever.ok) throw new Error("refused");
		expect(await registry.operatorKeyBySha256("a".repeat(64))).toEqual(forever.value);
		world.now += 999;
		expect(await registry.operatorKeyBySha256("b".repeat(64))).not.toBeNull();
		world.now += 1;
		expect(await registry.operatorKeyBySha256("b".repeat(64))).toBeNull();
		await registry.revokeOperatorKey({ id: forever.value.id, actor: OPERATOR });
		expect(await registry.operatorKeyBySha256("a".repeat(64))).toBeNull();
		expect(await registry.operatorKeyBySha256("c".repeat(64))).toBeNull();
		expect((await registry.operatorKeys()).map(({ revokedAt }) => revokedAt)).toEqual([START + 1_000, null]);
		expect(await add("a".repeat(64), null)).toMatchObject({ ok: false, error: { kind: "already-exists" } });
		expect(await add("d".repeat(64), world.now)).toMatchObject({ ok: false, error: { kind: "invalid" } });
	});

	it("puts every act on record, refused ones too, and no hash", async () => {
		const { registry, name } = newRegistry();
		await registry.addTenant({ tenant: "t", name: "T", actor: OPERATOR });
		await registry.putOrigin({ ...GPU, name });
		await registry.putOrigin({ ...GPU, name, expected: 9 });
		await registry.addOperatorKey({
			sha256: "a".repeat(64),
			prefix: "op_ec_live_abcd",
			lastFour: "wxyz",
			name: "Ada",
			expiresAt: null,
			actor: OPERATOR,
		});
		await registry.removeTenant({ tenant: "t", actor: OPERATOR });
		const { items, next } = await registry.audit({ before: null, limit: 9 });
		expect(items.map(({ sequence, act, outcome }) => [sequence, act, outcome])).toEqual([
			[5, "tenant.remove", "done"],
			[4, "operator-key.create", "done"],
			[3, "origin.put", "refused"],
			[2, "origin.put", "done"],
			[1, "tenant.add", "done"],
		]);
		expect(next).toBeNull();
		expect(JSON.stringify(items)).not.toContain("a".repeat(64));
	});

	it("is at the last version of its schema, and keeps what it holds when it starts again", async () => {
		const { registry, stub } = newRegistry();
		await registry.addTenant({ tenant: "t", name: "T", actor: OPERATOR });
		await evictDurableObject(stub);
		expect((await registry.tenants({ after: null, limit: 1 })).items).toHaveLength(1);
		await runInDurableObject(stub, (_instance, { storage }) => {
			expect(schemaVersion(storage.sql, "registry")).toBe(REGISTRY_MIGRATIONS.length);
		});
	});
});
