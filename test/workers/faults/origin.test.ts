import { describe, expect, inject, it } from "vitest";
import type { StageFailure } from "../../../src/core/stage-failure.ts";
import { EDGE_COST_USD, fakeCascade, ORIGIN_COST_USD } from "../../support/cascades.ts";
import { publishTenant } from "../tenant.ts";
import { expectAnswer, expectError, expectNothingLeaks, faultWorld, type ExpectedError } from "./fault-world.ts";

/** One fault of an origin, and what comes of it. */
interface OriginFault {
	/** Its row in `docs/reliability.md`. */
	readonly row: string;
	readonly what: string;
	/** The fake's behaviour. */
	readonly model: string;
	readonly error: ExpectedError;
	/** In the log. */
	readonly failure: StageFailure["kind"];
	/** Where the origin may have done all of its work nobody knows what that costs. */
	readonly costUnknown?: true;
	/** Its answer to a plain request or to a stream alone. */
	readonly only?: "plain" | "stream";
	/** Where the origin is, if it is not the fake. */
	readonly at?: string;
}

const UNREACHABLE = { status: 503, code: "origin_unavailable", retryAfter: 5 } as const;
const BROKEN_OFF = { status: 502, code: "upstream_broken_off", retryAfter: 2 } as const;
const INVALID = { status: 502, code: "upstream_invalid", retryAfter: 2 } as const;
const UPSTREAM = { status: 502, code: "upstream_error", retryAfter: 2 } as const;
const REFUSED = { status: 400, code: "invalid_request", retryAfter: null } as const;
const KEY = { status: 502, code: "origin_auth", retryAfter: "never" } as const;
const MODEL = { status: 502, code: "origin_model", retryAfter: "never" } as const;
const rate = (retryAfter: number) => ({ status: 429, code: "rate_limit_exceeded", retryAfter }) as const;

const unreachable = { error: UNREACHABLE, failure: "unreachable" } as const;
const brokenOff = { error: BROKEN_OFF, failure: "broken-off", costUnknown: true } as const;
const invalid = { error: INVALID, failure: "invalid-answer", costUnknown: true } as const;
const upstream = { error: UPSTREAM, failure: "upstream-error" } as const;
const badRequest = { error: REFUSED, failure: "bad-request" } as const;

/** No test here is about time, and a machine may be busy. */
const PATIENT = { timeoutMs: 55_000 };

/** The fake speaks no TLS, so a connection for TLS fails in its handshake. */
const WITH_TLS = inject("fakeOriginUrl").replace("http://127.0.0.1", "https://localhost");

