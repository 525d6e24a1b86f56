import { describe, expect, it } from "vitest";
import { createApp } from "../../../src/http/app.ts";
import { EDGE_COST_USD, fakeCascade } from "../../support/cascades.ts";
import { readResponseEvents } from "../ask-responses.ts";
import { publishTenant } from "../tenant.ts";
import { expectAnswer, expectError, expectNothingLeaks, faultWorld } from "./fault-world.ts";

const UNAVAILABLE = { status: 503, code: "origin_unavailable", retryAfter: 5 } as const;
const UPSTREAM = { status: 502, code: "upstream_error", retryAfter: 2 } as const;
const SERVED = "origin-failed-served-edge";

describe.each(["fail", "serve-edge-answer"])("F111: both stages down, under '%s'", (onOriginFailure) => {
	it.each([false, true])("is the last stage's failure, and when to try again (stream: %s)", async (stream) => {
		const { ask, observations } = faultWorld();
		const tenant = await publishTenant({
			edge: { model: "@fake/error-3040" },
			origin: { model: "close-before-headers" },
			onOriginFailure,
		});
		await expectError(await ask(tenant, { stream }), UNAVAILABLE);
		expect(observations).toMatchObject([{ outcome: "failed", failure: "unreachable", costUsd: 0 }]);
		expect(observations[0]?.trail.map(({ reason }) => reason)).toEqual(["edge-unavailable", "origin-failed"]);
	});
});

describe("F112: a failed origin whose edge has no answer that could be served", () => {
	it.each([
		["it was cut off", "@fake/cut-off"],
		["it is empty", "@fake/native-empty"],
		["it was filtered", "@fake/filtered"],
		["it could not be read", "@fake/garbage"],
	])("is a failure in spite of 'serve-edge-answer': %s", async (_why, model) => {
		const { ask } = faultWorld();
		const tenant = await publishTenant({
			edge: { model },
			origin: { model: "status-500" },
			onOriginFailure: "serve-edge-answer",
		});
		await expectError(await ask(tenant), UPSTREAM);
	});

	it("and so is one of another form than the request's schema", async () => {
		const { ask } = faultWorld();
		const tenant = await publishTenant({
			edge: { model: "@fake/other-json" },
			origin: { model: "status-500" },
			onOriginFailure: "serve-edge-answer",
		});
		const schema = { type: "object", properties: { label: { type: "string" } }, required: ["label"] };
		const response_format = { type: "json_schema", json_schema: { name: "mail", schema } };
		await expectError(await ask(tenant, { response_format }), UPSTREAM);
	});
});

describe("F113: a failed origin that the request went straight to", () => {
	it.each([
		["by the client's wish", {}, { route: "origin" as const }],
		["by a gate", { gate: { maxPromptTokens: 1 } }, {}],
		["since the edge cannot serve it", {}, { n: 2 }],
	])("is a failure in spite of 'serve-edge-answer', since nothing is held: %s", async (_why, changes, asked) => {
		const { ask, observations } = faultWorld();
		const tenant = await publishTenant({
			...changes,
			origin: { model: "status-500" },
			onOriginFailure: "serve-edge-answer",
		});
		await expectError(await ask(tenant, asked), UPSTREAM);
		expect(await tenant.workersAiCalls()).toEqual([]);
		expect(observations).toMatchObject([{ outcome: "failed", costUsd: 0 }]);
	});
});

describe("F114: a parallel cascade whose origin is down", () => {
	const PARALLEL = { mode: "parallel", origin: { model: "close-before-headers" } };

	it.each([false, true])("serves what the edge is sure of, as if nothing were wrong (stream: %s)", async (stream) => {
		const { ask, observations } = faultWorld();
		const response = await ask(await publishTenant(PARALLEL), { stream });
		await expectAnswer(response, stream, { stage: "edge", reason: "accepted", content: "spam" });
		expect(observations[0]?.trail).toMatchObject([{ stage: "edge", outcome: "accepted" }]);
	});

	it.each([false, true])("serves what it is not sure of where the policy says so (stream: %s)", async (stream) => {
		const changes = { ...PARALLEL, edge: { model: "@fake/unsure" } };
		const { ask } = faultWorld();
		const served = await ask(await publishTenant({ ...changes, onOriginFailure: "serve-edge-answer" }), { stream });
		await expectAnswer(served, stream, { stage: "edge", reason: SERVED, content: "spam" });
		await expectError(await ask(await publishTenant(changes), { stream }), UNAVAILABLE);
	});
});

