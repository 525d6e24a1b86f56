import { ContextOverflowError, getRetryable } from "@langchain/core/errors";
import { AuthenticationError, BadRequestError, NotFoundError, RateLimitError } from "openai";
import { describe, expect, inject, it } from "vitest";
import { callsTo } from "../support/far-side.ts";
import { STACK_KEYS } from "../support/stack-policy.ts";
import { langchainModel } from "./langchain-model.ts";

const ORIGIN = { "x-cascade-route": "origin" };

/** What asking throws. */
async function errorOf(model: string, stream: boolean, fields = {}, headers: Record<string, string> = ORIGIN) {
	const { chat } = langchainModel(model, fields, { headers });
	const asking = stream ? chat.stream("Is this spam?") : chat.invoke("Is this spam?");
	return asking.then(
		() => {
			throw new Error("it was answered");
		},
		(error: unknown) => error,
	);
}

describe.each([false, true])("LangChain's own kinds of error (stream: %s)", (stream) => {
	it.each([
		[
			"an unknown key",
			"cascade",
			{ apiKey: STACK_KEYS.unknown },
			AuthenticationError,
			"MODEL_AUTHENTICATION",
			/key is not valid/u,
		],
		["a model that is none", "gpt-4o", {}, NotFoundError, "MODEL_NOT_FOUND", /'gpt-4o' does not exist/u],
		["an origin at its limit", "status-429-7", {}, RateLimitError, "MODEL_RATE_LIMIT", /over its rate or capacity/u],
	])("include one for %s", async (_what, model, fields, kind, code, message) => {
		const error = await errorOf(model, stream, fields);
		expect(error).toBeInstanceOf(kind);
		expect(error).toMatchObject({ lc_error_code: code, message: expect.stringMatching(message) });
		expect(getRetryable(error)).toBe(kind === RateLimitError);
	});

	it("include one for too long a prompt", async () => {
		const error = await errorOf("maximum-context", stream);
		expect(ContextOverflowError.isInstance(error)).toBe(true);
		expect(error).toMatchObject({ message: expect.stringMatching(/maximum context length is 4096 tokens/u) });
	});

	it("are OpenAI's where it has none, with what was wrong", async () => {
		const error = await errorOf("cascade", stream, { temperature: 9 }, {});
		expect(error).toBeInstanceOf(BadRequestError);
		expect(error).toMatchObject({ param: "temperature", code: "invalid_request" });
	});
});

describe("LangChain's retries", () => {
	it.each(["status-400", "status-413", "context-length"])(
		"are not made for what would fail again: %s",
		async (model) => {
			const before = await callsTo(inject("fakeOriginUrl"), model);
			await errorOf(model, false, { maxRetries: 2 });
			expect(await callsTo(inject("fakeOriginUrl"), model)).toHaveLength(before.length + 1);
		},
	);
});
