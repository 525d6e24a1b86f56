import { describe, expect, it } from "vitest";
import { EDGE_COST_USD, ORIGIN_COST_USD } from "../support/cascades.ts";
import { appWithTimes } from "./app-with-times.ts";
import { readResponseEvents, respond, respondWith } from "./ask-responses.ts";
import { publishTenant } from "./tenant.ts";

const ORIGIN = { "x-cascade-route": "origin" };
const USAGE = { input_tokens: 10, output_tokens: 2, total_tokens: 12 };
const OPENING = ["created", "in_progress", "output_item.added", "content_part.added"];
const CLOSING = ["output_text.done", "content_part.done", "output_item.done"];

/** Runs of deltas as one: how many pieces a text comes in is the upstream's affair. */
function shapeOf(types: readonly string[]): readonly string[] {
	return types.filter((type, index) => type !== types[index - 1]);
}

describe("a Responses stream", () => {
	it.each([
		["the edge's, held and judged", {}, {}, "edge", "accepted", "spam"],
		["the edge's, as it comes", {}, { "x-cascade-route": "edge" }, "edge", "forced", "spam"],
		["the origin's, as it comes", {}, ORIGIN, "origin", "forced", "origin: Is this spam?"],
		[
			"the origin's, after the edge",
			{ edge: { model: "@fake/unsure" } },
			{},
			"origin",
			"low-confidence",
			"origin: Is this spam?",
		],
	])(
		"is OpenAI's events in their order, and then the facts: %s",
		async (_whose, changes, headers, stage, reason, text) => {
			const tenant = await publishTenant(changes);
			const reply = await readResponseEvents(await respond(tenant, { stream: true }, headers));
			expect(reply.status).toBe(200);
			expect(reply.headers.get("content-type")).toMatch(/^text\/event-stream/u);
			expect(reply.headers.get("x-cascade-stage")).toBe(stage);
			expect(shapeOf(reply.types)).toEqual([...OPENING, "output_text.delta", ...CLOSING, "completed"]);
			expect(reply).toMatchObject({ text, comments: 0 });
			expect(reply.final).toMatchObject({
				status: "completed",
				model: "cascade",
				usage: USAGE,
				output: [{ type: "message", status: "completed", content: [{ type: "output_text", text }] }],
				cascade: { stage, reason },
			});
			const ids = reply.events.flatMap(({ response }) => response?.id ?? []);
			expect(ids).toHaveLength(3);
			expect(new Set(ids).size).toBe(1);
		},
	);

	it("says what it cost", async () => {
		const edge = await readResponseEvents(await respond(await publishTenant(), { stream: true }));
		expect(edge.final?.cascade.costUsd).toBeCloseTo(EDGE_COST_USD, 12);
		const origin = await readResponseEvents(await respond(await publishTenant(), { stream: true }, ORIGIN));
		expect(origin.final?.cascade.costUsd).toBeCloseTo(ORIGIN_COST_USD, 12);
	});

	it("is asked of the origin with its usage, whatever the client says of padding", async () => {
		const tenant = await publishTenant();
		const fields = { stream: true, stream_options: { include_obfuscation: false } };
		await (await respond(tenant, fields, ORIGIN)).text();
		expect((await tenant.originCalls())[0]?.body).toMatchObject({
			stream: true,
			stream_options: { include_usage: true },
		});
	});

	it.each([
		[
			"the edge's, held and judged",
			{ edge: { model: "@fake/tool-call", confidence: { method: "value-token" } } },
			{},
			"call_of_0",
			"label",
		],
		[
			"a native edge's, as it comes",
			{ edge: { model: "@fake/native-tool-call", logprobs: false, tools: true } },
			{ "x-cascade-route": "edge" },
			"call_0",
			"label",
		],
		["the origin's, as it comes", { origin: { model: "tool-calls" } }, ORIGIN, "call_7", "label_mail"],
	])("may be a tool call: %s", async (_whose, changes, headers, callId, name) => {
		const tools = [{ type: "function", name: "label" }];
		const reply = await readResponseEvents(
			await respond(await publishTenant(changes), { stream: true, tools }, headers),
		);
		expect(shapeOf(reply.types)).toEqual([
			"created",
			"in_progress",
			"output_item.added",
			"function_call_arguments.delta",
			"function_call_arguments.done",
			"output_item.done",
			"completed",
		]);
		expect(reply.final?.output).toMatchObject([
			{ type: "function_call", status: "completed", call_id: callId, name, arguments: '{"label":"spam"}' },
		]);
	});

	it("may be accepted on its first tokens, whose log-probabilities nobody is shown", async () => {
		const prefix = { tokens: 2, ms: 5_000 };
		const tenant = await publishTenant({
			edge: { model: "@fake/words", confidence: { method: "token-margin", prefix } },
			checks: { refusal: false },
		});
		const reply = await readResponseEvents(await respond(tenant, { stream: true }));
		expect(reply).toMatchObject({ text: "This is edge text" });
		expect(reply.headers.get("x-cascade-stage")).toBe("edge");
		expect(JSON.stringify(reply.events)).not.toContain('top_logprobs":[');
		expect(reply.final?.cascade).toMatchObject({ stage: "edge", reason: "accepted", costUsd: expect.any(Number) });
	});
});

