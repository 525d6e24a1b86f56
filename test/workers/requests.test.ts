import { env, exports } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { sha256Hex } from "../../src/adapters/kv-key-store.ts";
import { formatApiKey } from "../../src/core/api-key.ts";
import { createApp } from "../../src/http/app.ts";
import { MESSAGES } from "./ask.ts";
import { publishTenant, putRecord, type TestTenant } from "./tenant.ts";

const LIMITS = { maxBodyBytes: 2_048, maxOutputTokens: 100 };
let tenant: TestTenant;
beforeAll(async () => {
	tenant = await publishTenant({}, LIMITS);
});

interface RequestOptions {
	readonly method?: string;
	readonly key?: string | null;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: BodyInit | null;
}

async function request(
	path: string,
	{ method = "POST", key = tenant.key, headers = {}, body = null }: RequestOptions = {},
) {
	const authorization: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
	return exports.default.fetch(`https://edge.example${path}`, {
		method,
		headers: { ...authorization, ...headers },
		body,
	});
}

const chat = (fields: unknown, options: RequestOptions = {}) =>
	request("/v1/chat/completions", { body: typeof fields === "string" ? fields : JSON.stringify(fields), ...options });
const valid = (fields: object = {}) => ({ model: "cascade", messages: MESSAGES, ...fields });

/** Every refusal has the same form, whatever refused it. */
async function expectRefusal(response: Response, status: number, code: string, param: string | null = null) {
	expect(response.status).toBe(status);
	expect(response.headers.get("content-type")).toBe("application/json");
	expect(response.headers.get("x-request-id")).toMatch(/^req_[0-9a-f-]{36}$/u);
	expect(response.headers.get("cache-control")).toBe("no-store");
	const { error } = (await response.json()) as { error: Record<string, unknown> };
	const types: Readonly<Record<number, string>> = { 401: "authentication_error", 403: "permission_error" };
	expect(error).toEqual({
		message: expect.stringMatching(/\w/u),
		type: types[status] ?? (status < 500 ? "invalid_request_error" : "server_error"),
		param,
		code,
	});
	return String(error["message"]);
}

const newKey = () => formatApiKey(crypto.getRandomValues(new Uint8Array(32)));

describe("a request without the right to enter", () => {
	it.each([
		["has no key", null, {}, 401, "missing_api_key"],
		["has its key in another scheme", null, { authorization: "Basic dTpw" }, 401, "invalid_api_key"],
		["has an empty key", null, { authorization: "Bearer " }, 401, "invalid_api_key"],
		["has a key of another form", "sk-abc", {}, 401, "invalid_api_key"],
		["has a key that nobody made", newKey(), {}, 401, "invalid_api_key"],
		["has a key longer than any", "e".repeat(300), {}, 401, "invalid_api_key"],
	])("%s", async (_what, key, headers, status, code) => {
		await expectRefusal(await chat(valid(), { key, headers }), status, code);
		await expectRefusal(await request("/v1/models", { method: "GET", key, headers }), status, code);
	});

	it("is not one whose scheme is in lower case", async () => {
		const response = await chat(valid(), {
			key: null,
			headers: { authorization: `bearer ${tenant.key}`, "x-request-id": "mine" },
		});
		expect(response.status).toBe(200);
		expect(response.headers.get("x-request-id")).toMatch(/^req_/u);
	});

	it("has its key in the query, where it would be logged", async () => {
		await expectRefusal(
			await request(`/v1/models?api_key=${tenant.key}`, { method: "GET", key: null }),
			401,
			"missing_api_key",
		);
	});

	it("has a revoked key", async () => {
		const key = newKey();
		await putRecord(`key/${await sha256Hex(key)}`, {
			tenant: tenant.id,
			scopes: ["inference"],
			revokedAt: 1_790_000_000_000,
		});
		await expectRefusal(await chat(valid(), { key }), 401, "invalid_api_key");
	});

	it("has a key for something else", async () => {
		const { key } = await publishTenant({}, {}, ["read-stats"]);
		await expectRefusal(await chat(valid(), { key }), 403, "insufficient_scope");
	});

	it("has a key of a tenant without a policy", async () => {
		const key = newKey();
		await putRecord(`key/${await sha256Hex(key)}`, { tenant: crypto.randomUUID(), scopes: ["inference"] });
		await expectRefusal(await chat(valid(), { key }), 403, "no_policy");
	});

	it("cannot be told from one with it while the records are rubbish, which passes", async () => {
		const [badKey, badPolicy] = [newKey(), await publishTenant()];
		await env.CONFIG.put(`key/${await sha256Hex(badKey)}`, "rubbish");
		await env.CONFIG.put(`tenant/${badPolicy.id}/policy`, "rubbish");
		for (const [key, code] of [
			[badKey, "keys_unavailable"],
			[badPolicy.key, "policy_unavailable"],
		] as const) {
			const response = await chat(valid(), { key });
			expect(response.headers.get("retry-after")).toBe("2");
			await expectRefusal(response, 503, code);
		}
	});
});

