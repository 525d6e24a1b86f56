import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { EDGE_COST_USD, ORIGIN_COST_USD, type CascadeChanges } from "../support/cascades.ts";
import type { RecordedCall } from "../support/far-side.ts";
import { post } from "./ask-tasks.ts";
import { publishTenant } from "./tenant.ts";

const LABELS = ["Ham", "spam"];
const BY_LABEL = { confidence: { method: "label-margin" }, threshold: 0.5 };
const CLASSIFIER = { shape: "text-classification", confidence: { method: "classifier-score" }, threshold: 0.8 };
const ORIGIN = { model: "labeller" };

async function classify(
	changes: CascadeChanges,
	fields: Readonly<Record<string, unknown>> = {},
	headers: Readonly<Record<string, string>> = {},
) {
	const tenant = await publishTenant({ origin: ORIGIN, ...changes });
	const request = { model: "cascade", input: "free money", labels: LABELS, ...fields };
	return { tenant, ...(await post(tenant, "classifications", request, headers)) };
}

describe("a text that the edge is sure of", () => {
	it("has the label, the scores of all labels in the request's order, and what became of the cascade", async () => {
		const { status, headers, body, tenant } = await classify({ edge: BY_LABEL });
		expect(status).toBe(200);
		expect(body).toMatchObject({ object: "list", id: expect.stringMatching(/^class-req_/u), model: "cascade" });
		expect(body.data).toHaveLength(1);
		expect(body.data[0]).toMatchObject({
			index: 0,
			object: "classification",
			label: "spam",
			score: expect.closeTo(0.9, 9),
			scores: [
				{ label: "Ham", score: expect.closeTo(0.1, 9) },
				{ label: "spam", score: expect.closeTo(0.9, 9) },
			],
			cascade: { stage: "edge", reason: "accepted", confidence: expect.closeTo(0.8, 9) },
		});
		expect(body["usage"]).toEqual({ prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 });
		expect(body["cascade"]).toEqual({
			costUsd: expect.closeTo(EDGE_COST_USD, 12),
			savedUsd: expect.closeTo(ORIGIN_COST_USD - EDGE_COST_USD, 12),
		});
		expect(headers.get("x-cascade-stage")).toBe("edge");
		expect(headers.get("x-cascade-confidence")).toBe("0.8");
		expect(await tenant.originCalls()).toEqual([]);
	});

	it("was asked for in words, greedily, and with room for the longest label", async () => {
		const labels = ["spam", { label: "ham", description: "wanted mail" }];
		const { tenant } = await classify({ edge: BY_LABEL }, { labels, instructions: "Newsletters are ham." });
		const [call] = await tenant.workersAiCalls();
		const { messages, ...parameters } = (call as RecordedCall).body as {
			messages: { role: string; content: string }[];
		};
		expect(parameters).toEqual({ max_tokens: 268, temperature: 0, logprobs: true, top_logprobs: 20 });
		expect(messages.map(({ role }) => role)).toEqual(["system", "user"]);
		expect(messages[0]?.content).toContain("- ham: wanted mail");
		expect(messages[0]?.content).toContain("Newsletters are ham.");
		expect(messages[1]?.content).toBe("free money");
	});

	it("has no score where the answering model gives none", async () => {
		const edge = { model: "@fake/native", logprobs: false, confidence: { method: "agreement", samples: 2 } };
		const { body } = await classify({ edge: { ...edge, threshold: 1 } });
		expect(body.data[0]).toMatchObject({
			label: "spam",
			score: null,
			scores: [
				{ label: "Ham", score: null },
				{ label: "spam", score: null },
			],
			cascade: { stage: "edge", confidence: 1 },
		});
	});
});