describe("a Responses stream that fails in its middle", () => {
	it.each([
		["the origin says so", "error-late", "half", "upstream_error"],
		["the origin's connection breaks", "break-mid-stream", "half an ans", "upstream_broken_off"],
		["it ends without a finish reason", "no-finish-reason", "answer", "upstream_invalid"],
	])("says so twice, for each kind of client, where %s", async (_when, model, text, code) => {
		const routes = appWithTimes({ pendingAfterMs: 5_000 });
		const tenant = await publishTenant({ origin: { model } });
		const reply = await readResponseEvents(await respondWith(routes, tenant, {}, "origin"));
		expect(reply).toMatchObject({ status: 200, text });
		expect(reply.types.slice(-2)).toEqual(["error", "failed"]);
		expect(reply.types).not.toContain("completed");
		expect(reply.events.at(-2)).toMatchObject({ code, param: null, message: expect.stringContaining("'origin'") });
		expect(reply.final).toMatchObject({
			status: "failed",
			error: { code: "server_error", message: expect.stringContaining("'origin'") },
			output: [{ status: "incomplete", content: [{ text }] }],
		});
		await expect
			.poll(() => routes.observations)
			.toMatchObject([{ endpoint: "responses", outcome: "failed", stage: "origin", stream: true }]);
	});
});

describe("a Responses stream whose decision takes long", () => {
	it("begins as pending, keeps the connection alive with comments, and then holds the answer", async () => {
		const routes = appWithTimes();
		const tenant = await publishTenant({ edge: { model: "@fake/unsure" }, origin: { model: "slow-start" } });
		const reply = await readResponseEvents(await respondWith(routes, tenant));
		expect(reply.headers.get("x-cascade-stage")).toBe("pending");
		expect(reply.comments).toBeGreaterThanOrEqual(2);
		expect(reply.text).toBe("origin: Is this spam?");
		expect(reply.final).toMatchObject({ status: "completed", cascade: { stage: "origin", reason: "low-confidence" } });
		expect(routes.observations).toMatchObject([{ endpoint: "responses", outcome: "answered", stage: "origin" }]);
	});

	it("may turn out to be the edge's answer", async () => {
		const routes = appWithTimes();
		const reply = await readResponseEvents(
			await respondWith(routes, await publishTenant({ edge: { model: "@fake/slow" } })),
		);
		expect(reply.headers.get("x-cascade-stage")).toBe("pending");
		expect(reply.final).toMatchObject({ status: "completed", cascade: { stage: "edge", reason: "accepted" } });
	});

	it("ends with an error and a failed response where nothing comes of it", async () => {
		const routes = appWithTimes();
		const tenant = await publishTenant({ origin: { model: "hang" }, timeoutMs: 1_000 });
		const reply = await readResponseEvents(await respondWith(routes, tenant, {}, "origin"));
		expect(reply.types).toEqual(["created", "in_progress", "error", "failed"]);
		expect(reply.events[2]).toMatchObject({ code: "upstream_timeout" });
		expect(reply.final).toMatchObject({ status: "failed", output: [] });
		expect(routes.observations).toMatchObject([{ endpoint: "responses", outcome: "failed", failure: "timeout" }]);
	});

	it("ends every call where its client leaves", async () => {
		const routes = appWithTimes();
		const tenant = await publishTenant({ edge: { model: "@fake/hang", timeoutMs: 3_000 } });
		const response = await respondWith(routes, tenant);
		expect(response.headers.get("x-cascade-stage")).toBe("pending");
		await response.body?.cancel();
		expect(await tenant.workersAiLeft()).toBe(true);
		await expect.poll(() => routes.observations).toMatchObject([{ endpoint: "responses", outcome: "client-left" }]);
		expect(await tenant.originCalls()).toEqual([]);
	});
});

describe("a client that leaves in the middle of a Responses stream", () => {
	it.each([
		["goes on", "endless"],
		["has fallen silent", "hang-mid-stream"],
	])("that %s ends the origin's call", async (_how, model) => {
		const routes = appWithTimes({ pendingAfterMs: 5_000 });
		const tenant = await publishTenant({ origin: { model } });
		const reader = (await respondWith(routes, tenant, {}, "origin")).body?.getReader();
		await reader?.read();
		// The next read may already be waiting for an event that does not come.
		reader?.read().catch(() => {});
		await reader?.cancel();
		expect(await tenant.originLeft()).toBe(true);
		await expect.poll(() => routes.observations).toMatchObject([{ endpoint: "responses", outcome: "client-left" }]);
	});
});
