import { env, exports } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sha256Hex } from "../../src/adapters/kv-key-store.ts";
import { formatApiKey } from "../../src/core/api-key.ts";
import { createWorker, type WholeBindings } from "./whole-worker.ts";
import { MESSAGES, send } from "./ask.ts";
import { publishTenant, putRecord, type TestTenant } from "./tenant.ts";

const KEPT = { retainText: { hours: 1 } };
const BY_ORIGIN = { "x-cascade-route": "origin" };

afterEach(() => {
	vi.restoreAllMocks();
});

interface Heard {
	readonly status: number;
	readonly headers: Headers;
	readonly text: string;
}

const heard = async (response: Response): Promise<Heard> => ({
	status: response.status,
	headers: response.headers,
	text: await response.text(),
});

const ask = async (tenant: Pick<TestTenant, "key">, key: string, fields = {}, headers = {}): Promise<Heard> =>
	heard(await send(tenant as TestTenant, fields, { ...BY_ORIGIN, "idempotency-key": key, ...headers }));

/** Asks until the key's answer is in its record, which is a moment after it is with its client. */
async function repeated(again: () => Promise<Heard>): Promise<Heard> {
	return vi.waitUntil(
		async () => {
			const reply = await again();
			return reply.status === 409 && codeOf(reply) === "idempotency_in_progress" ? false : reply;
		},
		{ timeout: 10_000, interval: 20 },
	);
}

const codeOf = ({ text }: Heard) => (JSON.parse(text) as { error: { code: string } }).error.code;

/** The headers of an answer that a repeat has too. */
const shared = ({ headers }: Heard) =>
	[...headers].filter(([name]) => !["x-request-id", "x-cascade-replayed", "x-cascade-replayed-request"].includes(name));

describe("a repeated request with an idempotency key", () => {
	it("has the answer of the first, and neither a model nor the money is asked again", async () => {
		const lines: string[] = [];
		vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
		const tenant = await publishTenant(KEPT);
		const first = await ask(tenant, "k");
		const again = await repeated(() => ask(tenant, "k"));
		expect([again.status, again.text]).toEqual([200, first.text]);
		expect(shared(again)).toEqual(shared(first));
		const [firstId, itsId] = [first, again].map(({ headers }) => headers.get("x-request-id"));
		expect(itsId).toMatch(/^req_/u);
		expect(itsId).not.toBe(firstId);
		expect(again.headers.get("x-cascade-replayed")).toBe("true");
		expect(again.headers.get("x-cascade-replayed-request")).toBe(firstId);
		expect(first.headers.get("x-cascade-replayed")).toBeNull();
		expect(await tenant.originCalls()).toHaveLength(1);
		const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
		expect(events.filter(({ event }) => event === "request")).toHaveLength(1);
		expect(events.filter(({ event }) => event === "replayed")).toEqual([
			{ event: "replayed", tenant: tenant.id, requestId: itsId, replayedRequest: firstId },
		]);
	});

	it("runs once, of twenty at once; the others wait or have its answer", async () => {
		const tenant = await publishTenant(KEPT);
		const replies = await Promise.all(Array.from({ length: 20 }, () => ask(tenant, "k")));
		expect(await tenant.originCalls()).toHaveLength(1);
		const ran = replies.filter(({ status, headers }) => status === 200 && !headers.has("x-cascade-replayed"));
		expect(ran).toHaveLength(1);
		for (const reply of replies.filter(({ status }) => status !== 200)) {
			expect([reply.status, codeOf(reply), reply.headers.get("retry-after")]).toEqual([
				409,
				"idempotency_in_progress",
				"1",
			]);
		}
		expect((await repeated(() => ask(tenant, "k"))).text).toBe(ran[0]?.text);
	});

	it("that asks for something else is refused, and asks no model", async () => {
		const tenant = await publishTenant(KEPT);
		await ask(tenant, "k");
		for (const [fields, headers] of [
			[{ temperature: 0 }, {}],
			[{ stream: true }, {}],
			[{}, { "x-cascade-route": "auto" }],
		]) {
			const other = await ask(tenant, "k", fields, headers);
			expect([other.status, codeOf(other)]).toEqual([422, "idempotency_key_reused"]);
		}
		expect(await tenant.originCalls()).toHaveLength(1);
	});

	it("with a key of its own runs", async () => {
		const tenant = await publishTenant(KEPT);
		await ask(tenant, "k");
		expect((await ask(tenant, "K")).headers.has("x-cascade-replayed")).toBe(false);
		expect(await tenant.originCalls()).toHaveLength(2);
	});

	it.each(["status-500", "status-429-7", "status-400", "invalid-json", "close-at-once"])(
		"runs again where the first failed: %s",
		async (model) => {
			const tenant = await publishTenant({ ...KEPT, origin: { model } });
			const first = await ask(tenant, "k");
			expect(first.status).toBeGreaterThanOrEqual(400);
			const callsBefore = (await tenant.originCalls()).length;
			const again = await repeated(() => ask(tenant, "k"));
			expect(again.status).toBe(first.status);
			expect((await tenant.originCalls()).length).toBe(2 * callsBefore);
		},
	);

	it("whose answer was more than is kept is told so, and does not run again", async () => {
		const tenant = await publishTenant(KEPT, { maxBodyBytes: 4 * 1024 * 1024 });
		const fields = { messages: [{ role: "user", content: "x".repeat(1024 * 1024) }] };
		const first = await ask(tenant, "k", fields);
		expect([first.status, first.text.length > 1024 * 1024]).toEqual([200, true]);
		const again = await repeated(() => ask(tenant, "k", fields));
		expect([again.status, codeOf(again)]).toEqual([409, "idempotency_answer_not_kept"]);
		expect(again.text).toContain(first.headers.get("x-request-id"));
		expect(again.headers.get("x-should-retry")).toBe("false");
		expect(await tenant.originCalls()).toHaveLength(1);
	});

	it("is refused by name where the cascade keeps no text", async () => {
		const tenant = await publishTenant();
		const reply = await ask(tenant, "k");
		expect([reply.status, codeOf(reply)]).toEqual([400, "idempotency_unavailable"]);
		expect(await tenant.originCalls()).toEqual([]);
	});
});

