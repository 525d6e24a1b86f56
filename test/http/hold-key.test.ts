import { describe, expect, it } from "vitest";
import type { ReplayClaim, ReplayRequest } from "../../src/core/ledger/replay-ports.ts";
import { err, ok } from "../../src/core/result.ts";
import { createApp } from "../../src/http/app.ts";
import { STREAM_TIMES, type AppPorts } from "../../src/http/app-ports.ts";
import { exampleCascade, FULL_MODEL } from "../core/examples.ts";
import { failing, FakeClock, fakeStage, sure, type Behaviour } from "../cascade/fakes.ts";
import { noBudget } from "../support/no-budget.ts";

const CHAT = { model: "chat", messages: [{ role: "user", content: "Is this spam?" }] };

/** The product's routes for a tenant, with replays that say what they are told to, and what these were asked and told. */
function routes({
	hours = 1 as number | null,
	claim = undefined as ReplayClaim | undefined,
	hasReplays = true,
	behaviour = sure(0.99) as Behaviour,
	suspended = false,
	isAdmitted = true,
} = {}) {
	const clock = new FakeClock();
	const claims: ReplayRequest[] = [];
	const told: unknown[] = [];
	const stage = fakeStage(clock, behaviour, FULL_MODEL);
	const cascade = exampleCascade({
		timeoutMs: 20_000,
		allowRouteHeader: true,
		...(hours === null ? {} : { retainText: { hours } }),
	});
	const policy = {
		version: 1 as const,
		cascades: { chat: cascade },
		embeddings: {},
		defaults: { moderations: "chat" },
		limits: { maxBodyBytes: 10_000, maxOutputTokens: 100, rateTier: "standard" },
	};
	const record = {
		renew: () => {},
		finish: (answer: unknown) => void told.push(answer),
		release: () => void told.push("release"),
	};
	const replays: Pick<AppPorts, "replays"> = {
		replays: {
			async claim(request) {
				claims.push(request);
				return claim ?? { kind: "granted", record };
			},
		},
	};
	const app = createApp<object>(
		() => ({
			keys: { find: async (key) => ok(key === "unknown" ? null : { tenant: "acme", scopes: ["inference"] }) },
			policies: {
				read: async () => ok({ revision: 1, sequence: 1, publishedAt: 1, suspended, canary: null, policy }),
			},
			rateLimiter: { admits: async () => isAdmitted },
			resolveStage: async () => ok(stage),
			embed: async () => err({ kind: "unreachable" }),
			spendingOf: noBudget,
			recordFeedback: async () => err("no-tenant"),
			observations: { record() {} },
			clock,
			times: STREAM_TIMES,
			...(hasReplays ? replays : {}),
		}),
		() => {},
	);
	const send = async (
		body: unknown = CHAT,
		headers: Readonly<Record<string, string>> = { "idempotency-key": "k" },
		path = "/v1/chat/completions",
	) => {
		const raw = new Request(`https://edge.example${path}`, {
			method: "POST",
			headers: { authorization: "Bearer key", ...headers },
			body: typeof body === "string" ? body : JSON.stringify(body),
		});
		const response = await clock.until(Promise.resolve(app.fetch(raw, {})));
		const text = await response.text();
		return { status: response.status, headers: response.headers, text };
	};
	return { send, claims, told, stage };
}

const errorOf = ({ status, text }: { status: number; text: string }) => {
	const { error } = JSON.parse(text) as { error: { code: string; param: string | null; message: string } };
	return { status, code: error.code, param: error.param };
};

describe("a request without an idempotency key", () => {
	it.each([[1], [null]])("claims nothing, whatever the policy keeps (%s hours)", async (hours) => {
		const { send, claims, told } = routes({ hours });
		expect((await send(CHAT, {})).status).toBe(200);
		expect([claims, told]).toEqual([[], []]);
	});
});

