import { describe, expect, it } from "vitest";
import { EDGE_COST_USD, ORIGIN_COST_USD, type CascadeChanges } from "../support/cascades.ts";
import { appWithTimes } from "./app-with-times.ts";
import { respond, respondWith, type ResponseBody } from "./ask-responses.ts";
import { publishTenant } from "./tenant.ts";

type Fields = Readonly<Record<string, unknown>>;

const ORIGIN = { "x-cascade-route": "origin" };
const USAGE = { input_tokens: 10, output_tokens: 2, total_tokens: 12 };
const TOOL = {
	type: "function",
	name: "label",
	parameters: { type: "object", properties: { label: { enum: ["spam", "ham"] } }, required: ["label"] },
};
const CHAT_TOOL = { type: "function", function: { name: TOOL.name, parameters: TOOL.parameters } };

async function ask(changes: CascadeChanges = {}, fields: Fields = {}, headers: Record<string, string> = {}) {
	const tenant = await publishTenant(changes);
	const response = await respond(tenant, fields, headers);
	const body = await response.json<ResponseBody>();
	return { status: response.status, headers: response.headers, body, tenant };
}

describe("a plain answer to a Responses request", () => {
	it("may be the edge's", async () => {
		const { status, body, headers, tenant } = await ask();
		expect(status).toBe(200);
		expect(body).toMatchObject({
			object: "response",
			id: expect.stringMatching(/^resp_./u),
			status: "completed",
			error: null,
			incomplete_details: null,
			model: "cascade",
			store: false,
			previous_response_id: null,
			usage: USAGE,
		});
		expect(body.output).toEqual([
			{
				id: expect.stringMatching(/^msg_./u),
				type: "message",
				status: "completed",
				role: "assistant",
				content: [{ type: "output_text", text: "spam", annotations: [], logprobs: [] }],
			},
		]);
		expect(body.cascade).toMatchObject({ stage: "edge", reason: "accepted", confidence: expect.closeTo(0.9, 9) });
		expect(headers.get("x-cascade-stage")).toBe("edge");
		expect(Number(headers.get("x-cascade-cost-usd"))).toBeCloseTo(EDGE_COST_USD, 10);
		expect(await tenant.originCalls()).toEqual([]);
	});

	it("may be the origin's, which is asked as a chat", async () => {
		const { body, headers, tenant } = await ask({ edge: { model: "@fake/unsure" } });
		expect(body.output[0]).toMatchObject({ content: [{ type: "output_text", text: "origin: Is this spam?" }] });
		expect(body.cascade).toMatchObject({ stage: "origin", reason: "low-confidence" });
		expect(body.cascade.costUsd).toBeCloseTo(EDGE_COST_USD + ORIGIN_COST_USD, 12);
		expect(headers.get("x-cascade-reason")).toBe("low-confidence");
		const [call] = await tenant.originCalls();
		expect(call?.body).toEqual({
			model: `plain~${tenant.id}`,
			messages: [{ role: "user", content: "Is this spam?" }],
			stream: false,
		});
	});

	it("is asked for in the form that small models know", async () => {
		const { tenant } = await ask({}, { instructions: "One word.", max_output_tokens: 7, temperature: 0.2 });
		const [call] = await tenant.workersAiCalls();
		expect(call?.body).toMatchObject({
			messages: [
				{ role: "system", content: "One word." },
				{ role: "user", content: "Is this spam?" },
			],
			max_tokens: 7,
			temperature: 0.2,
		});
	});

	it("holds log-probabilities only where the client included them", async () => {
		expect((await ask()).body.output).toMatchObject([{ content: [{ logprobs: [] }] }]);
		const included = await ask({}, { include: ["message.output_text.logprobs"] });
		expect(included.body.output).toMatchObject([
			{ content: [{ logprobs: [{ token: "spam", logprob: expect.closeTo(-0.105, 3) }] }] },
		]);
	});

	it("may be a tool call of the edge's", async () => {
		const edge = { model: "@fake/tool-call", confidence: { method: "value-token" } };
		const { body, tenant } = await ask({ edge }, { tools: [TOOL], tool_choice: "required" });
		expect(body.output).toEqual([
			{
				id: expect.stringMatching(/^fc_./u),
				type: "function_call",
				status: "completed",
				call_id: "call_of_0",
				name: "label",
				arguments: '{"label":"spam"}',
			},
		]);
		expect(body.cascade).toMatchObject({ stage: "edge", reason: "accepted" });
		const [call] = await tenant.workersAiCalls();
		expect(call?.body).toMatchObject({ tools: [CHAT_TOOL], tool_choice: "required" });
	});

	it("is passed over where the edge's does not match the format that was asked for", async () => {
		const schema = { type: "object", properties: { label: { enum: ["news"] } }, required: ["label"] };
		const format = { type: "json_schema", name: "label", schema };
		const { body } = await ask({ edge: { model: "@fake/json-text" } }, { text: { format } });
		expect(body.cascade.trail[0]).toMatchObject({ reason: "rejected-by-check", detail: "schema-mismatch" });
		expect(body["text"]).toEqual({ format });
	});

	it("is incomplete where the last stage's was cut off", async () => {
		const { body } = await ask(
			{ origin: { adapter: "workers-ai", origin: undefined, model: "@fake/cut-off" } },
			{},
			ORIGIN,
		);
		expect(body).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
		expect(body.output[0]).toMatchObject({ status: "incomplete", content: [{ text: "spam" }] });
	});
});

