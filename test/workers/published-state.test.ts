import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createKvKeyStore, sha256Hex } from "../../src/adapters/kv-key-store.ts";
import { createKvPolicyStore } from "../../src/adapters/kv-policy-store.ts";
import { formatApiKey } from "../../src/core/api-key.ts";
import { fakeCascade } from "../support/cascades.ts";
import { appWithTimes } from "./app-with-times.ts";
import { handClock, observedKv } from "./records.ts";
import { publishTenant, putRecord } from "./tenant.ts";

const policyOf = (model: string) => ({ version: 1, cascades: { cascade: fakeCascade({ origin: { model } }) } });

/** A tenant with a policy of its own at revision 1, and what its ledger has published beside it. */
async function publishedWith(fields: Readonly<Record<string, unknown>>) {
	const tenant = await publishTenant();
	await putRecord(`tenant/${tenant.id}/policy`, {
		sequence: 7,
		revision: 1,
		publishedAt: 1_790_000_000,
		policy: policyOf("plain"),
		...fields,
	});
	return tenant;
}

describe("a suspended tenant", () => {
	it("is refused on every route for inference, and told that it is suspended", async () => {
		const tenant = await publishedWith({ suspended: true });
		const { app } = appWithTimes();
		const requests = [
			["POST", "/v1/chat/completions"],
			["POST", "/v1/responses"],
			["POST", "/v1/classifications"],
			["POST", "/v1/moderations"],
			["POST", "/v1/embeddings"],
			["GET", "/v1/models"],
		] as const;
		for (const [method, path] of requests) {
			const reply = await app.fetch(
				new Request(`https://edge.example${path}`, { method, headers: { authorization: `Bearer ${tenant.key}` } }),
				env,
			);
			expect(reply.status, path).toBe(403);
			expect(await reply.json()).toMatchObject({ error: { code: "tenant_suspended" } });
		}
		expect(await tenant.originCalls()).toEqual([]);
	});
});

describe("a canary", () => {
	const canary = { revision: 2, share: 0.3, policy: policyOf("plain~canary") };
	const USERS = Array.from({ length: 120 }, (_, index) => `user-${index}`);

	it("serves its share of users, each always by the same revision, which the observations name", async () => {
		const tenant = await publishedWith({ canary });
		const { ask, observations } = appWithTimes();
		const revisions = new Map<string, Set<number>>();
		for (const turn of [1, 2]) {
			for (const user of USERS) {
				const content = `turn ${turn}`;
				const reply = await ask(tenant, { user, stream: false, messages: [{ role: "user", content }] });
				expect(reply.status).toBe(200);
				await reply.body?.cancel();
				const revision = observations.at(-1)?.policyRevision ?? 0;
				revisions.set(user, new Set([...(revisions.get(user) ?? []), revision]));
			}
		}
		const onCanary = [...revisions.values()].filter((seen) => seen.has(2));
		expect([...revisions.values()].every((seen) => seen.size === 1)).toBe(true);
		// 36 of 120 expected; five standard deviations either side.
		expect(onCanary.length).toBeGreaterThan(11);
		expect(onCanary.length).toBeLessThan(61);
	});

	it("keeps a conversation without a user on one side by how it began", async () => {
		const tenant = await publishedWith({ canary: { ...canary, share: 0.5 } });
		const { ask, observations } = appWithTimes();
		for (const opening of Array.from({ length: 12 }, (_, index) => `question ${index}`)) {
			const first = [{ role: "user", content: opening }];
			const later = [...first, { role: "assistant", content: "answer" }, { role: "user", content: "and then?" }];
			for (const messages of [first, later]) await (await ask(tenant, { stream: false, messages })).body?.cancel();
			const [before, after] = observations.slice(-2).map(({ policyRevision }) => policyRevision);
			expect(before).toBe(after);
		}
	});

	it("that cannot be read takes nobody down", async () => {
		const tenant = await publishedWith({ canary: { ...canary, policy: { version: 9 } } });
		const { ask, observations } = appWithTimes();
		for (const user of USERS.slice(0, 20)) expect((await ask(tenant, { user, stream: false })).status).toBe(200);
		expect(new Set(observations.map(({ policyRevision }) => policyRevision))).toEqual(new Set([1]));
	});
});

describe("a publication", () => {
	it("is newer by its sequence, also where the revision stays", async () => {
		const { kv } = observedKv();
		const { clock, advance } = handClock();
		const times = { freshMs: 1_000, absentMs: 500, readMs: 1_000, lastGoodMs: 10_000 };
		const { read } = createKvPolicyStore({ kv, clock, times });
		const tenant = crypto.randomUUID();
		const publish = (sequence: number, suspended: boolean) =>
			putRecord(`tenant/${tenant}/policy`, {
				sequence,
				revision: 4,
				publishedAt: 1,
				suspended,
				policy: policyOf("plain"),
			});
		for (const [sequence, suspended, expected] of [
			[5, false, false],
			[6, true, true],
			// An older copy, from a location that has not converged.
			[5, false, true],
			[7, false, false],
		] as const) {
			await publish(sequence, suspended);
			expect(await read(tenant)).toMatchObject({ ok: true, value: { revision: 4, suspended: expected } });
			advance(times.freshMs);
		}
	});
});

describe("a tenant that moves into a ledger", () => {
	it("is served as the ledger publishes it, although revisions written by hand were times in seconds", async () => {
		const { kv } = observedKv();
		const { clock, advance } = handClock();
		const times = { freshMs: 1_000, absentMs: 500, readMs: 1_000, lastGoodMs: 10_000 };
		const { read } = createKvPolicyStore({ kv, clock, times });
		const tenant = crypto.randomUUID();
		const record = { publishedAt: 1, policy: policyOf("plain") };
		await putRecord(`tenant/${tenant}/policy`, { ...record, revision: 1_790_000_000 });
		expect(await read(tenant)).toMatchObject({ value: { revision: 1_790_000_000 } });
		await putRecord(`tenant/${tenant}/policy`, { ...record, sequence: 1, revision: 1 });
		advance(times.freshMs);
		expect(await read(tenant)).toMatchObject({ value: { revision: 1 } });
	});
});

describe("a key", () => {
	it("is refused from the moment it expires", async () => {
		const { kv } = observedKv();
		const { clock, advance } = handClock();
		const { find } = createKvKeyStore({ kv, clock });
		const key = formatApiKey(crypto.getRandomValues(new Uint8Array(32)));
		const expiresAt = clock.now() + 1_000;
		await putRecord(`key/${await sha256Hex(key)}`, { tenant: "acme", scopes: ["inference"], expiresAt });
		advance(999);
		expect(await find(key)).toMatchObject({ ok: true, value: { tenant: "acme" } });
		advance(1);
		expect(await find(key)).toEqual({ ok: true, value: null });
	});
});