describe("a request to the wrong place", () => {
	it.each([
		["GET", "/v1/responses/resp_1"],
		["POST", "/v1/images/generations"],
		["POST", "/v1/completions"],
		["GET", "/"],
		["GET", "/v1/models/a/b"],
		["POST", "/v1/chat/completions/"],
	])("%s %s is a 404 that says where to go", async (method, path) => {
		expect(await expectRefusal(await request(path, { method }), 404, "unknown_url")).toContain("/v1/chat/completions");
	});

	it.each([
		["GET", "/v1/chat/completions", "POST"],
		["DELETE", "/v1/chat/completions", "POST"],
		["POST", "/v1/models", "GET"],
		["PUT", "/v1/models/cascade", "GET"],
	])("%s %s is a 405 that says what to use", async (method, path, allowed) => {
		const response = await request(path, { method });
		expect(response.headers.get("allow")).toBe(allowed);
		await expectRefusal(response, 405, "method_not_allowed");
	});
});

describe("a request that is too large", () => {
	const tooLong = JSON.stringify(valid({ user: "x".repeat(LIMITS.maxBodyBytes) }));

	it("is a 413 where it declares its length", async () => {
		expect(await expectRefusal(await chat(tooLong), 413, "request_too_large")).toContain("2048");
	});

	it("is a 413 where it does not", async () => {
		const body = new Blob([tooLong]).stream();
		await expectRefusal(await chat("", { body }), 413, "request_too_large");
	});
});

describe("a request with something wrong in it", () => {
	it.each([
		["is not JSON", "{", "invalid_json", null],
		["is empty", "", "invalid_json", null],
		["is a list", "[]", "invalid_request", null],
		["has no model", { messages: MESSAGES }, "invalid_request", "model"],
		["has a list for a model", valid({ model: ["cascade"] }), "invalid_request", "model"],
		["has no messages", { model: "cascade" }, "invalid_request", "messages"],
		["has an empty list of messages", valid({ messages: [] }), "invalid_request", "messages"],
		[
			"has a role that is none",
			valid({ messages: [...MESSAGES, { role: "boss", content: "x" }] }),
			"invalid_request",
			"messages[1].role",
		],
		["has a temperature out of range", valid({ temperature: 3 }), "invalid_request", "temperature"],
		["has alternatives without log-probabilities", valid({ top_logprobs: 3 }), "invalid_request", "top_logprobs"],
		[
			"has stream options without a stream",
			valid({ stream_options: { include_usage: true } }),
			"invalid_request",
			"stream_options",
		],
		[
			"has a schema that is none",
			valid({ response_format: { type: "json_schema" } }),
			"invalid_request",
			"response_format.json_schema",
		],
		["has more tokens than the policy allows", valid({ max_tokens: 101 }), "invalid_request", "max_tokens"],
		[
			"has more completion tokens than the policy allows",
			valid({ max_completion_tokens: 101 }),
			"invalid_request",
			"max_completion_tokens",
		],
		["is nested too deeply", valid({ x: JSON.parse(`${"[".repeat(200)}${"]".repeat(200)}`) }), "invalid_request", null],
	])("%s", async (_what, body, code, param) => {
		await expectRefusal(await chat(body), 400, code, param);
	});

	it("names a model that is none of the tenant's cascades, and is not reflected at length", async () => {
		const message = await expectRefusal(await chat(valid({ model: "gpt-4o" })), 404, "model_not_found", "model");
		expect(message).toContain("gpt-4o");
		const odd = await expectRefusal(
			await chat(valid({ model: `a\r\nset-cookie: b\r\n${"x".repeat(500)}` })),
			404,
			"model_not_found",
			"model",
		);
		expect(odd.length).toBeLessThan(250);
		for (const model of ["__proto__", "constructor", "toString"])
			await expectRefusal(await chat(valid({ model })), 404, "model_not_found", "model");
	});

	it("wants a route that is none, or that its cascade does not allow", async () => {
		const closed = await publishTenant({ allowRouteHeader: false });
		await expectRefusal(
			await chat(valid(), { headers: { "x-cascade-route": "moon" } }),
			400,
			"invalid_route",
			"x-cascade-route",
		);
		await expectRefusal(
			await chat(valid(), { key: closed.key, headers: { "x-cascade-route": "edge" } }),
			403,
			"route_not_allowed",
			"x-cascade-route",
		);
		expect((await chat(valid(), { key: closed.key, headers: { "x-cascade-route": "auto" } })).status).toBe(200);
	});
});

describe("the cascades of a tenant", () => {
	it("are its models, and nobody else's", async () => {
		const list = (await (await request("/v1/models", { method: "GET" })).json()) as { object: string; data: object[] };
		const cascade = { id: "cascade", object: "model", created: 1_790_000_000, owned_by: tenant.id };
		expect(list).toEqual({ object: "list", data: [cascade] });
		expect(await (await request("/v1/models/cascade", { method: "GET" })).json()).toEqual(cascade);
		await expectRefusal(await request("/v1/models/other", { method: "GET" }), 404, "model_not_found", "model");
		await expectRefusal(await request("/v1/models/__proto__", { method: "GET" }), 404, "model_not_found", "model");
	});
});

it("says that it is well to anyone who asks", async () => {
	const response = await request("/healthz", { method: "GET", key: null });
	expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
});

it("a bug of ours is a 500 that tells the log where and the client nothing", async () => {
	const faults: unknown[] = [];
	const app = createApp(
		() => {
			throw new Error("the secret prompt");
		},
		(...fault) => faults.push(fault),
	);
	const response = await app.fetch(new Request("https://edge.example/v1/models"), env, createExecutionContext());
	expect(await expectRefusal(response, 500, "internal_error")).not.toContain("secret");
	expect(JSON.stringify(faults)).toContain("unexpected-error");
	expect(JSON.stringify(faults)).not.toContain("secret");
});