describe("a Responses request that is refused", () => {
	it.each([
		["refers to a stored response", { previous_response_id: "resp_1" }, "previous_response_id"],
		["wants to be stored", { store: true }, "store"],
		["wants a built-in tool", { tools: [{ type: "web_search" }] }, "tools[0].type"],
		["wants a tool that it has not given", { tool_choice: "required" }, "tool_choice"],
		["wants more tokens than the policy allows", { max_output_tokens: 4_097 }, "max_output_tokens"],
		["has a temperature beyond all measure", { temperature: 9 }, "temperature"],
		["says nothing", { input: undefined }, "input"],
		["has a field that nobody knows", { top_k: 40 }, "top_k"],
		["asks for several things in vain, of which the first is named", { store: true, top_k: 1 }, "store"],
	])("is told so with 400 and the field where it %s", async (_how, fields, param) => {
		const { status, body, headers, tenant } = await ask({}, fields);
		expect(status).toBe(400);
		expect(body.error).toMatchObject({
			type: "invalid_request_error",
			param,
			message: expect.stringContaining(`'${param}'`),
		});
		expect(headers.get("x-request-id")).toMatch(/^req_/u);
		expect([...(await tenant.workersAiCalls()), ...(await tenant.originCalls())]).toEqual([]);
	});

	it("names every problem in the message", async () => {
		const { body } = await ask({}, { store: true, previous_response_id: "resp_1", tools: [{ type: "web_search" }] });
		for (const field of ["store", "previous_response_id", "tools[0].type"])
			expect(body.error.message).toContain(`'${field}'`);
	});

	it("is told with 404 that there is no such model", async () => {
		const { status, body } = await ask({}, { model: "gpt-4o" });
		expect(status).toBe(404);
		expect(body.error).toMatchObject({ code: "model_not_found", param: "model" });
	});

	it("is told with 413 that it is too large, and with 401 that it has no key", async () => {
		const tenant = await publishTenant({}, { maxBodyBytes: 1_024 });
		const large = await respond(tenant, { input: "x".repeat(1_024) });
		expect(large.status).toBe(413);
		expect((await large.json<ResponseBody>()).error).toMatchObject({ code: "request_too_large", param: null });
		const strange = await respond({ ...tenant, key: "cascade_nobody" });
		expect(strange.status).toBe(401);
		await strange.text();
	});

	it.each([
		["for a whole answer", false],
		["for a stream", true],
	])("by the origin is told so with the origin's status: %s", async (_what, stream) => {
		const { status, body, headers } = await ask({ origin: { model: "status-429-7" } }, { stream }, ORIGIN);
		expect(status).toBe(429);
		expect(headers.get("retry-after")).toBe("7");
		expect(body.error).toMatchObject({ type: "rate_limit_error", code: "rate_limit_exceeded" });
	});

	it("by an edge that the client insists on is told what that one cannot do", async () => {
		const edge = { "x-cascade-route": "edge" };
		const { status, body } = await ask({}, { text: { verbosity: "low" } }, edge);
		expect(status).toBe(400);
		expect(body.error).toMatchObject({ code: "unsupported_parameter", param: "verbosity" });
	});
});

describe("the record of a Responses request", () => {
	it.each([
		["answered by the edge", {}, { outcome: "answered", stage: "edge", reason: "accepted", failure: null }],
		[
			"answered by the origin",
			{ edge: { model: "@fake/unsure" } },
			{ outcome: "answered", stage: "origin", reason: "low-confidence", failure: null },
		],
		[
			"that failed",
			{ edge: { model: "@fake/unsure" }, origin: { model: "status-500" } },
			{ outcome: "failed", stage: null, reason: "origin-failed", failure: "upstream-error" },
		],
	])("says what it came for: %s", async (_how, changes, expected) => {
		const routes = appWithTimes();
		const tenant = await publishTenant(changes);
		await (await respondWith(routes, tenant, { stream: false })).text();
		expect(routes.observations).toMatchObject([
			{ endpoint: "responses", tenant: tenant.id, cascade: "cascade", stream: false, ...expected },
		]);
	});
});
