import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { fakeCascade } from "../support/cascades.ts";
import { appWithTimes } from "./app-with-times.ts";
import { publishTenant, putRecord } from "./tenant.ts";

type Fields = Readonly<Record<string, unknown>>;

/** How a text is sent to each endpoint that a canary serves, and an origin that answers it there. */
const ENDPOINTS: Readonly<Record<string, { readonly origin: Fields; readonly body: (text: string) => Fields }>> = {
	"chat/completions": {
		origin: { model: "plain" },
		body: (text) => ({ stream: false, messages: [{ role: "user", content: text }] }),
	},
	responses: { origin: { model: "plain" }, body: (text) => ({ input: text }) },
	classifications: { origin: { model: "labeller" }, body: (text) => ({ input: text, labels: ["ham", "spam"] }) },
	moderations: { origin: { model: "moderation", shape: "moderations" }, body: (text) => ({ input: text }) },
};
const TEXTS = Array.from({ length: 40 }, (_, index) => `text ${index}`);

/** A tenant with revision 1, and revision 2 on canary for half of the requests. */
async function worldWith(origin: Fields, onCanary: Fields = {}) {
	const tenant = await publishTenant();
	const price = { inputUsdPerMillion: 2, outputUsdPerMillion: 0 };
	const policy = {
		version: 1,
		cascades: { cascade: fakeCascade({ origin }) },
		embeddings: { vectors: { adapter: "workers-ai", model: "@fake/embeddings", price } },
	};
	await putRecord(`tenant/${tenant.id}/policy`, {
		sequence: 7,
		revision: 1,
		publishedAt: 1_790_000_000,
		policy,
		canary: { revision: 2, share: 0.5, policy: { ...policy, ...onCanary } },
	});
	const { app, observations } = appWithTimes();
	/** Asks, and tells which revisions served the request's texts; records and headers must say the same. */
	return async (endpoint: string, fields: Fields, status = 200): Promise<readonly number[]> => {
		const before = observations.length;
		const request = new Request(`https://edge.example/v1/${endpoint}`, {
			method: "POST",
			headers: { authorization: `Bearer ${tenant.key}`, "x-cascade-route": "origin" },
			body: JSON.stringify({ model: "cascade", ...fields }),
		});
		const reply = await app.fetch(request, env, createExecutionContext());
		await reply.text();
		expect(reply.status, `${endpoint} ${JSON.stringify(fields)}`).toBe(status);
		const made = observations.slice(before);
		for (const { policyRevision, canary } of made) expect(canary).toBe(policyRevision === 2 ? true : undefined);
		const told = reply.headers.get("x-cascade-policy-revision");
		if (status === 200) expect(told).toBe(String(made[0]?.policyRevision));
		return made.map(({ policyRevision }) => policyRevision);
	};
}

describe.each(Object.entries(ENDPOINTS))("a canary on /v1/%s", (endpoint, { origin, body }) => {
	it("serves half of all texts, and the same text by the same revision each time", async () => {
		const ask = await worldWith(origin);
		const once: (number | undefined)[] = [];
		const again: (number | undefined)[] = [];
		for (const turn of [once, again]) for (const text of TEXTS) turn.push((await ask(endpoint, body(text)))[0]);
		expect(again).toEqual(once);
		const onCanary = once.filter((revision) => revision === 2).length;
		// 20 expected; four standard deviations either side.
		expect(onCanary).toBeGreaterThan(7);
		expect(onCanary).toBeLessThan(33);
	});
});

describe.each(["safety_identifier", "user", "prompt_cache_key"])("a request with %s", (field) => {
	it("is served by the same revision whatever it says, and on either endpoint for text", async () => {
		const ask = await worldWith({ model: "plain" });
		const served = new Set<number | undefined>();
		for (const who of TEXTS.slice(0, 12)) {
			const revisions = new Set<number | undefined>();
			for (const endpoint of ["chat/completions", "responses"]) {
				for (const text of ["one", "another"]) {
					const fields = { ...ENDPOINTS[endpoint]?.body(text), [field]: who };
					revisions.add((await ask(endpoint, fields))[0]);
				}
			}
			expect(revisions.size, who).toBe(1);
			for (const revision of revisions) served.add(revision);
		}
		expect(served).toEqual(new Set([1, 2]));
	});
});

describe.each(["classifications", "moderations"])("a batch of texts on /v1/%s", (endpoint) => {
	it("is served by one revision: its first text's", async () => {
		const { origin = {}, body = () => ({}) } = ENDPOINTS[endpoint] ?? {};
		const ask = await worldWith(origin);
		for (const text of TEXTS.slice(0, 8)) {
			const [alone] = await ask(endpoint, body(text));
			const batch = await ask(endpoint, { ...body(text), input: [text, ...TEXTS.slice(8, 12)] });
			expect(batch).toEqual(Array.from({ length: 5 }, () => alone));
		}
	});
});

describe("embeddings", () => {
	it("are on the current revision for everybody, since vectors of two models are not to be compared", async () => {
		const ask = await worldWith({ model: "plain" });
		for (const user of TEXTS.slice(0, 12)) {
			expect(await ask("embeddings", { model: "vectors", input: "a", user })).toEqual([1]);
		}
	});
});

describe("moderations of images", () => {
	it("are on a canary by what they show, since they hold no text", async () => {
		const ask = await worldWith({ model: "moderation", shape: "moderations" });
		const served = new Set<number | undefined>();
		for (const name of TEXTS) {
			const input = [{ type: "image_url", image_url: { url: `https://pictures.example/${encodeURIComponent(name)}` } }];
			served.add((await ask("moderations", { input }))[0]);
		}
		expect(served).toEqual(new Set([1, 2]));
	});
});

describe("a moderation that names no cascade", () => {
	it("is answered on the canary whose policy names one, and refused on the current revision that does not", async () => {
		const ask = await worldWith(
			{ model: "moderation", shape: "moderations" },
			{ defaults: { moderations: "cascade" } },
		);
		const named: (number | undefined)[] = [];
		for (const input of TEXTS.slice(0, 12)) named.push((await ask("moderations", { input }))[0]);
		expect(new Set(named)).toEqual(new Set([1, 2]));
		for (const [index, input] of TEXTS.slice(0, 12).entries()) {
			const onCanary = named[index] === 2;
			const unnamed = await ask("moderations", { input, model: undefined }, onCanary ? 200 : 400);
			expect(unnamed).toEqual(onCanary ? [2] : []);
		}
	});
});
