import { APICallError, generateText, StreamProviderError, streamText } from "ai";
import { describe, expect, inject, it } from "vitest";
import { callsTo } from "../support/far-side.ts";
import { STACK_KEYS } from "../support/stack-policy.ts";
import { COMPATIBLE, OPENAI_CHAT, OPENAI_RESPONSES } from "./ai-sdk-models.ts";

const ORIGIN = { headers: { "x-cascade-route": "origin" } };

describe.each([COMPATIBLE, OPENAI_CHAT, OPENAI_RESPONSES])("the AI SDK's own errors, with $name", ({ model }) => {
	const errorOf = (id: string, connection = {}, maxRetries = 0) =>
		generateText({ model: model(id, { ...ORIGIN, ...connection }), maxRetries, prompt: "Is this spam?" }).then(
			() => {
				throw new Error("it was answered");
			},
			(error: unknown) => error as APICallError,
		);

	it.each([
		["an unknown key", "cascade", { apiKey: STACK_KEYS.unknown }, 401, false, /key is not valid/u],
		["a model that is none", "gpt-4o", {}, 404, false, /'gpt-4o' does not exist/u],
		["what the origin refuses", "vllm", {}, 400, false, /^The upstream says: top_k must be -1$/u],
		["an origin at its limit", "status-429-7", {}, 429, true, /over its rate or capacity/u],
		["an origin that fails", "html", { apiKey: STACK_KEYS.apart[3] ?? "" }, 502, true, /failed with status 502/u],
	])("are an APICallError for %s", async (_what, id, connection, statusCode, isRetryable, message) => {
		const error = await errorOf(id, connection);
		expect(APICallError.isInstance(error)).toBe(true);
		expect(error).toMatchObject({ statusCode, isRetryable, message: expect.stringMatching(message) });
		expect(error.responseHeaders?.["retry-after"]).toBe({ 429: "7", 502: "2" }[statusCode]);
	});

	it.each(["status-400", "status-413", "context-length"])("are not worth another try to it: %s", async (id) => {
		const before = await callsTo(inject("fakeOriginUrl"), id);
		await errorOf(id, {}, 2);
		expect(await callsTo(inject("fakeOriginUrl"), id)).toHaveLength(before.length + 1);
	});

	it("are a part of the stream where it fails in the middle, after the text so far", async () => {
		const failures: unknown[] = [];
		const result = streamText({
			model: model("error-late", ORIGIN),
			prompt: "Is this spam?",
			onError: ({ error }) => void failures.push(error),
		});
		let text = "";
		for await (const part of result.textStream) text += part;
		expect(text).toBe("half");
		expect(await result.finishReason).toBe("error");
		expect(failures).toHaveLength(1);
		expect(StreamProviderError.isInstance(failures[0])).toBe(true);
		expect(failures[0]).toMatchObject({
			code: "upstream_error",
			message: expect.stringMatching(/CUDA out of memory/u),
		});
	});
});
