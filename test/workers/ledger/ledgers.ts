import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { fakeCascade } from "../../support/cascades.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Actor, ExportPage, ExportPlace, TenantLedgerPort } from "../../../src/core/ledger/ledger-ports.ts";
import type { Result } from "../../../src/core/result.ts";
import { keyRecordName, policyRecordName } from "../../../src/core/published-records.ts";
import { ledgerRuntime, type RecordWriter } from "../../../src/ledger/ledger-runtime.ts";
import { TenantLedger } from "../../../src/ledger/tenant-ledger.ts";

export const OPERATOR: Actor = { kind: "operator-key", name: "opkey_1" };
export const ADMIN: Actor = { kind: "tenant-key", name: "key_admin" };

/** Far in the future, so that the runtime never fires an alarm by itself: tests do. */
const START = Date.UTC(2100, 0, 1);

/**
 * What KV does with the next writes. `lost`: the value lands, but the ledger hears of a failure; `hangs`: never answers
 * and never writes; `slow`: does both once it is released.
 */
export type KvBehaviour = "works" | "fails" | "lost" | "hangs" | "slow";

/** A tenant's ledger of one test, with the clock and the KV that all ledgers of the file have. */
export interface TestLedger {
	readonly tenant: string;
	readonly stub: DurableObjectStub<TenantLedger>;
	readonly ledger: TenantLedgerPort;
}

let currentWorld = { now: START };

/** The world around the ledgers of a file: call in `beforeEach`, since instances keep what they were made with. */
export function ledgerWorld() {
	const world = {
		now: START,
		random: 0.5,
		kv: "works" as KvBehaviour,
		/** Every call to KV, in order. */
		writes: [] as { readonly key: string; readonly value: string | null; readonly at: number }[],
		faults: [] as { readonly fault: string; readonly [fact: string]: unknown }[],
		/** Slow calls go on once this is true. */
		released: false,
	};
	currentWorld = world;
	const call = async (key: string, value: string | null): Promise<void> => {
		const { kv } = world;
		world.writes.push({ key, value, at: world.now });
		if (kv === "fails") throw new Error("KV PUT failed: 429 Too Many Requests");
		if (kv === "hangs") await new Promise(() => {});
		while (kv === "slow" && !world.released) await scheduler.wait(5);
		if (value === null) await env.CONFIG.delete(key);
		else await env.CONFIG.put(key, value);
		if (kv === "lost") throw new Error("Network connection lost.");
	};
	const records = {
		put: (key: string, value: string) => call(key, value),
		delete: (key: string) => call(key, null),
	} as RecordWriter;
	TenantLedger.runtime = {
		...ledgerRuntime,
		now: () => world.now,
		random: () => world.random,
		records: () => records,
		publishWaitMs: 50,
		logFault: (fault, facts) => world.faults.push({ fault, ...facts }),
	};
	return world;
}

/** A ledger at a name of its own; no tenant has been created in it. */
export function newLedger(tenant = `t-${crypto.randomUUID()}`): TestLedger {
	const stub = env.TENANT_LEDGER.getByName(tenant);
	return { tenant, stub, ledger: stub as unknown as TenantLedgerPort };
}

/** A ledger with a tenant, and with so many revisions of its policy, the last of which KV holds. */
export async function tenantLedger(revisions = 0): Promise<TestLedger> {
	const made = newLedger();
	valueOf(await made.ledger.create({ tenant: made.tenant, name: "Example", actor: OPERATOR }));
	for (let revision = 1; revision <= revisions; revision++) {
		// KV is given a second before each write of the same record.
		currentWorld.now += 1_000;
		valueOf(await put(made, revision));
	}
	return made;
}

/** A valid policy of which only the threshold says which one it is. */
export function policyNumber(number: number): JsonObject {
	return { version: 1, cascades: { chat: fakeCascade({ edge: { threshold: number / 1000 } }) } };
}

/** Puts `policyNumber(revision)`, which becomes this revision where it is the next. */
export async function put({ ledger }: TestLedger, revision: number) {
	return ledger.putPolicy({
		document: policyNumber(revision),
		expected: revision === 1 ? null : revision - 1,
		reason: `revision ${revision}`,
		cause: "put",
		actor: ADMIN,
	});
}

/** What a key looks like to a ledger. */
export function newKey(fields: Partial<Parameters<TenantLedgerPort["addKey"]>[0]> = {}) {
	const sha256 = (crypto.randomUUID() + crypto.randomUUID()).replaceAll("-", "");
	return {
		sha256,
		prefix: "ec_live_abcd",
		lastFour: "wxyz",
		name: "chat",
		scopes: ["inference"] as const,
		expiresAt: null,
		actor: ADMIN,
		...fields,
	};
}

export function valueOf<Value>(result: Result<Value, unknown>): Value {
	if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
	return result.value;
}

/** The whole export of a ledger, all its pages. */
export async function exported(ledger: TenantLedgerPort): Promise<JsonObject> {
	let text = "";
	let place: ExportPlace | null = null;
	do {
		const page: ExportPage = valueOf(await ledger.export(place));
		text += page.text;
		place = page.next;
	} while (place !== null);
	return JSON.parse(text) as JsonObject;
}

/** Takes the instance away in the middle of whatever it does; the next call is served by a new one. */
export async function kill({ tenant, stub }: TestLedger): Promise<TestLedger> {
	// There may be none at the moment.
	await evictDurableObject(stub).catch(() => {});
	return newLedger(tenant);
}

/** Lets time pass and alarms ring until KV holds everything; returns how many rang. */
export async function converge(world: { now: number }, { ledger, stub }: TestLedger): Promise<number> {
	for (let rung = 0; rung < 50; rung++) {
		if ((await ledger.publication()).pending === 0) return rung;
		world.now += 61_000;
		if (!(await runDurableObjectAlarm(stub))) throw new Error("records are queued, and no alarm is set");
	}
	throw new Error("KV does not converge");
}

/** When the ledger's alarm rings; null: it is not set. */
export async function alarmOf({ stub }: TestLedger): Promise<number | null> {
	return runInDurableObject(stub, (_instance, state) => state.storage.getAlarm());
}

/** What KV holds of a tenant's policy, or of a key; null where it holds nothing. */
export async function publishedPolicy({ tenant }: TestLedger): Promise<JsonObject | null> {
	return env.CONFIG.get<JsonObject>(policyRecordName(tenant), "json");
}
export async function publishedKey(sha256: string): Promise<JsonObject | null> {
	return env.CONFIG.get<JsonObject>(keyRecordName(sha256), "json");
}