describe("F115: a cascade of three stages", () => {
	const { stages } = fakeCascade();
	const [edge, origin] = stages;
	const threeStages = (first: string, second: string, last: string, onOriginFailure: string) =>
		publishTenant({
			stages: [
				{ ...edge, name: "small", model: first },
				{ ...edge, name: "middle", model: second },
				{ ...origin, name: "large", model: last },
			],
			onOriginFailure,
		});

	it("whose middle is down asks the last", async () => {
		const { ask, observations } = faultWorld();
		const response = await ask(await threeStages("@fake/unsure", "@fake/error-3036", "plain", "fail"));
		const reason = "edge-unavailable";
		await expectAnswer(response, false, { stage: "large", reason, content: "origin: Is this spam?" });
		expect(observations[0]?.trail.map(({ outcome }) => outcome)).toEqual(["deferred", "failed", "accepted"]);
	});

	it("whose middle and last are down serves the first's answer, where the policy says so", async () => {
		const { ask, observations } = faultWorld();
		const tenant = await threeStages("@fake/unsure", "@fake/error-3036", "status-500", "serve-edge-answer");
		await expectAnswer(await ask(tenant), false, { stage: "small", reason: SERVED, content: "spam" });
		expect(observations[0]?.costUsd).toBeCloseTo(EDGE_COST_USD, 12);
	});
});

describe("F116: a confidence method whose further calls fail", () => {
	it.each([
		["a checker without capacity", { method: "verify", model: "@fake/error-3040" }],
		["a checker that says neither yes nor no", { method: "verify", model: "@fake/mumble" }],
		["a checker that is not there", { method: "verify", model: "@fake/errors-5007" }],
	])("accepts nothing: the origin answers: %s", async (_what, confidence) => {
		const { ask, observations } = faultWorld();
		const response = await ask(await publishTenant({ edge: { confidence } }));
		const reason = "confidence-unavailable";
		await expectAnswer(response, false, { stage: "origin", reason, content: "origin: Is this spam?" });
		expect(observations[0]?.calls.map(({ purpose }) => purpose)).toEqual(["answer", "verify", "answer"]);
	});
});

describe("F117: a Responses request whose origin is at fault", () => {
	const PATH = "/v1/responses";
	const fields = { path: PATH, messages: undefined, input: "Is this spam?", store: false };

	it.each([false, true])("before the first byte has a status (stream: %s)", async (stream) => {
		const { ask, observations } = faultWorld();
		const tenant = await publishTenant({ edge: { model: "@fake/unsure" }, origin: { model: "html" } });
		await expectError(await ask(tenant, { ...fields, stream }), UPSTREAM);
		expect(observations).toMatchObject([{ endpoint: "responses", outcome: "failed", failure: "upstream-error" }]);
	});

	it("before the first byte may be hidden by the small answer", async () => {
		const { ask } = faultWorld();
		const tenant = await publishTenant({
			edge: { model: "@fake/unsure" },
			origin: { model: "html" },
			onOriginFailure: "serve-edge-answer",
		});
		const response = await ask(tenant, fields);
		expect(response.headers.get("x-cascade-reason")).toBe(SERVED);
		expect(await response.json()).toMatchObject({ status: "completed", cascade: { stage: "edge", reason: SERVED } });
	});

	it.each([
		["is reset", "stream-reset", "upstream_broken_off"],
		["holds an error", "stream-error-late", "upstream_error"],
	])("after the first byte ends with an error and a failed response, once: %s", async (_how, model, code) => {
		const { ask } = faultWorld();
		const tenant = await publishTenant({ origin: { model } });
		const text = await (await ask(tenant, { ...fields, stream: true, route: "origin" })).text();
		expectNothingLeaks(text);
		const reply = await readResponseEvents(new Response(text));
		expect(reply.types.slice(-2)).toEqual(["error", "failed"]);
		expect(reply.types.filter((type) => type === "error" || type === "failed" || type === "completed")).toHaveLength(2);
		expect(reply.events.at(-2)).toMatchObject({ code });
	});
});