describe("an idempotency key", () => {
	it.each([["a"], ["!~"], ['"quoted"'], ["x".repeat(255)]])("may be %s", async (key) => {
		const { send, claims } = routes();
		expect((await send(CHAT, { "idempotency-key": key })).status).toBe(200);
		expect(claims.map(({ idempotencyKey }) => idempotencyKey)).toEqual([key]);
	});

	it.each([[""], ["a b"], ["a, b"], ["a\tb"], ["ä"], ["x".repeat(256)]])("may not be '%s'", async (key) => {
		const { send, claims, stage } = routes();
		const expected = { status: 400, code: "invalid_request", param: "Idempotency-Key" };
		expect(errorOf(await send(CHAT, { "idempotency-key": key }))).toEqual(expected);
		expect([claims, stage.calls]).toEqual([[], []]);
	});

	it("is refused by name where the cascade keeps no text, and the message says what to change", async () => {
		const { send, claims, stage } = routes({ hours: null });
		const reply = await send();
		expect(errorOf(reply)).toEqual({ status: 400, code: "idempotency_unavailable", param: "Idempotency-Key" });
		expect(reply.text).toMatch(/keeps no text.*retainText/u);
		expect([claims, stage.calls]).toEqual([[], []]);
	});

	it("is refused by name for embeddings, of which nothing is kept", async () => {
		const reply = await routes().send({ model: "e", input: "a" }, { "idempotency-key": "k" }, "/v1/embeddings");
		expect(errorOf(reply)).toEqual({ status: 400, code: "idempotency_unavailable", param: "Idempotency-Key" });
	});

	it("is no client's to try again where the deployment has no place for answers", async () => {
		const { send, stage } = routes({ hasReplays: false });
		const reply = await send();
		expect(errorOf(reply)).toMatchObject({ status: 503, code: "idempotency_not_configured" });
		expect(reply.headers.get("x-should-retry")).toBe("false");
		expect(stage.calls).toEqual([]);
	});

	it.each([
		[{ kind: "in-progress" } as const, 409, "idempotency_in_progress", { "retry-after": "1" }],
		[{ kind: "reused" } as const, 422, "idempotency_key_reused", { "x-should-retry": "false" }],
		[
			{ kind: "not-kept", requestId: "req_0" } as const,
			409,
			"idempotency_answer_not_kept",
			{ "x-should-retry": "false" },
		],
		[{ kind: "unavailable" } as const, 503, "idempotency_record_unavailable", { "retry-after": "2" }],
	])("whose claim comes to %o asks no model", async (claim, status, code, headers) => {
		const { send, told, stage } = routes({ claim });
		const reply = await send();
		expect(errorOf(reply)).toEqual({ status, code, param: "Idempotency-Key" });
		expect(Object.fromEntries(reply.headers)).toMatchObject(headers);
		expect(Object.keys(headers).some((name) => name === "retry-after")).toBe(reply.headers.has("retry-after"));
		expect([told, stage.calls]).toEqual([[], []]);
	});

	it("that has an answer gives it, under an id of the repeat's own, and asks no model", async () => {
		const kept = { "content-type": "application/json", "x-cascade-stage": "edge", "server-timing": "edge;dur=1" };
		const answer = { status: 201, headers: kept, body: new TextEncoder().encode('{"a":1}').buffer };
		const { send, told, stage } = routes({ claim: { kind: "replay", requestId: "req_0", answer } });
		const reply = await send();
		expect([reply.status, reply.text]).toEqual([201, '{"a":1}']);
		expect(Object.fromEntries(reply.headers)).toMatchObject({
			...kept,
			"cache-control": "no-store",
			"x-cascade-replayed": "true",
			"x-cascade-replayed-request": "req_0",
			"x-request-id": expect.stringMatching(/^req_[0-9a-f-]{36}$/u),
		});
		expect([told, stage.calls]).toEqual([[], []]);
	});
});

