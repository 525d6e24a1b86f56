import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createKvKeyStore, sha256Hex } from "../../src/adapters/kv-key-store.ts";
import { createKvPolicyStore } from "../../src/adapters/kv-policy-store.ts";
import { createKvRecordCache } from "../../src/adapters/kv-record-cache.ts";
import { formatApiKey } from "../../src/core/api-key.ts";
import { fakeCascade } from "../support/cascades.ts";
import { handClock, observedKv } from "./records.ts";
import { putRecord } from "./tenant.ts";

const TIMES = { freshMs: 1_000, absentMs: 500, readMs: 1_000, lastGoodMs: 10_000 };
const UNAVAILABLE = { ok: false, error: { kind: "store-unavailable" } };

function policyStore() {
	const { kv, state } = observedKv();
	const { clock, advance } = handClock();
	const tenant = crypto.randomUUID();
	const { read } = createKvPolicyStore({ kv, clock, times: TIMES });
	return {
		state,
		advance,
		publish: (revision: number) =>
			putRecord(`tenant/${tenant}/policy`, {
				revision,
				publishedAt: 1,
				policy: { version: 1, cascades: { a: fakeCascade() } },
			}),
		remove: () => env.CONFIG.delete(`tenant/${tenant}/policy`),
		put: (text: string) => env.CONFIG.put(`tenant/${tenant}/policy`, text),
		/** The revision read, null for none, or the failure. */
		async revision() {
			const published = await read(tenant);
			return published.ok ? (published.value?.revision ?? null) : published;
		},
	};
}

describe("the policies in KV", () => {
	it("are read once while they are fresh, and again after it", async () => {
		const { publish, revision, advance, state } = policyStore();
		await publish(1);
		expect([await revision(), await revision()]).toEqual([1, 1]);
		expect(state.reads).toBe(1);
		await publish(2);
		advance(TIMES.freshMs - 1);
		expect(await revision()).toBe(1);
		advance(1);
		expect(await revision()).toBe(2);
		expect(state.reads).toBe(2);
	});

	it("never go back to an older revision", async () => {
		const { publish, revision, advance } = policyStore();
		for (const [published, expected] of [
			[2, 2],
			[1, 2],
			[3, 3],
			[2, 3],
		] as const) {
			await publish(published);
			expect(await revision()).toBe(expected);
			advance(TIMES.freshMs);
		}
	});

	it.each([
		["not JSON", "<html>"],
		["of a version to come", '{"version":2,"revision":9,"publishedAt":1,"policy":{}}'],
		[
			"a policy that would have been refused",
			'{"version":1,"revision":9,"publishedAt":1,"policy":{"version":1,"cascades":{}}}',
		],
		["without a revision", '{"version":1,"publishedAt":1,"policy":{}}'],
	])("serve the last good one while KV holds rubbish: %s", async (_what, text) => {
		const { publish, put, revision, advance } = policyStore();
		await publish(4);
		await revision();
		await put(text);
		advance(TIMES.freshMs);
		expect(await revision()).toBe(4);
		advance(TIMES.lastGoodMs);
		expect(await revision()).toEqual(UNAVAILABLE);
		await publish(5);
		expect(await revision()).toBe(5);
	});

	it("serve the last good one while KV fails, for a while", async () => {
		const { publish, revision, advance, state } = policyStore();
		await publish(4);
		await revision();
		state.failing = true;
		advance(TIMES.freshMs);
		expect(await revision()).toBe(4);
		advance(TIMES.lastGoodMs);
		expect(await revision()).toEqual(UNAVAILABLE);
	});

	it("serve the last good one where KV does not answer", async () => {
		const { publish, revision, advance, state } = policyStore();
		await publish(4);
		await revision();
		state.hanging = true;
		advance(TIMES.freshMs);
		expect(await revision()).toBe(4);
	});

	it("never go back to an older revision, even where one location had none in between", async () => {
		const { publish, put, remove, revision, advance } = policyStore();
		await publish(4);
		await revision();
		await remove();
		advance(TIMES.freshMs);
		expect(await revision()).toBeNull();
		await publish(3);
		advance(TIMES.absentMs);
		expect(await revision()).toBe(4);
		await put("{");
		advance(TIMES.freshMs);
		expect(await revision()).toBe(4);
	});

	it("are unavailable, not absent, where KV fails and nothing is known", async () => {
		const { revision, state, put } = policyStore();
		state.failing = true;
		expect(await revision()).toEqual(UNAVAILABLE);
		state.failing = false;
		await put("{}");
		expect(await revision()).toEqual(UNAVAILABLE);
	});

	it("are believed absent for a short while only", async () => {
		const { publish, revision, advance, state } = policyStore();
		expect([await revision(), await revision()]).toEqual([null, null]);
		expect(state.reads).toBe(1);
		await publish(1);
		advance(TIMES.absentMs);
		expect(await revision()).toBe(1);
	});
});

function keyStore(knownKeys: readonly string[] = []) {
	const { kv, state } = observedKv();
	const { clock, advance } = handClock();
	const { find } = createKvKeyStore({ kv, clock, knownKeys, times: TIMES });
	return { find, state, advance };
}

