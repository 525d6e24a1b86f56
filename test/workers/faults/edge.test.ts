import { describe, expect, inject, it } from "vitest";
import type { WorkersAiBinding } from "../../../src/adapters/workers-ai-stage.ts";
import type { StageFailure } from "../../../src/core/stage-failure.ts";
import type { Reason } from "../../../src/core/trail.ts";
import { EDGE_COST_USD, ORIGIN_COST_USD } from "../../support/cascades.ts";
import { publishTenant } from "../tenant.ts";
import { expectAnswer, expectError, expectNothingLeaks, faultWorld, type ExpectedError } from "./fault-world.ts";

/** One fault of Workers AI, and what comes of it. */
interface EdgeFault {
	/** Its row in `docs/reliability.md`. */
	readonly row: string;
	readonly what: string;
	/** The fake's behaviour, after `@fake/`. */
	readonly model: string;
	readonly reason: Reason;
	readonly failure: StageFailure["kind"];
	/** For a client that insisted on the edge. */
	readonly error: ExpectedError;
	readonly costUnknown?: true;
	readonly only?: "plain" | "stream";
	/** A binding that behaves so in place of the fake's. */
	readonly ai?: WorkersAiBinding;
}

const unreachable = {
	reason: "edge-failed",
	failure: "unreachable",
	error: { status: 503, code: "origin_unavailable", retryAfter: 5 },
} as const;
const brokenOff = {
	reason: "edge-failed",
	failure: "broken-off",
	error: { status: 502, code: "upstream_broken_off", retryAfter: 2 },
	costUnknown: true,
} as const;
const invalid = {
	reason: "edge-failed",
	failure: "invalid-answer",
	error: { status: 502, code: "upstream_invalid", retryAfter: 2 },
	costUnknown: true,
} as const;
const upstream = {
	reason: "edge-failed",
	failure: "upstream-error",
	error: { status: 502, code: "upstream_error", retryAfter: 2 },
} as const;
const badRequest = {
	reason: "edge-failed",
	failure: "bad-request",
	error: { status: 400, code: "invalid_request", retryAfter: null },
} as const;
const misconfigured = (code: string) =>
	({
		reason: "edge-failed",
		failure: "misconfigured",
		error: { status: 502, code, retryAfter: "never" },
	}) as const;
const capacity = {
	reason: "edge-unavailable",
	failure: "overloaded",
	error: { status: 429, code: "rate_limit_exceeded", retryAfter: 5 },
} as const;
const allocation = {
	reason: "edge-unavailable",
	failure: "daily-allocation",
	error: { status: 503, code: "daily_allocation_used", retryAfter: 60 },
} as const;
const tooLarge = {
	reason: "edge-failed",
	failure: "too-large",
	error: { status: 502, code: "upstream_too_large", retryAfter: "never" },
	costUnknown: true,
} as const;

/** A binding whose service is at an address where nothing of it is. */
const at = (address: string): WorkersAiBinding => ({
	run: (_model, inputs, { signal }) =>
		fetch(address, { method: "POST", body: JSON.stringify(inputs), signal: signal ?? null }),
});
const throwing = (message: string): WorkersAiBinding => ({
	async run() {
		throw new Error(message);
	},
});
const WITH_TLS = inject("fakeOriginUrl").replace("http://127.0.0.1", "https://localhost");

