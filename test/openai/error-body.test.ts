import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StageFailure } from "../../src/core/stage-failure.ts";
import { errorReply, stageFailureReply } from "../../src/openai/error-body.ts";

/** Passing faults carry `retry-after`; permanent ones above 429 say not to try again. */
const CASES: readonly (readonly [StageFailure, number, string, Record<string, string>])[] = [
	[{ kind: "timeout", afterMs: 5_000.4 }, 504, "upstream_timeout", { "retry-after": "1" }],
	[{ kind: "aborted" }, 503, "client_left", { "retry-after": "1" }],
	[{ kind: "unreachable" }, 503, "origin_unavailable", { "retry-after": "5" }],
	[{ kind: "overloaded", retryAfterSeconds: 7 }, 429, "rate_limit_exceeded", { "retry-after": "7" }],
	[{ kind: "overloaded", retryAfterSeconds: 0 }, 429, "rate_limit_exceeded", { "retry-after": "0" }],
	[{ kind: "overloaded", retryAfterSeconds: null }, 429, "rate_limit_exceeded", { "retry-after": "5" }],
	[{ kind: "budget-exhausted" }, 429, "insufficient_quota", { "x-should-retry": "false" }],
	[{ kind: "daily-allocation" }, 503, "daily_allocation_used", { "retry-after": "60" }],
	[
		{ kind: "bad-request", message: "Too long.", param: "messages", code: "context_length_exceeded" },
		400,
		"context_length_exceeded",
		{},
	],
	[{ kind: "bad-request", message: "", param: null, code: null }, 400, "invalid_request", {}],
	[{ kind: "misconfigured", what: "credentials" }, 502, "origin_auth", { "x-should-retry": "false" }],
	[{ kind: "misconfigured", what: "model" }, 502, "origin_model", { "x-should-retry": "false" }],
	[{ kind: "misconfigured", what: "origin" }, 502, "origin_config", { "x-should-retry": "false" }],
	[{ kind: "misconfigured", what: "redirect" }, 502, "origin_redirect", { "x-should-retry": "false" }],
	[{ kind: "upstream-error", status: 500, message: "boom" }, 502, "upstream_error", { "retry-after": "2" }],
	[{ kind: "upstream-error", status: 524, message: "" }, 502, "upstream_error", { "retry-after": "2" }],
	[{ kind: "invalid-answer", detail: "there are no choices" }, 502, "upstream_invalid", { "retry-after": "2" }],
	[{ kind: "too-large", limitBytes: 1_000 }, 502, "upstream_too_large", { "x-should-retry": "false" }],
];

/** Those that no official client retries for a permanent fault, and passing ones. */
const ALLOWED = new Set([400, 401, 403, 404, 405, 413, 429, 502, 503, 504]);

describe("what the client is told of a stage's failure", () => {
	it.each(CASES)("%j is a %i of code %s", (failure, status, code, headers) => {
		const reply = stageFailureReply(failure, "origin");
		expect(reply).toMatchObject({ status, headers });
		expect(reply.headers).toEqual(headers);
		expect(reply.body.error.code).toBe(code);
		expect(ALLOWED).toContain(reply.status);
	});

	it.each(CASES)("%j has OpenAI's four fields and no other", (failure) => {
		const { error } = stageFailureReply(failure, "origin").body;
		expect(Object.keys(error).toSorted()).toEqual(["code", "message", "param", "type"]);
		expect(error.message).toMatch(/\.$|boom$/u);
		expect(error.type).not.toBe("");
	});

	it("tells an account without money from a rate limit by OpenAI's type, and when there is money again", () => {
		const { error } = stageFailureReply({ kind: "budget-exhausted" }, "origin").body;
		expect(error.type).toBe("insufficient_quota");
		expect(error.message).toContain("renews at midnight UTC");
		const overloaded = stageFailureReply({ kind: "overloaded", retryAfterSeconds: null }, "origin").body.error;
		expect(overloaded.type).toBe("rate_limit_error");
	});

	it("names the stage, which is the tenant's own word", () => {
		for (const [failure] of CASES) {
			if (failure.kind === "aborted" || (failure.kind === "bad-request" && failure.message !== "")) continue;
			expect(stageFailureReply(failure, "my-stage").body.error.message).toContain("'my-stage'");
		}
	});

	it("says in words what the upstream said, and whole milliseconds", () => {
		expect(stageFailureReply({ kind: "upstream-error", status: 500, message: "boom" }, "s").body.error.message).toBe(
			"The stage 's' failed with status 500: boom",
		);
		expect(stageFailureReply({ kind: "upstream-error", status: 524, message: "" }, "s").body.error.message).toBe(
			"The stage 's' failed with status 524.",
		);
		expect(stageFailureReply({ kind: "timeout", afterMs: 5_000.4 }, "s").body.error.message).toBe(
			"The stage 's' did not answer within 5000 ms.",
		);
	});

	it("keeps the upstream's parameter where the request was at fault", () => {
		expect(
			stageFailureReply({ kind: "bad-request", message: "m", param: "n", code: null }, "s").body.error,
		).toMatchObject({ message: "m", param: "n" });
	});
});

describe("an error reply", () => {
	it("has the type that goes with its status", () => {
		const typeOf = (status: Parameters<typeof errorReply>[0]["status"]) =>
			errorReply({ status, message: "m", code: "c" }).body.error.type;
		expect([400, 404, 405, 413].map((status) => typeOf(status as 400))).toEqual(
			Array.from({ length: 4 }, () => "invalid_request_error"),
		);
		expect(typeOf(401)).toBe("authentication_error");
		expect(typeOf(403)).toBe("permission_error");
		expect(typeOf(429)).toBe("rate_limit_error");
		expect([500, 502, 503, 504].map((status) => typeOf(status as 500))).toEqual(
			Array.from({ length: 4 }, () => "server_error"),
		);
	});

	it("says null, not nothing, where no parameter is at fault", () => {
		expect(errorReply({ status: 400, message: "m", code: "c" }).body.error.param).toBeNull();
	});

	it("says nothing about trying again below 429: clients do not", () => {
		expect(errorReply({ status: 404, message: "m", code: "c" }).headers).toEqual({});
	});

	it("asks for a whole number of seconds from 0 to 60, whatever the upstream asked for", () => {
		const number = fc.oneof(
			fc.double(),
			fc.integer(),
			fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0.1, 59.5, 60, 61),
		);
		fc.assert(
			fc.property(number, (retryAfterSeconds) => {
				const text =
					errorReply({ status: 429, message: "m", code: "c", retryAfterSeconds }).headers["retry-after"] ?? "";
				expect(text).toMatch(/^\d{1,2}$/u);
				expect(Number(text)).toBeLessThanOrEqual(60);
			}),
			{ seed: 1 },
		);
	});

	it("never asks for less time than the upstream did", () => {
		expect(errorReply({ status: 429, message: "m", code: "c", retryAfterSeconds: 0.1 }).headers["retry-after"]).toBe(
			"1",
		);
		expect(errorReply({ status: 429, message: "m", code: "c", retryAfterSeconds: 1.5 }).headers["retry-after"]).toBe(
			"2",
		);
	});
});