describe("what belongs to others", () => {
	it("is out of reach: another tenant's key of the same name is another key", async () => {
		const [a, b] = [await publishTenant(KEPT), await publishTenant(KEPT)];
		const [ofA, ofB] = [await ask(a, "k"), await ask(b, "k")];
		expect(ofB.headers.has("x-cascade-replayed")).toBe(false);
		expect(ofB.text).not.toBe(ofA.text);
		expect(await b.originCalls()).toHaveLength(1);
		expect((await repeated(() => ask(a, "k"))).text).toBe(ofA.text);
		expect((await repeated(() => ask(b, "k"))).text).toBe(ofB.text);
	});

	it("is out of reach for a later tenant of the same name, whose API keys are others", async () => {
		const former = await publishTenant(KEPT);
		await ask(former, "k");
		const key = formatApiKey(crypto.getRandomValues(new Uint8Array(32)));
		await putRecord(`key/${await sha256Hex(key)}`, { tenant: former.id, scopes: ["inference"] });
		expect((await ask({ key }, "k")).headers.has("x-cascade-replayed")).toBe(false);
		expect(await former.originCalls()).toHaveLength(2);
	});
});

describe("the other endpoints", () => {
	const post = async (tenant: TestTenant, endpoint: string, body: Readonly<Record<string, unknown>>) =>
		heard(
			await exports.default.fetch(`https://edge.example/v1/${endpoint}`, {
				method: "POST",
				headers: { ...BY_ORIGIN, authorization: `Bearer ${tenant.key}`, "idempotency-key": "k" },
				body: JSON.stringify({ model: "cascade", ...body }),
			}),
		);

	it.each([
		["responses", { input: "Is this spam?" }, {}],
		["responses", { input: "Is this spam?", stream: true }, {}],
		["classifications", { input: ["free money", "lunch?"], labels: ["spam", "ham"] }, { model: "labeller" }],
		["moderations", { input: "hello" }, { model: "moderation", shape: "moderations" }],
	])("replay too: %s %j", async (endpoint, body, origin) => {
		const tenant = await publishTenant({ ...KEPT, origin });
		const first = await post(tenant, endpoint, body);
		const again = await repeated(() => post(tenant, endpoint, body));
		expect(first.status, first.text).toBe(200);
		expect([again.status, again.text]).toEqual([200, first.text]);
		expect(shared(again)).toEqual(shared(first));
		expect(again.headers.get("x-cascade-replayed-request")).toBe(first.headers.get("x-request-id"));
		const calls = await tenant.originCalls();
		expect(calls.length).toBeGreaterThan(0);
		expect((await post(tenant, endpoint, body)).headers.get("x-cascade-replayed")).toBe("true");
		expect(await tenant.originCalls()).toHaveLength(calls.length);
	});
});

describe("a deployment", () => {
	/** The Worker as production composes it, with these bindings. */
	const askOf = async (changes: Partial<WholeBindings>, tenant: TestTenant): Promise<Heard> => {
		const request = new Request("https://edge.example/v1/chat/completions", {
			method: "POST",
			headers: { ...BY_ORIGIN, authorization: `Bearer ${tenant.key}`, "idempotency-key": "k" },
			body: JSON.stringify({ model: "cascade", messages: MESSAGES }),
		});
		const bindings = { ...(env as unknown as WholeBindings), ...changes };
		return heard(await createWorker().fetch(request, bindings, createExecutionContext()));
	};

	it("without the records' binding refuses, for good, and asks no model", async () => {
		const tenant = await publishTenant(KEPT);
		const reply = await askOf({ REPLAY_RECORD: undefined as never }, tenant);
		expect([reply.status, codeOf(reply)]).toEqual([503, "idempotency_not_configured"]);
		expect(reply.headers.get("x-should-retry")).toBe("false");
		expect(await tenant.originCalls()).toEqual([]);
	});

	it("whose records cannot be reached refuses for a moment, logs the fault, and asks no model", async () => {
		const warned: string[] = [];
		vi.spyOn(console, "warn").mockImplementation((line: string) => void warned.push(line));
		const tenant = await publishTenant(KEPT);
		const getByName = () => ({ claim: () => Promise.reject(new Error("lost")), release: async () => {} });
		const reply = await askOf({ REPLAY_RECORD: { getByName } }, tenant);
		expect([reply.status, codeOf(reply)]).toEqual([503, "idempotency_record_unavailable"]);
		expect(reply.headers.get("retry-after")).toBe("2");
		expect(warned.join("\n")).toContain("idempotency-record-unavailable");
		expect(await tenant.originCalls()).toEqual([]);
	});

	it("whose records fail after the answer gives it all the same, and logs the fault", async () => {
		const warned: string[] = [];
		vi.spyOn(console, "warn").mockImplementation((line: string) => void warned.push(line));
		const tenant = await publishTenant(KEPT);
		const getByName = () => ({
			claim: async () => ({ kind: "granted" }),
			finish: () => Promise.reject(new Error("lost")),
		});
		expect((await askOf({ REPLAY_RECORD: { getByName } }, tenant)).status).toBe(200);
		await expect.poll(() => warned.join("\n")).toContain("idempotent-answer-not-kept");
	});
});