/** The endpoints that answer no text, as their last stage or only model fails. */
const TASKS = [
	["classifications", { labels: ["spam", "ham"], input: "free money" }],
	["moderations", { input: "free money" }],
	["embeddings", { input: "free money" }],
] as const;
const TASK_FAULTS = [
	["close-before-headers", UNAVAILABLE, "unreachable"],
	["reset-mid-body", { status: 502, code: "upstream_broken_off", retryAfter: 2 }, "broken-off"],
	["truncated-json", { status: 502, code: "upstream_invalid", retryAfter: 2 }, "invalid-answer"],
	["html-instead", { status: 502, code: "upstream_invalid", retryAfter: 2 }, "invalid-answer"],
	["status-401", { status: 502, code: "origin_auth", retryAfter: "never" }, "misconfigured"],
	["status-429-30", { status: 429, code: "rate_limit_exceeded", retryAfter: 30 }, "overloaded"],
	["html", UPSTREAM, "upstream-error"],
] as const;

describe.each(TASKS)("F118: %s whose model is at fault", (endpoint, fields) => {
	it.each(TASK_FAULTS)("fail as a chat does: %s", async (model, error, failure) => {
		const { ask, observations } = faultWorld();
		const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 0 };
		const tenant = await publishTenant({ edge: { model: "@fake/errors-500" }, origin: { model } }, {}, ["inference"], {
			embeddings: { vectors: { adapter: "openai", origin: "fake", model, price } as { model: string } },
		});
		const asked = { ...fields, messages: undefined, model: endpoint === "embeddings" ? "vectors" : "cascade" };
		await expectError(await ask(tenant, { ...asked, path: `/v1/${endpoint}` }), error);
		expect(observations).toMatchObject([{ endpoint, outcome: "failed", failure }]);
		expectNothingLeaks(JSON.stringify(observations));
	});
});

describe("F119: one text of several whose stage fails", () => {
	it("fails them all with the text's place, and ends the calls of the others", async () => {
		const { ask, observations } = faultWorld();
		const tenant = await publishTenant({ edge: { model: "@fake/errors-500" }, origin: { model: "labeller" } });
		const asked = { path: "/v1/classifications", labels: ["spam", "ham"], input: ["hang", "fail"] };
		const response = await ask(tenant, { ...asked, messages: undefined });
		expect(await response.clone().json()).toMatchObject({ error: { param: "input[1]" } });
		await expectError(response, UPSTREAM);
		expect(await tenant.originLeft()).toBe(true);
		expect(observations.map(({ outcome, failure }) => [outcome, failure])).toEqual([
			["failed", "upstream-error"],
			["failed", "upstream-error"],
		]);
	});
});

describe("F120: a bug of our own", () => {
	it("is a 500 without details, and one line in the log that names the request and quotes nothing", async () => {
		const faults: unknown[] = [];
		const app = createApp(
			() => {
				throw new TypeError("cannot read the prompt 'my secret'");
			},
			(fault, facts) => void faults.push({ fault, ...facts }),
		);
		const response = await app.fetch(
			new Request("https://edge.example/v1/chat/completions", { method: "POST", body: "{}" }),
			undefined,
		);
		const requestId = response.headers.get("x-request-id");
		const text = await response.clone().text();
		await expectError(response, { status: 500, code: "internal_error", retryAfter: "never" });
		expect(text).toContain(requestId);
		expect(text + JSON.stringify(faults)).not.toContain("secret");
		expect(faults).toEqual([{ fault: "unexpected-error", requestId, error: "TypeError", what: expect.any(String) }]);
	});
});
