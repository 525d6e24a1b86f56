import {
	APIError,
	AuthenticationError,
	BadRequestError,
	InternalServerError,
	NotFoundError,
	PermissionDeniedError,
	RateLimitError,
} from "openai";
import { describe, expect, it } from "vitest";
import { STACK_KEYS } from "../support/stack-policy.ts";
import { client, openaiClient, ORIGIN } from "./client.ts";

const MESSAGES = [{ role: "user" as const, content: "Is this spam?" }];

/** What a promise rejects with, as the client's own error. */
async function errorOf(asking: PromiseLike<unknown>): Promise<APIError> {
	try {
		await asking;
	} catch (error) {
		if (error instanceof APIError) return error;
		throw error;
	}
	throw new Error("it was answered");
}

describe("the client's own exceptions", () => {
	it.each([
		["AuthenticationError for an unknown key", STACK_KEYS.unknown, AuthenticationError, "invalid_api_key"],
		["AuthenticationError for a key of another form", "sk-abc", AuthenticationError, "invalid_api_key"],
		["AuthenticationError for a revoked key", STACK_KEYS.revoked, AuthenticationError, "invalid_api_key"],
		[
			"PermissionDeniedError for a key for something else",
			STACK_KEYS.withoutScope,
			PermissionDeniedError,
			"insufficient_scope",
		],
		[
			"PermissionDeniedError for a tenant without a policy",
			STACK_KEYS.withoutPolicy,
			PermissionDeniedError,
			"no_policy",
		],
	])("include %s", async (_what, key, kind, code) => {
		const error = await errorOf(openaiClient(key).chat.completions.create({ model: "cascade", messages: MESSAGES }));
		expect(error).toBeInstanceOf(kind);
		expect(error).toMatchObject({ code, param: null, requestID: expect.stringMatching(/^req_/u) });
		expect(await errorOf(openaiClient(key).models.list())).toBeInstanceOf(kind);
	});

	it.each([
		["NotFoundError for a model that is none", { model: "gpt-4o" }, NotFoundError, "model_not_found", "model"],
		["NotFoundError for another tenant's model", { model: "mine" }, NotFoundError, "model_not_found", "model"],
		[
			"BadRequestError for a temperature out of range",
			{ temperature: 9 },
			BadRequestError,
			"invalid_request",
			"temperature",
		],
		[
			"BadRequestError for a message that is none",
			{ messages: [{ role: "boss", content: "" }] },
			BadRequestError,
			"invalid_request",
			"messages[0].role",
		],
		["BadRequestError for too many tokens", { max_tokens: 1e9 }, BadRequestError, "invalid_request", "max_tokens"],
	])("include %s", async (_what, fields, kind, code, param) => {
		const body = { model: "cascade", messages: MESSAGES, ...fields } as Parameters<
			typeof client.chat.completions.create
		>[0];
		for (const stream of [false, true]) {
			const error = await errorOf(client.chat.completions.create({ ...body, stream }));
			expect(error).toBeInstanceOf(kind);
			expect(error).toMatchObject({ code, param, requestID: expect.stringMatching(/^req_/u) });
		}
	});

	it("include RateLimitError for a tenant over its rate limit, with the time to wait", async () => {
		const limited = openaiClient(STACK_KEYS.limited);
		// Five in ten seconds: eleven cannot all fall into the allowance of two such times.
		const ask = () => limited.chat.completions.create({ model: "cascade", messages: MESSAGES, max_tokens: 1 });
		const error = await errorOf(Promise.all(Array.from({ length: 11 }, ask)));
		expect(error).toBeInstanceOf(RateLimitError);
		expect(error).toMatchObject({ code: "rate_limit_exceeded", type: "rate_limit_error", param: null });
		expect(error.headers?.get("retry-after")).toBe("10");
		expect(error.message).toContain("'trial'");
		expect((await limited.models.list()).data.map(({ id }) => id)).toEqual(["cascade"]);
	});

	it("include one for a route that is none, and one for a path that is none", async () => {
		const options = { headers: { "x-cascade-route": "moon" } };
		const error = await errorOf(client.chat.completions.create({ model: "cascade", messages: MESSAGES }, options));
		expect(error).toMatchObject({ status: 400, code: "invalid_route", param: "x-cascade-route" });
		expect(await errorOf(client.completions.create({ model: "cascade", prompt: "hello" }))).toBeInstanceOf(
			NotFoundError,
		);
		expect(await errorOf(client.models.retrieve("gpt-4o"))).toMatchObject({ status: 404, code: "model_not_found" });
	});

	it("include one for a body that is too large", async () => {
		const messages = [{ role: "user" as const, content: "x".repeat(1_100_000) }];
		// It is refused while it is still being sent, so its connection is of no further use to the tests that follow.
		const options = { headers: { connection: "close" } };
		expect(await errorOf(client.chat.completions.create({ model: "cascade", messages }, options))).toMatchObject({
			status: 413,
			code: "request_too_large",
		});
	});
});

describe.each([false, true])("a fault of the origin (stream: %s)", (stream) => {
	it.each([
		["status-400", BadRequestError, 400, "invalid_request"],
		["context-length", BadRequestError, 400, "context_length_exceeded"],
		["status-413", BadRequestError, 400, "invalid_request"],
		["status-401", InternalServerError, 502, "origin_auth"],
		["status-404", InternalServerError, 502, "origin_model"],
		["status-429-7", RateLimitError, 429, "rate_limit_exceeded"],
		["status-500", InternalServerError, 502, "upstream_error"],
		["status-503", InternalServerError, 502, "upstream_error"],
		["html", InternalServerError, 502, "upstream_error"],
		["html-200", InternalServerError, 502, "upstream_invalid"],
		["invalid-json", InternalServerError, 502, "upstream_invalid"],
		["empty-choices", InternalServerError, 502, "upstream_invalid"],
		["redirect", InternalServerError, 502, "origin_redirect"],
		["close-at-once", InternalServerError, 503, "origin_unavailable"],
		["hang", InternalServerError, 504, "upstream_timeout"],
	])("that is %s is the client's own exception", async (model, kind, status, code) => {
		const error = await errorOf(client.chat.completions.create({ model, messages: MESSAGES, stream }, ORIGIN));
		expect(error).toBeInstanceOf(kind);
		expect(error).toMatchObject({ status, code });
		if (status === 429) expect(error.headers?.get("retry-after")).toBe("7");
	});
});

describe("a stream that fails", () => {
	it("before its first event is a status", async () => {
		const error = await errorOf(
			client.chat.completions.create({ model: "error-first", messages: MESSAGES, stream: true }, ORIGIN),
		);
		expect(error).toMatchObject({ status: 502, code: "upstream_error" });
	});

	it.each([
		["error-late", "upstream_error"],
		["break-mid-stream", "upstream_broken_off"],
		["no-finish-reason", "upstream_invalid"],
	])("after its first event throws in the middle: %s", async (model, code) => {
		const stream = await client.chat.completions.create({ model, messages: MESSAGES, stream: true }, ORIGIN);
		let content = "";
		const reading = (async () => {
			for await (const chunk of stream) content += chunk.choices[0]?.delta.content ?? "";
		})();
		expect(await errorOf(reading)).toMatchObject({ code, type: "server_error" });
		expect(content).not.toBe("");
	});
});