const FAULTS: readonly OriginFault[] = [
	{ row: "F31", what: "whose connection is refused", model: "plain", at: "http://127.0.0.1:1/v1", ...unreachable },
	{ row: "F32", what: "whose name has no address", model: "plain", at: "https://origin.invalid/v1", ...unreachable },
	{ row: "F33", what: "whose TLS handshake fails", model: "plain", at: `${WITH_TLS}/v1`, ...unreachable },
	{ row: "F34", what: "that closes before its headers", model: "close-before-headers", ...unreachable },
	{ row: "F34", what: "that resets before its headers", model: "reset-before-headers", ...unreachable },
	{ row: "F35", what: "that does not speak HTTP", model: "no-http", ...unreachable },
	{ row: "F39", what: "that resets in its body", model: "reset-mid-body", ...brokenOff },
	{ row: "F39", what: "whose body is shorter than it says", model: "short-body", ...brokenOff },
	{ row: "F40", what: "with half of its JSON", model: "truncated-json", ...invalid },
	{ row: "F40", what: "with garbage after its JSON", model: "trailing-garbage", ...invalid, only: "plain" },
	{ row: "F41", what: "with a page of HTML for an answer", model: "html-instead", ...invalid },
	{ row: "F41", what: "with a stream that says it is none", model: "wrong-content-type", ...invalid, only: "stream" },
	{ row: "F42", what: "with an empty body", model: "empty-body", ...invalid },
	{ row: "F42", what: "with status 204", model: "no-content", ...upstream },
	{ row: "F43", what: "with an error in status 200", model: "error-in-200", ...upstream },
	{ row: "F43", what: "with the request's error in status 200", model: "request-error-in-200", ...badRequest },
	{ row: "F44", what: "with status 400", model: "status-400", ...badRequest },
	{ row: "F44", what: "with status 413", model: "status-413", ...badRequest },
	{ row: "F44", what: "with status 422", model: "status-422", ...badRequest },
	{
		row: "F45",
		what: "with too long a prompt",
		model: "maximum-context",
		...badRequest,
		error: { ...REFUSED, code: "context_length_exceeded" },
	},
	{ row: "F46", what: "with status 401", model: "status-401", error: KEY, failure: "misconfigured" },
	{ row: "F46", what: "with status 402", model: "status-402", error: KEY, failure: "misconfigured" },
	{ row: "F46", what: "with status 403", model: "status-403", error: KEY, failure: "misconfigured" },
	{ row: "F46", what: "with 429 for an empty account", model: "account-empty", error: KEY, failure: "misconfigured" },
	{ row: "F47", what: "with status 404", model: "status-404", error: MODEL, failure: "misconfigured" },
	{ row: "F47", what: "with status 405", model: "status-405", error: MODEL, failure: "misconfigured" },
	{ row: "F48", what: "with status 408", model: "status-408", ...upstream },
	{ row: "F48", what: "with status 409", model: "status-409", ...upstream },
	{ row: "F48", what: "with status 424", model: "status-424", ...upstream },
	{ row: "F49", what: "with 429", model: "status-429", error: rate(5), failure: "overloaded" },
	{ row: "F49", what: "with 429 and 30 seconds", model: "status-429-30", error: rate(30), failure: "overloaded" },
	{ row: "F50", what: "with 429 and an hour", model: "status-429-3600", error: rate(60), failure: "overloaded" },
	{
		row: "F50",
		what: "with 429 and a date a day off",
		model: "retry-after-far-date-429",
		error: rate(60),
		failure: "overloaded",
	},
	{
		row: "F50",
		what: "with 429 and a date in the past",
		model: "retry-after-past-429",
		error: rate(0),
		failure: "overloaded",
	},
	{
		row: "F50",
		what: "with 429 and a time below zero",
		model: "retry-after-negative-429",
		error: rate(0),
		failure: "overloaded",
	},
	{
		row: "F50",
		what: "with 429 and a fraction",
		model: "retry-after-fraction-429",
		error: rate(2),
		failure: "overloaded",
	},
	{
		row: "F50",
		what: "with 429 and no time at all",
		model: "retry-after-nonsense-429",
		error: rate(5),
		failure: "overloaded",
	},
	{
		row: "F50",
		what: "with 429 and an empty time",
		model: "retry-after-empty-429",
		error: rate(5),
		failure: "overloaded",
	},
	{ row: "F51", what: "with status 500", model: "status-500", ...upstream },
	{ row: "F51", what: "with status 502", model: "status-502", ...upstream },
	{ row: "F51", what: "with status 503", model: "status-503", ...upstream },
	{ row: "F51", what: "with status 504", model: "status-504", ...upstream },
	{ row: "F52", what: "with a proxy's page of HTML", model: "html", ...upstream },
	{ row: "F52", what: "with Cloudflare's own 524", model: "text-524", ...upstream },
	{ row: "F52", what: "with an empty 502", model: "empty-502", ...upstream },
	{
		row: "F53",
		what: "that redirects",
		model: "redirect",
		error: { status: 502, code: "origin_redirect", retryAfter: "never" },
		failure: "misconfigured",
	},
	{ row: "F54", what: "without choices", model: "no-choices", ...invalid },
	{ row: "F55", what: "without a finish reason", model: "no-finish-reason", ...invalid, only: "plain" },
	{ row: "F56", what: "with a compression that is none", model: "not-compressed", ...brokenOff },
	{ row: "F56", what: "in UTF-16", model: "utf-16", ...invalid },
	{
		row: "F57",
		what: "whose answer, or first event, never ends",
		model: "endless-body",
		error: { status: 502, code: "upstream_too_large", retryAfter: "never" },
		failure: "too-large",
		costUnknown: true,
	},
];

const CASES = FAULTS.flatMap((fault) =>
	[false, true]
		.filter((stream) => fault.only === undefined || (fault.only === "stream") === stream)
		.map((stream) => ({ ...fault, stream, how: stream ? "a stream" : "plain" })),
);

