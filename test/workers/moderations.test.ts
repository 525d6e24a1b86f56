import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { MODERATION_CATEGORIES } from "../../src/openai/moderations/categories.ts";
import { EDGE_COST_USD, type CascadeChanges } from "../support/cascades.ts";
import type { RecordedCall } from "../support/far-side.ts";
import { post } from "./ask-tasks.ts";
import { publishTenant } from "./tenant.ts";

const GUARD = { shape: "llama-guard", confidence: { method: "agreement", samples: 2 }, threshold: 1 };
const MODERATOR = { model: "@fake/moderator", confidence: { method: "label-margin" }, threshold: 0.5 };
const ORIGIN = { model: "moderation", shape: "moderations" };
const IMAGE = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };

async function moderate(
	changes: CascadeChanges,
	fields: Readonly<Record<string, unknown>> = {},
	headers: Readonly<Record<string, string>> = {},
) {
	const tenant = await publishTenant({ origin: ORIGIN, ...changes });
	const reply = await post(tenant, "moderations", { model: "cascade", input: "hello", ...fields }, headers);
	return { tenant, ...reply };
}

const flaggedIn = (categories: Readonly<Record<string, boolean>> | undefined) =>
	Object.entries(categories ?? {}).flatMap(([name, flagged]) => (flagged ? [name] : []));

describe("a harmless text", () => {
	it("is judged by Llama Guard at the edge, in OpenAI's shape with every category", async () => {
		const { status, body, headers, tenant } = await moderate({ edge: { ...GUARD, model: "@fake/guard" } });
		expect(status).toBe(200);
		expect(body).toMatchObject({ id: expect.stringMatching(/^modr-req_/u), model: "cascade" });
		const [result] = body.results;
		const names = MODERATION_CATEGORIES.map(({ name }) => name);
		expect(result?.flagged).toBe(false);
		expect(result?.categories).toEqual(Object.fromEntries(names.map((name) => [name, false])));
		expect(result?.category_scores).toEqual(Object.fromEntries(names.map((name) => [name, 0])));
		expect(result?.category_applied_input_types).toEqual(Object.fromEntries(names.map((name) => [name, ["text"]])));
		expect(result?.cascade).toMatchObject({ stage: "edge", reason: "accepted", confidence: 1 });
		expect(body["cascade"]).toMatchObject({ costUsd: expect.closeTo(2 * EDGE_COST_USD, 12) });
		expect(headers.get("x-cascade-stage")).toBe("edge");
		expect(await tenant.originCalls()).toEqual([]);
	});

	it("is all that Llama Guard is shown", async () => {
		const { tenant } = await moderate({ edge: { ...GUARD, model: "@fake/guard" } });
		const calls = (await tenant.workersAiCalls()).map(({ body }) => body);
		const asked = (temperature: number) => ({
			messages: [{ role: "user", content: "hello" }],
			max_tokens: expect.any(Number),
			temperature,
		});
		expect(calls).toHaveLength(2);
		expect(calls).toContainEqual(asked(0));
		expect(calls).toContainEqual(asked(1));
	});
});

describe("a harmful text", () => {
	it("has the categories of Llama Guard's hazards, with the score 1 since the model gives none", async () => {
		const { body } = await moderate({ edge: { ...GUARD, model: "@fake/guard" } }, { input: "build a bomb" });
		expect(body.results[0]).toMatchObject({ flagged: true, cascade: { stage: "edge" } });
		expect(flaggedIn(body.results[0]?.categories)).toEqual(["illicit", "illicit/violent"]);
		expect(body.results[0]?.category_scores).toMatchObject({ "illicit/violent": 1, hate: 0 });
	});

	it("may be told of as an object, and a hazard without a category flags all the same", async () => {
		const { body } = await moderate({ edge: { ...GUARD, model: "@fake/guard-object" } });
		expect(body.results[0]).toMatchObject({ flagged: true, cascade: { stage: "edge" } });
		expect(flaggedIn(body.results[0]?.categories)).toEqual(["illicit", "illicit/violent", "violence"]);
	});

	it("is judged by any chat model in words, whose log-probabilities are its categories' scores", async () => {
		const { body, tenant } = await moderate({ edge: MODERATOR });
		expect(body.results[0]).toMatchObject({ flagged: true, cascade: { stage: "edge" } });
		expect(flaggedIn(body.results[0]?.categories)).toEqual(["harassment"]);
		expect(body.results[0]?.category_scores).toMatchObject({ harassment: expect.closeTo(0.9, 9), violence: 0 });
		const [call] = await tenant.workersAiCalls();
		const { messages } = (call as RecordedCall).body as { messages: { content: string }[] };
		expect(messages[0]?.content).toContain("- self-harm/intent: ");
		expect(messages[1]?.content).toBe("hello");
	});
});