const FAULTS: readonly EdgeFault[] = [
	{ row: "F01", what: "whose connection is refused", model: "choices", ai: at("http://127.0.0.1:1/"), ...unreachable },
	{ row: "F01", what: "whose name has no address", model: "choices", ai: at("https://ai.invalid/"), ...unreachable },
	{ row: "F01", what: "whose TLS handshake fails", model: "choices", ai: at(WITH_TLS), ...unreachable },
	{ row: "F02", what: "that closes before its headers", model: "close-before-headers", ...unreachable },
	{ row: "F02", what: "that resets before its headers", model: "reset-before-headers", ...unreachable },
	{ row: "F02", what: "that does not speak HTTP", model: "no-http", ...unreachable },
	{
		row: "F03",
		what: "whose binding throws",
		model: "choices",
		ai: throwing("internal error at 127.0.0.1"),
		...unreachable,
	},
	{
		row: "F03",
		what: "whose binding throws a code",
		model: "choices",
		ai: throwing("3040: Capacity temporarily exceeded"),
		...capacity,
	},
	{ row: "F07", what: "that resets in its body", model: "reset-mid-body", ...brokenOff },
	{ row: "F07", what: "whose body is shorter than it says", model: "short-body", ...brokenOff },
	{ row: "F08", what: "with half of its JSON", model: "truncated-json", ...invalid },
	{ row: "F08", what: "with garbage after its JSON", model: "trailing-garbage", ...invalid, only: "plain" },
	{ row: "F09", what: "with a page of HTML for an answer", model: "html-instead", ...invalid },
	{ row: "F10", what: "with an empty body", model: "empty-body", ...invalid },
	{ row: "F11", what: "with an error in status 200", model: "error-in-200", ...upstream },
	{ row: "F12", what: "with status 400", model: "errors-400", ...badRequest },
	{ row: "F12", what: "with status 413", model: "errors-413", ...badRequest },
	{ row: "F12", what: "with status 422", model: "errors-422", ...badRequest },
	{ row: "F12", what: "with 3006, a request too large", model: "error-3006", ...badRequest },
	{ row: "F12", what: "with 5006, no input of the model's", model: "error-5006", ...badRequest },
	{ row: "F13", what: "with status 401", model: "errors-401", ...misconfigured("origin_auth") },
	{ row: "F13", what: "with status 403", model: "errors-403", ...misconfigured("origin_auth") },
	{ row: "F13", what: "with 5016, terms not agreed to", model: "error-5016", ...misconfigured("origin_auth") },
	{ row: "F14", what: "with status 404", model: "errors-404", ...misconfigured("origin_model") },
	{ row: "F14", what: "with 5007, no such model", model: "error-5007", ...misconfigured("origin_model") },
	{ row: "F15", what: "with status 408", model: "errors-408", ...unreachable },
	{ row: "F15", what: "with 3007, the platform's timeout", model: "error-3007", ...unreachable },
	{ row: "F15", what: "with status 409", model: "errors-409", ...upstream },
	{ row: "F16", what: "with status 429", model: "errors-429", ...capacity },
	{ row: "F16", what: "with 3040, no capacity", model: "error-3040", ...capacity },
	{ row: "F17", what: "with 3036, the daily allocation", model: "error-3036", ...allocation },
	{ row: "F18", what: "with status 500", model: "errors-500", ...upstream },
	{ row: "F18", what: "with status 502 and HTML", model: "html", ...upstream },
	{ row: "F18", what: "with status 503", model: "errors-503", ...upstream },
	{ row: "F18", what: "with status 504", model: "errors-504", ...upstream },
	{ row: "F19", what: "without choices", model: "no-choices", ...invalid },
	{ row: "F19", what: "without a finish reason", model: "no-finish-reason", ...invalid, only: "plain" },
	{ row: "F20", what: "whose answer never ends", model: "endless-body", ...tooLarge, only: "plain" },
	{
		row: "F20",
		what: "whose first event never ends",
		model: "endless-body",
		...tooLarge,
		error: { status: 502, code: "upstream_broken_off", retryAfter: 2 },
		failure: "broken-off",
		only: "stream",
	},
	{ row: "F21", what: "with a compression that is none", model: "not-compressed", ...brokenOff },
	{ row: "F21", what: "in UTF-16", model: "utf-16", ...invalid },
];

const CASES = FAULTS.flatMap((fault) =>
	[false, true]
		.filter((stream) => fault.only === undefined || (fault.only === "stream") === stream)
		.map((stream) => ({ ...fault, stream, how: stream ? "a stream" : "plain" })),
);

// A judged answer is asked for whole, whatever the client wants, so a fault of streams alone never meets it.
describe.each(CASES.filter(({ only }) => only !== "stream"))(
	"$row: Workers AI $what ($how)",
	({ model, reason, failure, costUnknown, ai, stream }) => {
		const ask = async () => {
			const world = faultWorld(ai === undefined ? {} : { ai });
			const tenant = await publishTenant({ edge: { model: `@fake/${model}` }, timeoutMs: 55_000 });
			const response = await world.ask(tenant, { stream });
			return { ...world, tenant, response };
		};

		it("sends the request to the origin, which answers it", async () => {
			const { response, observations, tenant } = await ask();
			await expectAnswer(response, stream, { stage: "origin", reason, content: "origin: Is this spam?" });
			const costUsd = costUnknown === true ? null : ORIGIN_COST_USD;
			expect(observations).toMatchObject([{ outcome: "answered", stage: "origin", failure: null }]);
			if (costUsd === null) expect(observations[0]?.costUsd).toBeNull();
			else expect(observations[0]?.costUsd).toBeCloseTo(costUsd, 12);
			expect(observations[0]?.trail).toMatchObject([
				{ stage: "edge", outcome: "failed", reason, detail: failure, confidence: null },
				{ stage: "origin", outcome: "accepted" },
			]);
			expect(await tenant.originCalls()).toHaveLength(1);
		});
	},
);