describe.each(CASES)("$row: an origin $what ($how)", ({ model, error, failure, costUnknown, at, stream }) => {
	const ask = async (onOriginFailure: string) => {
		const world = faultWorld(at === undefined ? {} : { originAt: at });
		const tenant = await publishTenant({
			...PATIENT,
			edge: { model: "@fake/unsure" },
			origin: { model },
			onOriginFailure,
		});
		return { ...world, tenant, response: await world.ask(tenant, { stream }) };
	};
	const costUsd = costUnknown === true ? null : EDGE_COST_USD;

	it("is a failure that the client can act on, where the policy says 'fail'", async () => {
		const { response, observations, tenant } = await ask("fail");
		await expectError(response, error);
		expect(response.headers.get("x-cascade-reason")).toBe("origin-failed");
		expect(response.headers.get("server-timing")).toMatch(/^auth;dur=.*, edge;dur=.*, origin;dur=.*, total;dur=/u);
		expect(observations).toMatchObject([{ outcome: "failed", stage: null, reason: "origin-failed", failure, costUsd }]);
		expect(observations[0]?.trail).toMatchObject([
			{ stage: "edge", outcome: "deferred", reason: "low-confidence" },
			{ stage: "origin", outcome: "failed", reason: "origin-failed", detail: failure },
		]);
		expectNothingLeaks(JSON.stringify(observations));
		if (failure === "too-large") expect(await tenant.originLeft()).toBe(true);
		expect(await tenant.workersAiCalls()).toHaveLength(1);
		// A second call cannot mend what is no passing trouble.
		if (failure !== "unreachable" && failure !== "upstream-error") expect(await tenant.originCalls()).toHaveLength(1);
	});

	it("is hidden by the small answer, where the policy says 'serve-edge-answer' and the request is not at fault", async () => {
		const { response, observations } = await ask("serve-edge-answer");
		if (failure === "bad-request") {
			await expectError(response, error);
			return;
		}
		const reason = "origin-failed-served-edge";
		await expectAnswer(response, stream, { stage: "edge", reason, content: "spam" });
		expect(observations).toMatchObject([{ outcome: "answered", stage: "edge", reason, failure: null, costUsd }]);
		expect(observations[0]?.trail).toMatchObject([
			{ stage: "edge", outcome: "deferred", reason: "low-confidence" },
			{ stage: "origin", outcome: "failed", reason, detail: failure },
		]);
	});
});

describe.each([
	["F59", "missing", "usage-missing"],
	["F59", "absurd", "usage-absurd"],
])("%s: an origin whose usage is %s", (_row, _what, model) => {
	it("is served, at a cost that is unknown and not zero", async () => {
		const { ask, observations } = faultWorld();
		const response = await ask(await publishTenant({ origin: { model } }), { route: "origin" });
		expect(response.headers.get("x-cascade-cost-usd")).toBeNull();
		await expectAnswer(response, false, { stage: "origin", reason: "forced", content: "spam" });
		expect(observations).toMatchObject([{ outcome: "answered", costUsd: null, savedUsd: null }]);
	});
});

describe("F60: an origin whose whole answer comes in a strange way", () => {
	it.each([
		["in letters of another encoding", "latin-1", "na\uFFFDve"],
		["under another content type", "wrong-content-type", "spam"],
		["in pieces that split characters", "drip-to-the-end", "na\u00EFve \u65E5\u672C \u{1F44D}"],
	])("is served as far as it can be read: %s", async (_what, model, content) => {
		const { ask, observations } = faultWorld();
		const response = await ask(await publishTenant({ origin: { model } }), { route: "origin" });
		await expectAnswer(response, false, { stage: "origin", reason: "forced", content });
		expect(observations[0]?.costUsd).toBeCloseTo(ORIGIN_COST_USD, 12);
	});
});

describe("F53: an origin's redirect", () => {
	it("is not followed: the key goes to one address alone", async () => {
		const { ask } = faultWorld();
		const tenant = await publishTenant({ origin: { model: "redirect" } });
		await (await ask(tenant, { route: "origin" })).body?.cancel();
		expect(await tenant.originCalls()).toHaveLength(1);
	});
});

describe("F43: an origin that says in its first event that it failed, and would go on", () => {
	it("is left", async () => {
		const { ask } = faultWorld();
		const tenant = await publishTenant({ origin: { model: "error-in-200" } });
		await (await ask(tenant, { route: "origin", stream: true })).body?.cancel();
		expect(await tenant.originLeft()).toBe(true);
	});
});

describe("F26: an origin that is asked first, and whose log-probabilities are absurd", () => {
	it.each([
		["not a number", "logprobs-nan", "edge-failed"],
		["infinite", "logprobs-infinite", "confidence-unavailable"],
		["positive", "logprobs-positive", "confidence-unavailable"],
		["null", "logprobs-null", "confidence-unavailable"],
		["missing for some tokens", "logprobs-of-some-tokens", "confidence-unavailable"],
		["missing for all", "logprobs-empty", "confidence-unavailable"],
	])("is not accepted: %s", async (_what, model, reason) => {
		const { stages } = fakeCascade({
			edge: { adapter: "openai", origin: "fake", model, logprobs: undefined },
		});
		const { ask } = faultWorld();
		const tenant = await publishTenant({ ...PATIENT, stages });
		await expectAnswer(await ask(tenant), false, { stage: "origin", reason, content: "origin: Is this spam?" });
	});
});