describe("a classifier of Workers AI", () => {
	it("is shown the text alone, and its labels are the request's whatever their letter case", async () => {
		const { body, tenant } = await classify({ edge: { ...CLASSIFIER, model: "@fake/classifier" } });
		expect(body.data[0]).toMatchObject({
			label: "spam",
			score: 0.9,
			scores: [
				{ label: "Ham", score: 0.1 },
				{ label: "spam", score: 0.9 },
			],
			cascade: { stage: "edge", reason: "accepted", confidence: 0.9 },
		});
		expect((await tenant.workersAiCalls()).map(({ body: inputs }) => inputs)).toEqual([{ text: "free money" }]);
	});

	it("reports no usage, so that what it cost is estimated from the prompt, and marked so", async () => {
		const { headers, body } = await classify({ edge: { ...CLASSIFIER, model: "@fake/classifier" } });
		expect(body["usage"]).toBeNull();
		const call = body.data[0]?.cascade.calls[0];
		expect(call).toMatchObject({ usage: null, estimated: true });
		expect(call?.costUsd).toBeGreaterThan(0);
		expect(body["cascade"]).toEqual({ costUsd: call?.costUsd, savedUsd: expect.closeTo(9 * (call?.costUsd ?? 0), 12) });
		expect(Number(headers.get("x-cascade-cost-usd"))).toBeCloseTo(call?.costUsd ?? 0, 10);
	});

	it.each([
		["it is unsure", "@fake/classifier-unsure", "deferred", "low-confidence", undefined],
		["it knows none of the request's labels", "@fake/classifier-of-moods", "failed", "edge-failed", "invalid-answer"],
		["it prefers a label of its own", "@fake/classifier-of-more", "deferred", "rejected-by-check", "unknown-label"],
		["it gives no scores", "@fake/classifier-without-scores", "failed", "edge-failed", "invalid-answer"],
		["it gives nothing", "@fake/classifier-of-nothing", "failed", "edge-failed", "invalid-answer"],
		["it answers in words", "@fake/native", "failed", "edge-failed", "invalid-answer"],
		["it has no capacity", "@fake/error-3040", "failed", "edge-unavailable", "overloaded"],
		["its connection breaks", "@fake/broken", "failed", "edge-failed", "broken-off"],
		["its answer is no JSON", "@fake/garbage", "failed", "edge-failed", "invalid-answer"],
	])("is passed over for the origin when %s", async (_when, model, outcome, reason, detail) => {
		const { body } = await classify({ edge: { ...CLASSIFIER, model } });
		expect(body.data[0]).toMatchObject({ label: "spam", cascade: { stage: "origin" } });
		expect(body.data[0]?.cascade.trail[0]).toMatchObject({ outcome, reason });
		expect(body.data[0]?.cascade.trail[0]?.detail).toBe(detail);
	});

	it("is passed over where the request has a label that it does not know, though it prefers another", async () => {
		const labels = [...LABELS, "newsletter"];
		const { body } = await classify({ edge: { ...CLASSIFIER, model: "@fake/classifier" } }, { labels });
		expect(body.data[0]).toMatchObject({ label: "spam", cascade: { stage: "origin" } });
		expect(body.data[0]?.cascade.trail[0]).toMatchObject({ reason: "edge-failed", detail: "invalid-answer" });
	});

	it.each([
		[{ instructions: "Newsletters are ham." }, "instructions"],
		[{ labels: ["Ham", { label: "spam", description: "unwanted mail" }] }, "labels[1].description"],
	])("is passed over, unasked, where the client says what the labels are for: %j", async (fields, detail) => {
		const edge = { ...CLASSIFIER, model: "@fake/classifier" };
		const { body, tenant } = await classify({ edge }, fields);
		expect(body.data[0]?.cascade).toMatchObject({
			stage: "origin",
			trail: [{ outcome: "skipped", reason: "unsupported-by-edge", detail }, {}],
		});
		expect(await tenant.workersAiCalls()).toEqual([]);
	});

	it.each([
		[{ instructions: "Newsletters are ham." }, "instructions", "unsupported_parameter"],
		[
			{ labels: ["Ham", { label: "spam", description: "unwanted mail" }] },
			"labels[1].description",
			"unsupported_parameter",
		],
	])("as the last stage refuses what it cannot be told, by the field's name: %j", async (fields, param, code) => {
		const { confidence: _confidence, threshold: _threshold, ...shape } = CLASSIFIER;
		const origin = { ...shape, adapter: "workers-ai", model: "@fake/classifier", origin: undefined };
		for (const input of ["free money", ["free money", "hello"]]) {
			const changes = { edge: { ...BY_LABEL, model: "@fake/unsure" }, origin };
			const { status, body } = await classify(changes, { ...fields, input });
			expect(status).toBe(400);
			expect(body.error).toMatchObject({ code, param });
		}
	});

	it("of another kind as the last stage is a cascade that does not serve the endpoint: `model` is at fault", async () => {
		const origin = { adapter: "workers-ai", shape: "llama-guard", model: "@fake/guard", origin: undefined };
		const { status, body } = await classify({ edge: { ...BY_LABEL, model: "@fake/unsure" }, origin });
		expect(status).toBe(400);
		expect(body.error).toMatchObject({ code: "unsupported_endpoint", param: "model" });
	});

	it("may have a chat model as its checker", async () => {
		const confidence = { method: "verify", model: "@fake/yes" };
		const { body } = await classify({ edge: { ...CLASSIFIER, model: "@fake/classifier", confidence } });
		expect(body.data[0]?.cascade).toMatchObject({ stage: "edge", confidence: 1 });
	});

	it("is never asked to chat", async () => {
		const tenant = await publishTenant({ edge: { ...CLASSIFIER, model: "@fake/classifier" }, origin: ORIGIN });
		const response = await exports.default.fetch("https://edge.example/v1/chat/completions", {
			method: "POST",
			headers: { authorization: `Bearer ${tenant.key}` },
			body: JSON.stringify({ model: "cascade", messages: [{ role: "user", content: "free" }] }),
		});
		const { cascade } = (await response.json()) as { cascade: { trail: unknown[] } };
		expect(cascade.trail[0]).toMatchObject({ outcome: "skipped", reason: "unsupported-by-edge", detail: "task" });
		expect(await tenant.workersAiCalls()).toEqual([]);
	});
});

