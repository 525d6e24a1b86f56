import { inject } from "vitest";
import { beforeAll, describe, expect, it } from "vitest";
import { callsTo } from "../support/far-side.ts";
import { EVERY_ROUTE } from "../support/every-route.ts";
import { createIsolationWorld, everythingOf, type IsolatedTenant } from "./tenant-isolation-world.ts";

let world: Awaited<ReturnType<typeof createIsolationWorld>>;
let a: IsolatedTenant;
let b: IsolatedTenant;
/** The id that B's own request was given. */
let idOfB: string;

const MESSAGES = [{ role: "user", content: "Hello" }];

beforeAll(async () => {
	world = await createIsolationWorld();
	a = await world.addTenant("a");
	b = await world.addTenant("b");
	const reply = await world.ask(b.keys.inference.key, "/v1/chat/completions", { model: b.alias, messages: MESSAGES });
	expect(reply.status).toBe(200);
	idOfB = reply.headers.get("x-request-id") ?? "";
	await world.deliver();
}, 60_000);

/** What is sent to a path: a body that names this model. */
const BODIES: Readonly<Record<string, (model: string) => unknown>> = {
	"/v1/chat/completions": (model) => ({ model, messages: MESSAGES, user: "ada" }),
	"/v1/responses": (model) => ({ model, input: "Hello", user: "ada" }),
	"/v1/classifications": (model) => ({ model, input: "Hello", labels: ["spam", "ham"] }),
	"/v1/moderations": (model) => ({ model, input: "Hello" }),
	"/v1/embeddings": (model) => ({ model, input: "Hello" }),
	// To A, B's request is one that nobody knows.
	"/v1/feedback": (model) => ({
		request_id: model === b.alias ? idOfB : model.replace("own-n-", "req_"),
		correct: false,
	}),
	"/v1/models": () => undefined,
	"/v1/models/:id": () => undefined,
	"/healthz": () => undefined,
};

/** Whatever a client may send that names B or another request. */
const namingB = (): Readonly<Record<string, string>> => ({
	"x-request-id": idOfB,
	"x-client-request-id": idOfB,
	"x-tenant": b.tenant,
	"x-tenant-id": b.tenant,
	"openai-organization": b.tenant,
	"openai-project": b.alias,
	"x-cascade-route": "origin",
	"x-cascade-tenant": b.tenant,
	"x-cascade-revision": "1",
	"x-cascade-canary": "1",
	"x-cascade-stage": `last-${b.secret}`,
	"x-forwarded-host": b.tenant,
	cookie: `tenant=${b.tenant}`,
});

const send = ({ method, path }: { method: string; path: string }, model: string, key: string, headers = namingB()) => {
	const body = method === "GET" ? undefined : BODIES[path]?.(model);
	return world.fetch(
		new Request(`https://edge.example${path.replace(":id", encodeURIComponent(model))}?tenant=${b.tenant}`, {
			method,
			headers: { authorization: `Bearer ${key}`, ...headers },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		}),
	);
};

it("has a body for each path of the app, so that none is left out", () => {
	expect(new Set(EVERY_ROUTE.map(({ path }) => path))).toEqual(new Set(Object.keys(BODIES)));
});

describe.each(EVERY_ROUTE.map((route) => [`${route.method} ${route.path}`, route] as const))("%s", (_name, route) => {
	it("gives A nothing of B, spends nothing of B's, and tells nothing of B's models", async () => {
		const before = await everythingOf(b);
		const vectors = route.path === "/v1/embeddings";
		const ofB = vectors ? `vectors-${b.tenant}` : b.alias;
		const absent = `own-n-${crypto.randomUUID()}`;
		for (const { key } of Object.values(a.keys)) {
			const told = async (model: string) => {
				const response = await send(route, model, key);
				expect(response.headers.get("x-request-id")).not.toBe(idOfB);
				const text = await response.text();
				const headers = [...response.headers].filter(([name]) => name !== "x-request-id");
				expect(JSON.stringify([headers, text])).not.toContain(b.secret);
				return JSON.stringify([response.status, headers, text])
					.replaceAll(/req_[0-9a-f-]{36}/gu, "…")
					.replaceAll(model.slice(0, 64), "…")
					.replaceAll(model, "…");
			};
			expect(withoutTail(await told(ofB))).toBe(withoutTail(await told(absent)));
			await told(vectors ? "shared-vectors" : "shared");
		}
		expect(await everythingOf(b)).toEqual(before);
	}, 30_000);
});

