import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { createKvKeyStore, sha256Hex } from "../../../src/adapters/kv-key-store.ts";
import { formatApiKey } from "../../../src/core/api-key.ts";
import { keyRecordName } from "../../../src/core/published-records.ts";
import { createWorker, type WholeBindings } from "../whole-worker.ts";
import { handClock } from "../records.ts";
import { publishTenant } from "../tenant.ts";

const newKey = () => formatApiKey(crypto.getRandomValues(new Uint8Array(32)));

/** KV that lists what it is asked, and has these records; the real one would be asked over the network. */
function listingKv(records: ReadonlyMap<string, string> = new Map()) {
	const asked: string[] = [];
	const get = (async (name: string) => {
		asked.push(name);
		return records.get(name) ?? null;
	}) as KVNamespace["get"];
	return { asked, kv: { get } };
}

/** The Worker as production composes it, over that KV. */
function workerOver(kv: Pick<KVNamespace, "get">) {
	const worker = createWorker();
	const bindings = { ...(env as unknown as WholeBindings), CONFIG: kv as KVNamespace };
	return async (authorization: string) => {
		const request = new Request("https://edge.example/v1/chat/completions", {
			method: "POST",
			headers: { authorization },
			body: "{}",
		});
		const response = await worker.fetch(request, bindings, createExecutionContext());
		const text = await response.text();
		const headers = [...response.headers].filter(([name]) => name !== "x-request-id");
		return { status: response.status, shape: JSON.stringify([headers, text]) };
	};
}

/** As fast as a client with 50 connections sends them. */
async function sendAll(send: ReturnType<typeof workerOver>, keys: readonly string[]) {
	const answers: Awaited<ReturnType<typeof send>>[] = [];
	for (let at = 0; at < keys.length; at += 50)
		answers.push(...(await Promise.all(keys.slice(at, at + 50).map((key) => send(`Bearer ${key}`)))));
	return answers;
}

describe("2,000 wrong keys from one client", () => {
	it("are all refused in the same words, at no more than one read of KV each, by the hash of what was sent", async () => {
		const { asked, kv } = listingKv();
		const send = workerOver(kv);
		const keys = Array.from({ length: 2_000 }, newKey);
		const answers = await sendAll(send, keys);
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
		expect(new Set(answers.map(({ shape }) => shape)).size).toBe(1);
		expect(asked).toHaveLength(2_000);
		expect(asked.toSorted()).toEqual(
			(await Promise.all(keys.map(async (key) => keyRecordName(await sha256Hex(key))))).toSorted(),
		);
		expect(asked.join()).not.toContain("ec_live_");
		// Sent again, they cost no read: that a key is absent is remembered for ten seconds.
		await sendAll(send, keys.slice(-500));
		expect(asked).toHaveLength(2_000);
	}, 30_000);

	it("cost no read where they have not a key's form, and are refused in those very words", async () => {
		const { asked, kv } = listingKv();
		const send = workerOver(kv);
		const [wellFormed] = [await send(`Bearer ${newKey()}`)];
		asked.length = 0;
		const key = newKey();
		const others = [
			key.slice(0, -1),
			`${key}0`,
			`${key.slice(0, -1)}${key.endsWith("0") ? "1" : "0"}`,
			key.toUpperCase(),
			key.replace("ec_live_", "ec_test_"),
			"sk-proj-0123456789",
			"__proto__",
			"constructor",
			"x".repeat(256),
			"x".repeat(100_000),
			`${key},${key}`,
			...Array.from({ length: 200 }, (_, index) => `${key.slice(0, 20)}${index}`),
		];
		for (const other of others) expect(await send(`Bearer ${other}`)).toEqual(wellFormed);
		expect(asked).toEqual([]);
	});

	it("look no different from a key that was revoked, or has expired", async () => {
		const [revoked, expired] = [newKey(), newKey()];
		const record = async (key: string, fields: object): Promise<[string, string]> => [
			keyRecordName(await sha256Hex(key)),
			JSON.stringify({ version: 1, tenant: "acme", scopes: ["inference"], ...fields }),
		];
		const { kv } = listingKv(
			new Map([await record(revoked, { revokedAt: 1 }), await record(expired, { expiresAt: 1 })]),
		);
		const send = workerOver(kv);
		const absent = await send(`Bearer ${newKey()}`);
		expect(await send(`Bearer ${revoked}`)).toEqual(absent);
		expect(await send(`Bearer ${expired}`)).toEqual(absent);
	});

	it("leave a right key right", async () => {
		const tenant = await publishTenant();
		const hash = await sha256Hex(tenant.key);
		const { kv } = listingKv(new Map([[keyRecordName(hash), (await env.CONFIG.get(keyRecordName(hash))) ?? ""]]));
		const { clock } = handClock();
		const store = createKvKeyStore({ kv, clock });
		for (let guess = 0; guess < 2_500; guess++) await store.find(newKey());
		expect(await store.find(tenant.key)).toEqual({ ok: true, value: { tenant: tenant.id, scopes: ["inference"] } });
	});
});

describe("what an isolate remembers of keys that are not there", () => {
	it("is bounded: the one asked for longest ago is forgotten, and the last is known for ten seconds", async () => {
		const { asked, kv } = listingKv();
		const { clock, advance } = handClock();
		const store = createKvKeyStore({ kv, clock, bounds: { values: 1_000, weight: 1_000_000 } });
		const keys = Array.from({ length: 1_001 }, newKey);
		for (const key of keys) await store.find(key);
		expect(asked).toHaveLength(1_001);
		const [first = "", last = ""] = [keys[0], keys.at(-1)];
		await store.find(last);
		expect(asked).toHaveLength(1_001);
		await store.find(first);
		expect(asked).toHaveLength(1_002);
		advance(9_999);
		await store.find(last);
		expect(asked).toHaveLength(1_002);
		advance(1);
		await store.find(last);
		expect(asked).toHaveLength(1_003);
	});

	it("is as many as may be kept, so that guesses that are seen again are the only ones kept", async () => {
		const { asked, kv } = listingKv();
		const { clock } = handClock();
		const store = createKvKeyStore({ kv, clock, bounds: { values: 1_000, weight: 1_000_000 } });
		const keys = Array.from({ length: 3_000 }, newKey);
		for (const key of keys) await store.find(key);
		asked.length = 0;
		// From the newest back, so that asking forgets none that is still to be asked.
		for (const key of keys.toReversed()) await store.find(key);
		expect(keys.length - asked.length).toBe(1_000);
	});

	it("is as much as may be kept, where records are long", async () => {
		const { asked, kv } = listingKv();
		const { clock } = handClock();
		// A record that is not there weighs 200.
		const store = createKvKeyStore({ kv, clock, bounds: { values: 1_000, weight: 2_199 } });
		const keys = Array.from({ length: 30 }, newKey);
		for (const key of keys) await store.find(key);
		asked.length = 0;
		for (const key of keys.toReversed()) await store.find(key);
		expect(keys.length - asked.length).toBe(10);
	});
});
