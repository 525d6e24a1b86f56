import { describe, expect, it } from "vitest";
import { EDGE_COST_USD, ORIGIN_COST_USD } from "../support/cascades.ts";
import { FAKE_USAGE } from "../support/openai-answers.ts";
import { ask, edgeEntry } from "./ask.ts";

const NATIVE = { logprobs: false, confidence: { method: "verify", model: "@fake/yes" }, threshold: 0.5 };
const JSON_OBJECT = { response_format: { type: "json_object" } };
const LABEL_SCHEMA = { type: "object", properties: { label: { enum: ["spam", "ham"] } }, required: ["label"] };
const JSON_SCHEMA = { response_format: { type: "json_schema", json_schema: { name: "label", schema: LABEL_SCHEMA } } };

describe("an answer of Workers AI that is sure enough", () => {
	it("is served in OpenAI's shape, completed with the fields its clients need", async () => {
		const { status, body, headers, tenant } = await ask({});
		expect(status).toBe(200);
		expect(body).toMatchObject({
			id: expect.stringMatching(/./u),
			object: "chat.completion",
			model: "cascade",
			usage: FAKE_USAGE,
		});
		expect(body.choices).toEqual([
			{
				index: 0,
				message: { role: "assistant", content: "spam", refusal: null },
				logprobs: null,
				finish_reason: "stop",
			},
		]);
		expect(body.cascade).toMatchObject({
			stage: "edge",
			reason: "accepted",
			confidence: expect.closeTo(0.9, 9),
			threshold: 0.8,
		});
		expect(headers.get("x-cascade-stage")).toBe("edge");
		expect(headers.get("x-cascade-confidence")).toBe("0.9");
		expect(await tenant.originCalls()).toEqual([]);
	});

	it("costs its tokens, and saves what the last stage would have cost for as many", async () => {
		const { body, headers } = await ask({});
		expect(body.cascade.costUsd).toBeCloseTo(EDGE_COST_USD, 12);
		expect(body.cascade.savedUsd).toBeCloseTo(ORIGIN_COST_USD - EDGE_COST_USD, 12);
		expect(Number(headers.get("x-cascade-cost-usd"))).toBeCloseTo(EDGE_COST_USD, 10);
	});

	it.each([
		["a text", "@fake/native", {}, "spam"],
		["a parsed object", "@fake/native-object", JSON_OBJECT, '{"label":"spam"}'],
	])("may be native: %s", async (_what, model, fields, content) => {
		const { body } = await ask({ edge: { ...NATIVE, model } }, fields);
		expect(body.cascade.reason).toBe("accepted");
		expect(body.choices[0]).toMatchObject({
			message: { role: "assistant", content, refusal: null },
			finish_reason: "stop",
		});
	});

	it("is served with its log-probabilities where the client asked for them, and with no more alternatives than it asked for", async () => {
		const changes = { edge: { confidence: { method: "label-margin", labels: ["spam", "ham"] }, threshold: 0.5 } };
		const { body } = await ask(changes, { logprobs: true, top_logprobs: 1 });
		expect(body.cascade).toMatchObject({ stage: "edge", confidence: expect.closeTo(0.8, 9) });
		const [choice] = body.choices as unknown as {
			logprobs: { content: { token: string; top_logprobs: unknown[] }[] };
		}[];
		expect(choice?.logprobs.content[0]?.token).toBe("spam");
		expect(choice?.logprobs.content[0]?.top_logprobs).toHaveLength(1);
	});

	it.each([
		["an object", "@fake/json-text", JSON_OBJECT],
		["what the schema wants", "@fake/json-text", JSON_SCHEMA],
	])("may be JSON: %s", async (_what, model, fields) => {
		expect((await ask({ edge: { model } }, fields)).body.cascade.stage).toBe("edge");
	});
});