/** A path that is not found is shown in the message. */
function withoutTail(text: string): string {
	return text.replaceAll(/\/v1\/models\/\S+/gu, "…");
}

describe("a request of A's", () => {
	it("that names B's cascade's namesake is answered by A's own, with A's and B's requests side by side", async () => {
		const asked = Array.from({ length: 30 }, async (_, index) => {
			const [own, other] = index % 2 === 0 ? [a, b] : [b, a];
			const headers = { "x-cascade-route": index % 3 === 0 ? "origin" : "auto" };
			const body = { model: "shared", messages: MESSAGES, stream: index % 5 === 0 };
			const response = await world.ask(own.keys.inference.key, "/v1/chat/completions", body, headers);
			const seen = JSON.stringify([...response.headers]) + (await response.text());
			expect(response.status, seen).toBe(200);
			expect(seen).toContain(own.secret);
			expect(seen).not.toContain(other.secret);
		});
		await Promise.all(asked);
	}, 30_000);

	it("is counted by an id of our own, so that no id that is sent hides it from A's usage or B's", async () => {
		await world.deliver();
		const usageOf = async ({ tenant }: IsolatedTenant) => {
			const query = `from=${new Date(Date.now() - 86_400_000).toISOString()}&to=${new Date(Date.now() + 3_600_000).toISOString()}`;
			const { rows } = await world.asOperator("GET", `/tenants/${tenant}/usage?${query.replaceAll("+", "%2B")}`);
			return (rows as { requests: number }[]).reduce((sum, { requests }) => sum + requests, 0);
		};
		const before = [await usageOf(a), await usageOf(b)] as const;
		const callsBefore = (await callsTo(inject("fakeOriginUrl"), a.secret)).length;
		const ids = new Set<string>();
		for (const id of [idOfB, idOfB, idOfB.replace("req_", ""), ""]) {
			const headers = { "x-request-id": id, "x-cascade-route": "origin" };
			const body = { model: "shared", messages: MESSAGES, metadata: { request_id: id }, id };
			const reply = await world.ask(a.keys.inference.key, "/v1/chat/completions", body, headers);
			expect(reply.status).toBe(200);
			ids.add(reply.headers.get("x-request-id") ?? "");
		}
		expect(ids.size).toBe(4);
		expect(ids).not.toContain(idOfB);
		const calls = (await callsTo(inject("fakeOriginUrl"), a.secret)).slice(callsBefore);
		expect(new Set(calls.map(({ headers }) => headers["x-request-id"]))).toEqual(ids);
		await world.deliver();
		expect([await usageOf(a), await usageOf(b)]).toEqual([before[0] + 4, before[1]]);
	}, 30_000);

	it("counts against A's rate tier alone", async () => {
		world.counted.length = 0;
		await world.ask(a.keys.inference.key, "/v1/chat/completions", { model: "shared", messages: MESSAGES }, namingB());
		expect(new Set(world.counted)).toEqual(new Set([a.tenant]));
	});

	it("is of A's canary's share alone, whichever of B's users it names", async () => {
		const before = await everythingOf(b);
		for (const user of ["ada", "bob", "cy", "dee"])
			await world.ask(a.keys.inference.key, "/v1/chat/completions", {
				model: "shared",
				messages: MESSAGES,
				user,
				safety_identifier: user,
				prompt_cache_key: user,
			});
		expect(await everythingOf(b)).toEqual(before);
	});
});

describe("a tenant whose budget is spent", () => {
	it("is refused, while others are served", async () => {
		const poor = await world.addTenant("poor", { budget: { usdPerDay: 0 } });
		const ask = ({ keys }: IsolatedTenant) =>
			world.ask(keys.inference.key, "/v1/chat/completions", { model: "shared", messages: MESSAGES }, namingB());
		const before = await everythingOf(b);
		const refused = await ask(poor);
		expect([refused.status, await refused.json()]).toMatchObject([429, { error: { code: "insufficient_quota" } }]);
		expect((await ask(a)).status).toBe(200);
		expect(await everythingOf(b)).toEqual(before);
	}, 30_000);
});