describe("what is claimed", () => {
	it("is the tenant's, under the credential of the request, for the cascade's time and half a minute", async () => {
		const { send, claims } = routes();
		const { headers } = await send(CHAT, { "idempotency-key": "k", authorization: "bearer   other-key" });
		expect(claims).toMatchObject([{ tenant: "acme", apiKey: "other-key", idempotencyKey: "k", leaseMs: 50_000 }]);
		expect(claims[0]?.requestId).toBe(headers.get("x-request-id"));
	});

	it.each([
		[1, 1],
		[23, 23],
		[24, 24],
		[25, 24],
		[720, 24],
	])("is kept, where text may be kept for %i hours, for %i", async (hours, kept) => {
		const { send, claims } = routes({ hours });
		await send();
		expect(claims.map(({ keepMs }) => keepMs)).toEqual([kept * 3_600_000]);
	});

	it("is one thing however its JSON is spaced, and another with the route, the path, or any field", async () => {
		const { send, claims } = routes();
		const header = { "idempotency-key": "k" };
		await send();
		await send(JSON.stringify(CHAT, null, 2));
		await send(CHAT, { ...header, "x-cascade-route": "auto" });
		const [first, ...same] = claims.map(({ asked }) => asked);
		expect(same).toEqual([first, first]);
		claims.length = 0;
		await send({ ...CHAT, temperature: 0 });
		await send({ ...CHAT, unknown_to_us: 1 });
		await send({ ...CHAT, unknown_to_us: "1" });
		await send({ ...CHAT, stream: true });
		await send(CHAT, { ...header, "x-cascade-route": "origin" });
		await send({ model: "chat", input: "Is this spam?" }, header, "/v1/responses");
		await send({ model: "chat", input: "Is this spam?" }, header, "/v1/moderations");
		expect(claims).toHaveLength(7);
		expect(new Set([first, ...claims.map(({ asked }) => asked)]).size).toBe(8);
	});

	it("is nothing before the request is one that may be asked", async () => {
		const { send, claims } = routes();
		const header = { "idempotency-key": "k" };
		expect((await send(CHAT, { ...header, authorization: "Bearer unknown" })).status).toBe(401);
		expect((await send("{", header)).status).toBe(400);
		expect((await send({ ...CHAT, model: "none" }, header)).status).toBe(404);
		const suspended = routes({ suspended: true });
		expect((await suspended.send()).status).toBe(403);
		const limited = routes({ isAdmitted: false });
		expect((await limited.send()).status).toBe(429);
		expect([claims, suspended.claims, limited.claims]).toEqual([[], [], []]);
	});
});

describe("the key of a request that runs", () => {
	it.each([[false], [true]])("keeps the answer that went out (stream: %s)", async (stream) => {
		const { send, told } = routes();
		const reply = await send({ ...CHAT, stream });
		expect(reply.status).toBe(200);
		expect(told).toHaveLength(1);
		const [answer] = told as { status: number; headers: Record<string, string>; body: ArrayBuffer }[];
		expect(new TextDecoder().decode(answer?.body)).toBe(reply.text);
		const { "x-request-id": _id, ...headers } = Object.fromEntries(reply.headers);
		expect([answer?.status, answer?.headers]).toEqual([200, headers]);
		expect(headers).toMatchObject({ "x-cascade-policy-revision": "1", "x-cascade-stage": expect.any(String) });
	});

	it.each([[false], [true]])("is given back where no stage could answer (stream: %s)", async (stream) => {
		const { send, told } = routes({ behaviour: failing({ kind: "unreachable" }) });
		expect((await send({ ...CHAT, stream })).status).toBe(503);
		expect(told).toEqual(["release"]);
	});

	it.each([
		["/v1/chat/completions", CHAT],
		["/v1/classifications", { model: "chat", input: "a", labels: ["spam", "ham"] }],
	])("is given back where something is wrong on our side (%s)", async (path, body) => {
		const { send, told } = routes({
			behaviour: () => {
				throw new Error("a bug");
			},
		});
		expect((await send(body, { "idempotency-key": "k" }, path)).status).toBe(500);
		expect(told).toEqual(["release"]);
	});
});