const newKey = () => formatApiKey(crypto.getRandomValues(new Uint8Array(32)));
const publishKey = async (key: string, fields: object = {}) =>
	putRecord(`key/${await sha256Hex(key)}`, { tenant: "t1", scopes: ["inference"], ...fields });

describe("records in KV", () => {
	it("are parsed once, and again only where they have changed, also after they were gone or stood behind a newer one", async () => {
		const { kv } = observedKv();
		const { clock, advance } = handClock();
		const name = crypto.randomUUID();
		let parsed = 0;
		const records = createKvRecordCache({
			kv,
			kind: "record",
			parse: (document) => ((parsed += 1), document as { readonly revision: number }),
			isOlder: (read, known) => read.revision < known.revision,
			clock,
			times: TIMES,
		});
		const steps = [
			{ text: '{"revision":2}', revision: 2, parses: 1 },
			{ text: '{"revision":2}', revision: 2, parses: 1 },
			{ text: '{"revision":2} ', revision: 2, parses: 2 },
			{ text: '{"revision":1}', revision: 2, parses: 3 },
			{ text: '{"revision":2} ', revision: 2, parses: 3 },
			{ text: null, revision: undefined, parses: 3 },
			{ text: '{"revision":2} ', revision: 2, parses: 3 },
			{ text: '{"revision":3}', revision: 3, parses: 4 },
		] as const;
		for (const { text, revision, parses } of steps) {
			await (text === null ? env.CONFIG.delete(name) : env.CONFIG.put(name, text));
			const read = await records.read(name);
			expect(read.ok && read.value?.revision).toBe(revision);
			expect(parsed).toBe(parses);
			advance(TIMES.freshMs);
		}
	});
});

describe("a read of KV that is slower than the one after it", () => {
	it("does not put back what was there before", async () => {
		const { clock, advance } = handClock();
		const texts: { readonly answer: (text: string) => void }[] = [];
		const records = createKvRecordCache({
			kv: { get: () => new Promise<string | null>((answer) => texts.push({ answer })) },
			kind: "record",
			parse: (document) => document as { readonly revision: number },
			clock,
			times: TIMES,
		});
		const first = records.read("name");
		texts[0]?.answer('{"revision":1}');
		await first;
		advance(TIMES.freshMs);
		const slow = records.read("name");
		advance(10);
		const quick = records.read("name");
		texts[2]?.answer('{"revision":2}');
		expect(await quick).toMatchObject({ value: { revision: 2 } });
		texts[1]?.answer('{"revision":1}');
		expect(await slow).toMatchObject({ value: { revision: 2 } });
		expect(await records.read("name")).toMatchObject({ value: { revision: 2 } });
	});
});

describe("the keys in KV", () => {
	it("are found under their hash, and one look-up serves many requests", async () => {
		const { find, state } = keyStore();
		const key = newKey();
		await publishKey(key);
		expect(await find(key)).toEqual({ ok: true, value: { tenant: "t1", scopes: ["inference"] } });
		await find(key);
		expect(state.reads).toBe(1);
		expect(await env.CONFIG.get(key)).toBeNull();
	});

	it.each([
		["empty", ""],
		["another product's", "sk-proj-abcdefghijklmnopqrstuvwxyz"],
		["too short", newKey().slice(0, -1)],
		["too long", `${newKey()}0`],
		["mistyped", newKey().replace(/.$/u, (last) => (last === "0" ? "1" : "0"))],
	])("cost no look-up where they cannot be keys: %s", async (_what, key) => {
		const { find, state } = keyStore();
		expect(await find(key)).toEqual({ ok: true, value: null });
		expect(state.reads).toBe(0);
	});

	it("that are unknown are refused, and asked for once a while", async () => {
		const { find, state, advance } = keyStore();
		const key = newKey();
		expect([await find(key), await find(key)]).toEqual([
			{ ok: true, value: null },
			{ ok: true, value: null },
		]);
		expect(state.reads).toBe(1);
		await publishKey(key);
		advance(TIMES.absentMs);
		expect(await find(key)).toMatchObject({ value: { tenant: "t1" } });
	});

	it("that are revoked are refused as soon as it is read", async () => {
		const { find, advance } = keyStore();
		const key = newKey();
		await publishKey(key);
		await find(key);
		await publishKey(key, { revokedAt: 1_790_000_000_000 });
		advance(TIMES.freshMs);
		expect(await find(key)).toEqual({ ok: true, value: null });
	});

	it.each(["not JSON", '{"version":1,"tenant":7,"scopes":[]}'])(
		"with a record that is rubbish are neither valid nor refused: %s",
		async (text) => {
			const { find } = keyStore();
			const key = newKey();
			await env.CONFIG.put(`key/${await sha256Hex(key)}`, text);
			expect(await find(key)).toEqual(UNAVAILABLE);
		},
	);

	it("of another shape are looked up where the composition knows them", async () => {
		const { find } = keyStore(["demo"]);
		await publishKey("demo");
		expect(await find("demo")).toMatchObject({ value: { tenant: "t1" } });
	});
});