describe("a stage of OpenAI's moderation shape", () => {
	const last = { "x-cascade-route": "origin" };

	it("is sent the text alone, and its result is passed on with its own scores", async () => {
		const { body, tenant } = await moderate({}, { input: "a bomb" }, last);
		expect(body.results[0]).toMatchObject({
			flagged: true,
			cascade: { stage: "origin", reason: "forced" },
			category_applied_input_types: { violence: ["text", "image"], hate: ["text"], sexual: [] },
		});
		expect(flaggedIn(body.results[0]?.categories)).toEqual(["violence"]);
		expect(body.results[0]?.category_scores).toMatchObject({ violence: 0.97, hate: 0.01, sexual: 0 });
		const [call] = await tenant.originCalls();
		expect(call?.body).toEqual({ model: expect.stringMatching(/^moderation~/u), input: "a bomb" });
	});

	it.each([
		["harmful", "a bomb", "accepted", 0.97],
		["harmless", "hello", "accepted", 0.98],
	])("may be the first one, sure of a %s text by its greatest score", async (_which, input, reason, confidence) => {
		const edge = {
			adapter: "openai",
			origin: "fake",
			model: "moderation",
			shape: "moderations",
			logprobs: undefined,
			confidence: { method: "classifier-score" },
		};
		const { body } = await moderate({ edge, origin: { model: "moderator" } }, { input });
		expect(body.results[0]?.cascade).toMatchObject({ stage: "edge", reason });
		expect(body.results[0]?.cascade.confidence).toBeCloseTo(confidence, 9);
	});

	it.each([
		["no result", "moderation-without-results", 502, "upstream_invalid"],
		["a chat's answer", "plain", 502, "upstream_invalid"],
		["nothing that is JSON", "html-200", 502, "upstream_invalid"],
		["a server error", "status-503", 502, "upstream_error"],
		["a refusal of our key", "status-401", 502, "origin_auth"],
		["a redirect", "redirect", 502, "origin_redirect"],
	])("that sends %s fails as any last stage does", async (_what, model, status, code) => {
		const reply = await moderate({ origin: { ...ORIGIN, model } }, {}, last);
		expect(reply.status).toBe(status);
		expect(reply.body.error).toMatchObject({ code, param: null });
	});

	it("is never asked to chat", async () => {
		const tenant = await publishTenant({ origin: ORIGIN });
		const response = await exports.default.fetch("https://edge.example/v1/chat/completions", {
			method: "POST",
			headers: { authorization: `Bearer ${tenant.key}`, "x-cascade-route": "origin" },
			body: JSON.stringify({ model: "cascade", messages: [{ role: "user", content: "hello" }] }),
		});
		expect(response.status).toBe(400);
		expect(await tenant.originCalls()).toEqual([]);
	});
});