describe.each(CASES)("$row: Workers AI $what ($how)", ({ model, failure, error, ai, stream }) => {
	const ask = async () => {
		const world = faultWorld(ai === undefined ? {} : { ai });
		const tenant = await publishTenant({ edge: { model: `@fake/${model}` }, timeoutMs: 55_000 });
		const response = await world.ask(tenant, { stream, route: "edge" });
		return { ...world, tenant, response };
	};

	it("is told to a client that insisted on the edge, and the origin is not asked", async () => {
		const { response, observations, tenant } = await ask();
		await expectError(response, error);
		expect(observations).toMatchObject([{ outcome: "failed", failure, stage: null }]);
		expectNothingLeaks(JSON.stringify(observations));
		if (model === "endless-body") expect(await tenant.workersAiLeft()).toBe(true);
		expect(await tenant.originCalls()).toEqual([]);
	});
});

describe.each([
	["F22", "not a number", "logprobs-nan", "edge-failed"],
	["F22", "infinite", "logprobs-infinite", "confidence-unavailable"],
	["F22", "positive", "logprobs-positive", "confidence-unavailable"],
	["F22", "null", "logprobs-null", "confidence-unavailable"],
	["F22", "text", "logprobs-text", "confidence-unavailable"],
	["F23", "missing for some tokens", "logprobs-of-some-tokens", "confidence-unavailable"],
	["F23", "missing for all", "logprobs-empty", "confidence-unavailable"],
	["F23", "no list", "logprobs-no-list", "confidence-unavailable"],
] as const)("%s: log-probabilities that are %s", (_row, _what, model, reason) => {
	it.each([false, true])("accept nothing: the origin answers (stream: %s)", async (stream) => {
		const { ask, observations } = faultWorld();
		const tenant = await publishTenant({ edge: { model: `@fake/${model}` } });
		const response = await ask(tenant, { stream });
		await expectAnswer(response, stream, { stage: "origin", reason, content: "origin: Is this spam?" });
		expect(observations[0]?.trail[0]).toMatchObject({ stage: "edge", reason, confidence: null });
	});

	it("leave an answer that may stand in for a failed origin's, where it could be read at all", async () => {
		const { ask } = faultWorld();
		const tenant = await publishTenant({
			edge: { model: `@fake/${model}` },
			origin: { model: "status-500" },
			onOriginFailure: "serve-edge-answer",
		});
		expect((await ask(tenant)).status).toBe(reason === "edge-failed" ? 502 : 200);
	});
});

describe.each([
	["F24", "missing", "usage-missing"],
	["F24", "absurd", "usage-absurd"],
])("%s: a usage that is %s", (_row, _what, model) => {
	it("leaves the cost of the answer unknown, which is not zero", async () => {
		const { ask, observations } = faultWorld();
		const tenant = await publishTenant({ edge: { model: `@fake/${model}` } });
		const response = await ask(tenant, { route: "edge" });
		await expectAnswer(response, false, { stage: "edge", reason: "forced", content: "spam" });
		expect(response.headers.get("x-cascade-cost-usd")).toBeNull();
		expect(observations).toMatchObject([{ outcome: "answered", costUsd: null, savedUsd: null }]);
	});
});

describe("F25: an answer whose letters are of another encoding, or whose label is wrong", () => {
	it.each([false, true])("is served with the letters that can be read (stream: %s)", async (stream) => {
		const { ask } = faultWorld();
		const tenant = await publishTenant({ edge: { model: "@fake/latin-1" } });
		const response = await ask(tenant, { route: "edge", stream });
		await expectAnswer(response, stream, { stage: "edge", reason: "forced", content: "na\uFFFDve" });
	});

	it.each([false, true])("is judged by what it holds and not by its content type (stream: %s)", async (stream) => {
		const { ask, observations } = faultWorld();
		const tenant = await publishTenant({ edge: { model: "@fake/wrong-content-type" } });
		const response = await ask(tenant, { route: "edge", stream });
		await expectAnswer(response, stream, { stage: "edge", reason: "forced", content: "spam" });
		expect(observations[0]?.costUsd).toBeCloseTo(EDGE_COST_USD, 12);
	});
});

describe("F27: an answer that is none although it could be read", () => {
	const schema = { type: "object", properties: { label: { type: "string" } }, required: ["label"] };
	const response_format = { type: "json_schema", json_schema: { name: "mail", schema } };

	it.each([
		["empty", "native-empty", {}],
		["cut off", "cut-off", {}],
		["filtered", "filtered", {}],
		["no JSON, where JSON was asked for", "choices", { response_format }],
		["JSON of another form", "other-json", { response_format }],
	])("is rejected whatever its confidence, and the origin answers: %s", async (_what, model, fields) => {
		const { ask, observations } = faultWorld();
		const response = await ask(await publishTenant({ edge: { model: `@fake/${model}` } }), fields);
		const reason = "rejected-by-check";
		await expectAnswer(response, false, { stage: "origin", reason, content: "origin: Is this spam?" });
		expect(observations[0]?.trail[0]).toMatchObject({ outcome: "deferred", reason, detail: expect.any(String) });
	});
});
