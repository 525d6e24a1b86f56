import { describe, expect, it } from "vitest";
import { EDGE_COST_USD } from "../support/cascades.ts";
import { ask, askOrigin } from "./ask.ts";

const NEVER = "false";

/** Each fault of an origin: status, code, `retry-after`, `x-should-retry`. */
const FAULTS = [
	["400", "status-400", 400, "invalid_request", null, null],
	["a context that is too long", "context-length", 400, "context_length_exceeded", null, null],
	["vLLM's 400, whose code is a number", "vllm", 400, "invalid_request", null, null],
	["SGLang's flat 400", "sglang", 400, "invalid_request", null, null],
	["TGI's 422", "tgi", 400, null, null, null],
	["FastAPI's 422", "fastapi", 400, "invalid_request", null, null],
	["413", "status-413", 400, "invalid_request", null, null],
	["401", "status-401", 502, "origin_auth", null, NEVER],
	["403", "status-403", 502, "origin_auth", null, NEVER],
	["404", "status-404", 502, "origin_model", null, NEVER],
	["408", "status-408", 502, "upstream_error", "2", null],
	["429", "status-429", 429, "rate_limit_exceeded", "5", null],
	["429 and when to come back", "status-429-30", 429, "rate_limit_exceeded", "30", null],
	["429 for an hour", "status-429-3600", 429, "rate_limit_exceeded", "60", null],
	["500", "status-500", 502, "upstream_error", "2", null],
	["503", "status-503", 502, "upstream_error", "2", null],
	["a page of HTML for 502", "html", 502, "upstream_error", "2", null],
	["a page of HTML for 200", "html-200", 502, "upstream_invalid", "2", null],
	["a redirect", "redirect", 502, "origin_redirect", null, NEVER],
	["invalid JSON", "invalid-json", 502, "upstream_invalid", "2", null],
	["no choices", "empty-choices", 502, "upstream_invalid", "2", null],
	["no content", "no-content", 502, "upstream_error", "2", null],
	["no finish reason", "no-finish-reason", 502, "upstream_invalid", "2", null],
	["a connection closed at once", "close-at-once", 503, "origin_unavailable", "5", null],
] as const;

describe.each([false, true])("an origin's fault (stream: %s)", (stream) => {
	// Without a finish reason a stream fails at its end; see `origin-streams.test.ts`.
	const faults = FAULTS.filter(([, model]) => !stream || model !== "no-finish-reason");

	it.each(faults)(
		"%s reaches the client in OpenAI's shape",
		async (_what, model, status, code, retryAfter, shouldRetry) => {
			const reply = await askOrigin(model, { stream });
			expect(reply.status).toBe(status);
			expect(reply.headers.get("content-type")).toBe("application/json");
			const types: Readonly<Record<number, string>> = { 400: "invalid_request_error", 429: "rate_limit_error" };
			expect(reply.body.error).toEqual({
				message: expect.stringMatching(/\w/u),
				type: types[status] ?? "server_error",
				param: reply.body.error.param,
				code: code ?? reply.body.error.code,
			});
			expect(reply.headers.get("retry-after")).toBe(retryAfter);
			expect(reply.headers.get("x-should-retry")).toBe(shouldRetry);
			expect(reply.headers.get("x-request-id")).toMatch(/^req_/u);
			expect(reply.headers.get("x-cascade-reason")).toBe("origin-failed");
		},
	);
});

describe("what an origin says about a fault", () => {
	it("names the field it is about, and says whose words they are", async () => {
		expect((await askOrigin("vllm")).body.error).toMatchObject({
			param: "top_k",
			message: "The upstream says: top_k must be -1",
		});
		expect((await askOrigin("fastapi")).body.error).toMatchObject({
			param: "top_k",
			message: "The upstream says: field required",
		});
	});

	it("loses the addresses in it", async () => {
		expect((await askOrigin("context-length")).body.error.message).toBe(
			"The upstream says: Too many tokens for [address] (context_length_exceeded).",
		);
	});

	it("is not passed on where it is a proxy's page", async () => {
		expect((await askOrigin("html")).body.error.message).toBe("The stage 'origin' failed with status 502.");
	});

	it("may put the time to come back as a date", async () => {
		const seconds = Number((await askOrigin("retry-date")).headers.get("retry-after"));
		expect(seconds).toBeGreaterThan(15);
		expect(seconds).toBeLessThanOrEqual(20);
	});
});

it("an answer larger than we hold is a fault of the origin's, and is not read to its end", async () => {
	const { status, body, headers } = await askOrigin("huge");
	expect(status).toBe(502);
	expect(body.error.code).toBe("upstream_too_large");
	expect(headers.get("x-should-retry")).toBe("false");
});

it("a redirect is not followed: the origin's key goes nowhere else", async () => {
	const { tenant } = await askOrigin("redirect");
	expect(await tenant.originCalls()).toHaveLength(1);
});

describe("a cascade that serves the edge's answer where the origin fails", () => {
	const serve = (edge: string, origin: string, fields: Record<string, unknown> = {}) =>
		ask({ edge: { model: edge }, origin: { model: origin }, onOriginFailure: "serve-edge-answer" }, fields);

	it.each(["status-500", "status-401", "status-429", "redirect", "invalid-json", "close-at-once"])(
		"does so for %s, and says so",
		async (origin) => {
			const { status, body, headers } = await serve("@fake/unsure", origin);
			expect(status).toBe(200);
			expect(body.choices[0]?.message.content).toBe("spam");
			expect(body.cascade).toMatchObject({
				stage: "edge",
				reason: "origin-failed-served-edge",
				confidence: expect.closeTo(0.55, 9),
			});
			expect(body.cascade.trail.map(({ outcome, reason }) => [outcome, reason])).toEqual([
				["deferred", "low-confidence"],
				["failed", "origin-failed-served-edge"],
			]);
			expect(headers.get("x-cascade-reason")).toBe("origin-failed-served-edge");
			expect(headers.get("x-cascade-stage")).toBe("edge");
		},
	);

	it("counts what was spent as no saving", async () => {
		const { body } = await serve("@fake/unsure", "status-500");
		expect(body.cascade.costUsd).toBeCloseTo(EDGE_COST_USD, 12);
		expect(body.cascade.savedUsd).toBeCloseTo(-EDGE_COST_USD, 12);
	});

	it("does not where the request itself is at fault", async () => {
		expect((await serve("@fake/unsure", "context-length")).status).toBe(400);
	});

	it.each(["@fake/cut-off", "@fake/native-empty", "@fake/error-3040"])(
		"does not where the edge has no usable answer: %s",
		async (edge) => {
			expect((await serve(edge, "status-500")).status).toBe(502);
		},
	);
});

it("where both fail, the last stage's failure is the answer", async () => {
	const { status, body, headers } = await ask({
		edge: { model: "@fake/error-3040" },
		origin: { model: "close-at-once" },
	});
	expect(status).toBe(503);
	expect(body.error.code).toBe("origin_unavailable");
	expect(headers.get("retry-after")).toBe("5");
	expect(headers.get("server-timing")).toMatch(/^auth;dur=.*, edge;dur=.*, origin;dur=.*, total;dur=/u);
});