describe("a text that the edge is not sure of", () => {
	it("is labelled by the last stage, whose log-probabilities are asked for to tell the scores", async () => {
		const { body, headers, tenant } = await classify({ edge: { ...BY_LABEL, model: "@fake/unsure" } });
		expect(body.data[0]).toMatchObject({
			label: "spam",
			score: expect.closeTo(0.75, 9),
			cascade: { stage: "origin", reason: "low-confidence" },
		});
		expect(headers.get("x-cascade-reason")).toBe("low-confidence");
		const [call] = await tenant.originCalls();
		expect(call?.body).toMatchObject({ temperature: 0, max_tokens: 268, logprobs: true, top_logprobs: 20 });
	});

	it("has no score where the last stage gives none, and its label in the request's spelling", async () => {
		const origin = { model: "labeller-without-logprobs" };
		const { body } = await classify({ origin, edge: { ...BY_LABEL, model: "@fake/unsure" } });
		expect(body.data[0]).toMatchObject({ label: "Ham", score: null, cascade: { stage: "origin" } });
	});

	it("may be sent to the last stage by the client's own wish", async () => {
		const { body, tenant } = await classify({ edge: BY_LABEL }, {}, { "x-cascade-route": "origin" });
		expect(body.data[0]?.cascade).toMatchObject({ stage: "origin", reason: "forced" });
		expect(await tenant.workersAiCalls()).toEqual([]);
	});
});

describe("a last stage that gives no label", () => {
	const unsure = { ...BY_LABEL, model: "@fake/unsure" };

	it("has given no answer", async () => {
		const { status, body, headers } = await classify({ edge: unsure, origin: { model: "plain" } });
		expect(status).toBe(502);
		expect(body.error).toMatchObject({ code: "upstream_invalid", param: null });
		expect(headers.get("x-cascade-reason")).toBe("origin-failed");
	});

	it("leaves the edge's answer, where the policy has that served", async () => {
		const changes = { edge: unsure, origin: { model: "plain" }, onOriginFailure: "serve-edge-answer" };
		const { status, body } = await classify(changes);
		expect(status).toBe(200);
		expect(body.data[0]).toMatchObject({ label: "spam", cascade: { reason: "origin-failed-served-edge" } });
	});

	it.each([
		["status-503", 502, "upstream_error"],
		["status-429-30", 429, "rate_limit_exceeded"],
		["status-401", 502, "origin_auth"],
	])("because it failed is told as for chat: %s", async (model, status, code) => {
		const reply = await classify({ edge: unsure, origin: { model } });
		expect(reply.status).toBe(status);
		expect(reply.body.error.code).toBe(code);
	});

	it("because it refused the request names the input, not a field that the client has not sent", async () => {
		const { status, body } = await classify({ edge: unsure, origin: { model: "context-length" } });
		expect(status).toBe(400);
		expect(body.error).toMatchObject({ code: "context_length_exceeded", param: "input" });
	});
});

describe("a request that cannot be served", () => {
	it.each([
		[{ input: undefined }, "input"],
		[{ input: ["a", ""] }, "input[1]"],
		[{ labels: ["spam"] }, "labels"],
		[{ labels: ["spam", "SPAM"] }, "labels[1]"],
		[{ temperature: 0 }, "temperature"],
	])("is refused by the field's name: %o", async (fields, param) => {
		const { status, body, tenant } = await classify({}, fields);
		expect(status).toBe(400);
		expect(body.error).toMatchObject({ type: "invalid_request_error", code: "invalid_request", param });
		expect(await tenant.workersAiCalls()).toEqual([]);
	});

	it("because its model is no cascade is a 404", async () => {
		const { status, body } = await classify({}, { model: "other" });
		expect(status).toBe(404);
		expect(body.error).toMatchObject({ code: "model_not_found", param: "model" });
	});

	it("because it wants a route that the policy forbids is a 403", async () => {
		const { status } = await classify({ allowRouteHeader: false }, {}, { "x-cascade-route": "edge" });
		expect(status).toBe(403);
	});

	it("because its key lacks the scope is a 403, and without a key a 401", async () => {
		const tenant = await publishTenant({}, {}, ["admin"]);
		expect((await post(tenant, "classifications", {})).status).toBe(403);
		expect((await post({ key: "wrong" }, "classifications", {})).status).toBe(401);
	});
});