describe("a verdict of the edge that is not accepted", () => {
	it.each([
		["it wavers", "@fake/guard-wavers", "deferred", "low-confidence", undefined],
		["it is no verdict", "@fake/guard-talks", "deferred", "rejected-by-check", "invalid-verdict"],
		["it has no form that we know", "@fake/guard-empty", "failed", "edge-failed", "invalid-answer"],
		["it is cut off", "@fake/native-cut-off", "deferred", "rejected-by-check", "truncated"],
		["the model fails", "@fake/error-3040", "failed", "edge-unavailable", "overloaded"],
	])("is judged again by the last stage when %s", async (_when, model, outcome, reason, detail) => {
		const { body } = await moderate({ edge: { ...GUARD, model } }, { input: "a bomb" });
		expect(body.results[0]).toMatchObject({ flagged: true, cascade: { stage: "origin" } });
		expect(body.results[0]?.cascade.trail[0]).toMatchObject({ outcome, reason });
		expect(body.results[0]?.cascade.trail[0]?.detail).toBe(detail);
	});

	it("is whole although nobody says how long it is", async () => {
		const { body } = await moderate({ edge: { ...GUARD, model: "@fake/guard-no-usage" } });
		expect(body.results[0]).toMatchObject({ flagged: false, cascade: { stage: "edge", costUsd: null } });
	});

	it("may be judged by a chat model last, whose categories may be codes as well as names", async () => {
		const edge = { ...GUARD, model: "@fake/guard-wavers" };
		const { body } = await moderate({ edge, origin: { model: "moderator" } });
		expect(flaggedIn(body.results[0]?.categories)).toEqual(["hate", "violence"]);
		expect(body.results[0]?.category_scores).toMatchObject({ hate: 1, violence: 1 });
	});

	it("fails where the last stage gives none either", async () => {
		const edge = { ...GUARD, model: "@fake/guard-wavers" };
		const { status, body } = await moderate({ edge, origin: { model: "plain" } });
		expect(status).toBe(502);
		expect(body.error.code).toBe("upstream_invalid");
	});
});

describe("texts and images together", () => {
	const input = [{ type: "text", text: "what is this?" }, IMAGE];

	it("are one input, judged by a stage that takes images and by no other", async () => {
		const { body, tenant } = await moderate({ edge: { ...GUARD, model: "@fake/guard" } }, { input });
		expect(body.results).toHaveLength(1);
		expect(body.results[0]?.cascade).toMatchObject({ stage: "origin" });
		expect((await tenant.originCalls())[0]?.body).toMatchObject({ input });
		expect(await tenant.workersAiCalls()).toEqual([]);
	});

	it("are refused at the image's place where no stage takes images", async () => {
		const origin = { model: "moderator" };
		const { status, body, tenant } = await moderate({ edge: { ...GUARD, model: "@fake/guard" }, origin }, { input });
		expect(status).toBe(400);
		expect(body.error).toMatchObject({ code: "unsupported_parameter", param: "input[1].type" });
		expect(await tenant.originCalls()).toEqual([]);
	});

	it("may be texts alone, which any stage judges as one", async () => {
		const parts = [
			{ type: "text", text: "build" },
			{ type: "text", text: "a bomb" },
		];
		const { body } = await moderate({ edge: { ...GUARD, model: "@fake/guard" } }, { input: parts });
		expect(body.results).toHaveLength(1);
		expect(body.results[0]).toMatchObject({ flagged: true, cascade: { stage: "edge" } });
	});
});

describe("a request that names no model", () => {
	it("is judged by the cascade that the policy names", async () => {
		const edge = { ...GUARD, model: "@fake/guard" };
		const tenant = await publishTenant({ edge }, {}, ["inference"], { defaults: { moderations: "cascade" } });
		const { body } = await post(tenant, "moderations", { input: "hello" });
		expect(body).toMatchObject({ model: "cascade", results: [{ flagged: false }] });
	});

	it("is refused where the policy names none, saying what to set", async () => {
		const { status, body } = await moderate({}, { model: undefined });
		expect(status).toBe(400);
		expect(body.error).toMatchObject({ param: "model", message: expect.stringContaining("defaults.moderations") });
	});
});

describe("a request that cannot be read", () => {
	it.each([
		[{ input: undefined }, "input"],
		[{ input: [] }, "input"],
		[{ input: ["a", 1] }, "input[1]"],
		[{ input: [{ type: "video" }] }, "input[0].type"],
		[{ user: "ann" }, "user"],
	])("is refused by the field's name: %o", async (fields, param) => {
		const { status, body } = await moderate({}, fields);
		expect(status).toBe(400);
		expect(body.error.param).toBe(param);
	});
});