describe("an answer of Workers AI that cannot be served", () => {
	it.each([
		["it is not sure enough", { model: "@fake/unsure" }, {}, "deferred", "low-confidence", undefined],
		[
			"it has no log-probabilities although the policy says so",
			{ model: "@fake/no-logprobs" },
			{},
			"deferred",
			"confidence-unavailable",
			"no-logprobs",
		],
		[
			"a log-probability is no number",
			{ model: "@fake/bad-logprobs" },
			{},
			"deferred",
			"confidence-unavailable",
			"bad-logprobs",
		],
		[
			"a log-probability is above zero",
			{ model: "@fake/impossible-logprobs" },
			{},
			"deferred",
			"confidence-unavailable",
			"bad-logprobs",
		],
		["it ran into the token limit", { model: "@fake/cut-off" }, {}, "deferred", "rejected-by-check", "truncated"],
		["it was filtered", { model: "@fake/filtered" }, {}, "deferred", "rejected-by-check", "content-filter"],
		["it is not JSON", { model: "@fake/choices" }, JSON_OBJECT, "deferred", "rejected-by-check", "invalid-json"],
		[
			"it does not match the schema",
			{ model: "@fake/other-json" },
			JSON_SCHEMA,
			"deferred",
			"rejected-by-check",
			"schema-mismatch",
		],
		["nobody says why it ended", { model: "@fake/no-finish-reason" }, {}, "failed", "edge-failed", "invalid-answer"],
		[
			"the finish reason is none that we know",
			{ model: "@fake/unknown-finish-reason" },
			{},
			"failed",
			"edge-failed",
			"invalid-answer",
		],
		["it has no choices", { model: "@fake/empty-choices" }, {}, "failed", "edge-failed", "invalid-answer"],
		["it is not JSON at all", { model: "@fake/garbage" }, {}, "failed", "edge-failed", "invalid-answer"],
		["it is a list", { model: "@fake/list" }, {}, "failed", "edge-failed", "invalid-answer"],
		["it is an empty object", { model: "@fake/nothing" }, {}, "failed", "edge-failed", "invalid-answer"],
		["its connection breaks", { model: "@fake/broken" }, {}, "failed", "edge-failed", "broken-off"],
		[
			"a native one is blank",
			{ ...NATIVE, model: "@fake/native-empty" },
			{},
			"deferred",
			"rejected-by-check",
			"empty-answer",
		],
		[
			"a native one used every token allowed",
			{ ...NATIVE, model: "@fake/native-cut-off" },
			{},
			"deferred",
			"rejected-by-check",
			"truncated",
		],
		[
			"a native one does not say how long it is",
			{ ...NATIVE, model: "@fake/native-no-usage" },
			{},
			"deferred",
			"rejected-by-check",
			"unfinished",
		],
		[
			"a native one calls a tool that nobody offered",
			{ ...NATIVE, model: "@fake/native-tool-call" },
			{},
			"deferred",
			"rejected-by-check",
			"unwanted-tool-call",
		],
		[
			"its checker says no",
			{ ...NATIVE, model: "@fake/native", confidence: { method: "verify", model: "@fake/no" } },
			{},
			"deferred",
			"low-confidence",
			undefined,
		],
		[
			"its checker says neither",
			{ ...NATIVE, model: "@fake/native", confidence: { method: "verify", model: "@fake/mumble" } },
			{},
			"deferred",
			"confidence-unavailable",
			"no-verdict",
		],
		[
			"its checker fails",
			{ ...NATIVE, model: "@fake/native", confidence: { method: "verify", model: "@fake/error-3040" } },
			{},
			"deferred",
			"confidence-unavailable",
			"extra-call-failed",
		],
	])("is passed over for the origin's when %s", async (_when, edge, fields, outcome, reason, detail) => {
		const reply = await ask({ edge }, fields);
		expect(reply.status).toBe(200);
		expect(reply.body.choices[0]?.message.content).toBe("origin: Is this spam?");
		expect(reply.body.cascade).toMatchObject({ stage: "origin", reason });
		expect(edgeEntry(reply)).toMatchObject({ stage: "edge", outcome, reason });
		expect(edgeEntry(reply)?.detail).toBe(detail);
		expect(reply.headers.get("x-cascade-reason")).toBe(reason);
	});

	it("is paid for all the same", async () => {
		const { body } = await ask({ edge: { model: "@fake/unsure" } });
		expect(body.cascade.costUsd).toBeCloseTo(EDGE_COST_USD + ORIGIN_COST_USD, 12);
		expect(body.cascade.savedUsd).toBeCloseTo(-EDGE_COST_USD, 12);
	});
});

describe("agreement between samples", () => {
	const agreement = (model: string) => ({
		edge: { model, logprobs: false, confidence: { method: "agreement", samples: 3, temperature: 0.7 }, threshold: 1 },
	});

	it("accepts what every sample says", async () => {
		const { body, tenant } = await ask(agreement("@fake/native"));
		expect(body.cascade).toMatchObject({ stage: "edge", confidence: 1 });
		expect(body.cascade.calls.map(({ purpose }) => purpose).toSorted()).toEqual(["answer", "sample", "sample"]);
		expect(await tenant.workersAiCalls()).toHaveLength(3);
	});

	it("defers what the samples contradict", async () => {
		expect((await ask(agreement("@fake/inconsistent"))).body.cascade).toMatchObject({
			stage: "origin",
			reason: "low-confidence",
		});
	});
});

describe("a checker with log-probabilities", () => {
	it("is weighed by them", async () => {
		const edge = {
			...NATIVE,
			model: "@fake/native",
			logprobs: true,
			confidence: { method: "verify", model: "@fake/surely-yes" },
		};
		expect((await ask({ edge })).body.cascade).toMatchObject({ stage: "edge", confidence: expect.closeTo(0.9, 9) });
	});
});
