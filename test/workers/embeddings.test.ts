import { createExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { BASE64_FLOATS } from "../../src/web/base64-floats.ts";
import { appWithTimes } from "./app-with-times.ts";
import { post } from "./ask-tasks.ts";
import { publishTenant, type TestTenant } from "./tenant.ts";

const PRICE = { inputUsdPerMillion: 2, outputUsdPerMillion: 0 };

function publish(model: string, changes: Readonly<Record<string, unknown>> = {}): Promise<TestTenant> {
	const upstream = model.startsWith("@") ? { adapter: "workers-ai" } : { adapter: "openai", origin: "fake" };
	const embeddings = { vectors: { ...upstream, model, price: PRICE, ...changes } };
	return publishTenant({}, {}, ["inference"], { embeddings });
}

async function embed(
	model: string,
	fields: Readonly<Record<string, unknown>> = {},
	changes: Readonly<Record<string, unknown>> = {},
) {
	const tenant = await publish(model, changes);
	return { tenant, ...(await post(tenant, "embeddings", { model: "vectors", input: ["a", "abc"], ...fields })) };
}

describe("embeddings on Workers AI", () => {
	it("are in OpenAI's shape, one vector a text in the texts' order, under the tenant's own name for the model", async () => {
		const { status, body, tenant } = await embed("@fake/embeddings");
		expect(status).toBe(200);
		expect(body).toEqual({
			object: "list",
			data: [
				{ object: "embedding", index: 0, embedding: [1, 0.5, -1] },
				{ object: "embedding", index: 1, embedding: [3, 0.5, -1] },
			],
			usage: { prompt_tokens: 0, total_tokens: 0 },
			model: "vectors",
		});
		expect((await tenant.workersAiCalls()).map(({ body: inputs }) => inputs)).toEqual([{ text: ["a", "abc"] }]);
	});

	it("are written in base64 where the client asks for that, as OpenAI's own clients do", async () => {
		const { body } = await embed("@fake/embeddings", { input: "abc", encoding_format: "base64" });
		expect(body.data).toHaveLength(1);
		expect(BASE64_FLOATS.decode(String(body.data[0]?.embedding))).toEqual([3, 0.5, -1]);
	});

	it("have no known cost, since no usage is reported: the header that tells it is not there", async () => {
		const { headers } = await embed("@fake/embeddings");
		expect(headers.has("x-cascade-cost-usd")).toBe(false);
	});

	it("of more texts than one call takes are asked for in several calls", async () => {
		const input = Array.from({ length: 250 }, (_, index) => "x".repeat(index + 1));
		const { body, tenant } = await embed("@fake/embeddings", { input });
		expect(body.data.map(({ embedding }) => (embedding as number[])[0])).toEqual(input.map(({ length }) => length));
		const sizes = (await tenant.workersAiCalls()).map((call) => (call.body as { text: string[] }).text.length);
		expect(sizes).toEqual([100, 100, 50]);
	});

	it.each([
		["shorter vectors", { dimensions: 2 }, "dimensions"],
		["tokens", { input: [1, 2, 3] }, "input"],
		["what another provider has", { input_type: "query" }, "input_type"],
	])("cannot be had for %s", async (_what, fields, param) => {
		const { status, body, tenant } = await embed("@fake/embeddings", fields);
		expect(status).toBe(400);
		expect(body.error).toMatchObject({ code: "unsupported_parameter", param });
		expect(await tenant.workersAiCalls()).toEqual([]);
	});

	it.each([
		["@fake/embeddings-one-too-few", 502, "upstream_invalid"],
		["@fake/embeddings-without-numbers", 502, "upstream_invalid"],
		["@fake/embeddings-later", 502, "upstream_invalid"],
		["@fake/garbage", 502, "upstream_invalid"],
		["@fake/broken", 502, "upstream_broken_off"],
		["@fake/error-3040", 429, "rate_limit_exceeded"],
		["@fake/error-3036", 503, "daily_allocation_used"],
	])("fail as a stage does: %s", async (model, status, code) => {
		const reply = await embed(model);
		expect(reply.status).toBe(status);
		expect(reply.body.error.code).toBe(code);
	});
});

describe("embeddings of an origin", () => {
	it("are asked for in the client's own words, but for the model's name", async () => {
		const fields = { input: ["a", "b"], dimensions: 2, user: "ann", input_type: "query" };
		const { status, tenant } = await embed("embedding", fields);
		expect(status).toBe(200);
		const [call] = await tenant.originCalls();
		expect(call?.body).toEqual({ ...fields, model: expect.stringMatching(/^embedding~/u) });
		expect(call?.headers).toMatchObject({ "x-request-id": expect.stringMatching(/^req_/u) });
	});

	it("come in the inputs' order, with the fields that we do not know, and cost their tokens", async () => {
		const { body, headers } = await embed("embedding");
		expect(body).toMatchObject({
			object: "list",
			model: "vectors",
			data: [
				{ object: "embedding", index: 0, embedding: [0, 0.5] },
				{ object: "embedding", index: 1, embedding: [1, 0.5] },
			],
			usage: { prompt_tokens: 10, total_tokens: 10 },
			created: 1_790_000_000,
		});
		expect(headers.get("x-cascade-cost-usd")).toBe("0.00002");
		expect(headers.has("x-cascade-saved-usd")).toBe(false);
	});

	it("are written as the client asks, even where the origin does not know how", async () => {
		const { body } = await embed("embedding", { encoding_format: "base64" });
		expect(body.data.map(({ embedding }) => BASE64_FLOATS.decode(String(embedding)))).toEqual([
			[0, 0.5],
			[1, 0.5],
		]);
	});

	it.each([
		["one list of tokens", [1, 2, 3], 1],
		["several", [[1], [2, 3]], 2],
	])("may be of tokens: %s", async (_what, input, count) => {
		const { body, tenant } = await embed("embedding", { input });
		expect(body.data).toHaveLength(count);
		expect((await tenant.originCalls())[0]?.body).toMatchObject({ input });
	});

	it("without a usage have no known cost", async () => {
		const { body, headers } = await embed("embedding-without-usage", { input: "a" });
		expect(body["usage"]).toEqual({ prompt_tokens: 0, total_tokens: 0 });
		expect(headers.has("x-cascade-cost-usd")).toBe(false);
	});

	it.each([
		["embedding-of-nothing", 502, "upstream_invalid"],
		["html-200", 502, "upstream_invalid"],
		["status-503", 502, "upstream_error"],
		["status-401", 502, "origin_auth"],
		["context-length", 400, "context_length_exceeded"],
	])("fail as a stage does: %s", async (model, status, code) => {
		const reply = await embed(model);
		expect(reply.status).toBe(status);
		expect(reply.body.error.code).toBe(code);
	});

	it("that take longer than the policy allows are a 504", async () => {
		const { status, body } = await embed(
			"labeller",
			{ messages: [{ role: "user", content: "hang" }] },
			{ timeoutMs: 1_000 },
		);
		expect(status).toBe(504);
		expect(body.error).toMatchObject({ code: "upstream_timeout", message: expect.stringContaining("vectors") });
	});

	it("whose origin is not defined are a 502", async () => {
		const { status, body } = await embed("embedding", {}, { origin: "nowhere" });
		expect(status).toBe(502);
		expect(body.error.code).toBe("origin_config");
	});
});

describe("a request for embeddings that cannot be served", () => {
	it.each([
		[{ input: undefined }, "input"],
		[{ input: "" }, "input"],
		[{ input: ["a", ""] }, "input[1]"],
		[{ encoding_format: "hex" }, "encoding_format"],
		[{ dimensions: 0 }, "dimensions"],
	])("is refused by the field's name: %o", async (fields, param) => {
		const { status, body } = await embed("@fake/embeddings", fields);
		expect(status).toBe(400);
		expect(body.error.param).toBe(param);
	});

	it.each(["other", "cascade"])("because '%s' is no embeddings model is a 404", async (model) => {
		const { status, body } = await embed("@fake/embeddings", { model });
		expect(status).toBe(404);
		expect(body.error).toMatchObject({ code: "model_not_found", param: "model" });
	});

	it("because the body is larger than the policy allows is a 413", async () => {
		const tenant = await publishTenant({}, { maxBodyBytes: 1_024 });
		expect((await post(tenant, "embeddings", { model: "vectors", input: "x".repeat(2_000) })).status).toBe(413);
	});
});

describe("embeddings models", () => {
	it("are listed beside the cascades, and shown one by one", async () => {
		const { key } = await publish("embedding");
		const get = async (path: string) => {
			const headers = { authorization: `Bearer ${key}` };
			return (await exports.default.fetch(`https://edge.example/v1/models${path}`, { headers })).json();
		};
		expect(await get("")).toMatchObject({ data: [{ id: "cascade" }, { id: "vectors" }] });
		expect(await get("/vectors")).toMatchObject({ id: "vectors", object: "model" });
		expect(await get("/other")).toMatchObject({ error: { code: "model_not_found" } });
	});

	it("leave one record a request, without text", async () => {
		const tenant = await publish("embedding");
		const { app, observations } = appWithTimes();
		const ask = (body: unknown) =>
			app.fetch(
				new Request("https://edge.example/v1/embeddings", {
					method: "POST",
					headers: { authorization: `Bearer ${tenant.key}` },
					body: JSON.stringify(body),
				}),
				env,
				createExecutionContext(),
			);
		await ask({ model: "vectors", input: "secret" });
		await ask({ model: "vectors", input: ["secret", "secret"], encoding_format: "float" });
		expect(observations).toHaveLength(2);
		expect(observations[0]).toMatchObject({
			endpoint: "embeddings",
			cascade: "vectors",
			outcome: "answered",
			failure: null,
			calls: [{ stage: "vectors", usage: { inputTokens: 10, outputTokens: 0 }, costUsd: expect.closeTo(2e-5, 12) }],
			costUsd: expect.closeTo(2e-5, 12),
		});
		expect(JSON.stringify(observations)).not.toContain("secret");
	});

	it("leave a record without a cost where some texts were embedded before another call failed", async () => {
		const tenant = await publish("@fake/embeddings-then-busy");
		const { app, observations } = appWithTimes();
		const recordOf = async (count: number) => {
			const request = new Request("https://edge.example/v1/embeddings", {
				method: "POST",
				headers: { authorization: `Bearer ${tenant.key}` },
				body: JSON.stringify({ model: "vectors", input: Array.from({ length: count }, () => "a") }),
			});
			const response = await app.fetch(request, env, createExecutionContext());
			return { status: response.status, record: observations.at(-1) };
		};
		const busy = { outcome: "failed", failure: "overloaded" };
		expect(await recordOf(50)).toMatchObject({ status: 429, record: { ...busy, costUsd: 0 } });
		expect(await recordOf(150)).toMatchObject({
			status: 429,
			record: { ...busy, costUsd: null, calls: [{ usage: null, costUsd: null }] },
		});
	});

	it("leave a record that says why a request failed", async () => {
		const tenant = await publish("status-503");
		const { app, observations } = appWithTimes();
		const request = new Request("https://edge.example/v1/embeddings", {
			method: "POST",
			headers: { authorization: `Bearer ${tenant.key}` },
			body: JSON.stringify({ model: "vectors", input: "a" }),
		});
		await app.fetch(request, env, createExecutionContext());
		expect(observations).toMatchObject([{ outcome: "failed", failure: "upstream-error", costUsd: 0 }]);
	});
});
