import { describe, expect, it } from "vitest";
import {
	argumentText,
	finishReasonOf,
	normaliseCompletion,
	normaliseToolCall,
	usageOf,
} from "../../src/openai/normalise-completion.ts";
import { exampleBody } from "../core/examples.ts";

const normalised = (body: unknown) => {
	const result = normaliseCompletion(body);
	if (!result.ok) throw new Error(result.error);
	return result.value;
};
const refused = (body: unknown) => {
	const result = normaliseCompletion(body);
	return result.ok ? null : result.error;
};
const messageOf = (body: unknown) => (normalised(body).body["choices"] as { message: unknown }[])[0]?.message;

describe("an upstream's answer", () => {
	it("of OpenAI's shape is left as it is", () => {
		const body = exampleBody({}, {}, { system_fingerprint: "fp", service_tier: "default", x_custom: [1] });
		const before = structuredClone(body);
		const answer = normalised(body);
		expect(answer.body).toEqual(before);
		expect(answer).toMatchObject({
			text: "4",
			finishReason: "stop",
			tokens: null,
			usage: { inputTokens: 10, outputTokens: 2 },
		});
	});

	it("of vLLM's or Workers AI's gets the fields that OpenAI's schema requires", () => {
		const body = { choices: [{ message: { content: "4" }, finish_reason: "stop" }] };
		const { body: mended, usage } = normalised(body);
		expect(mended).toEqual({
			object: "chat.completion",
			choices: [
				{
					index: 0,
					message: { role: "assistant", content: "4", refusal: null },
					logprobs: null,
					finish_reason: "stop",
				},
			],
		});
		expect(usage).toBeNull();
	});

	it("loses an empty list of tool calls, which clients take for a call", () => {
		expect(messageOf(exampleBody({ tool_calls: [] }))).toEqual({ role: "assistant", content: "4", refusal: null });
		expect(messageOf(exampleBody({ tool_calls: null }))).toEqual({ role: "assistant", content: "4", refusal: null });
	});

	it("keeps what we do not know, such as reasoning", () => {
		expect(messageOf(exampleBody({ reasoning_content: "hm", annotations: [] }))).toMatchObject({
			reasoning_content: "hm",
			annotations: [],
		});
	});

	it("has no text where the model called a tool or refused", () => {
		expect(normalised(exampleBody({ content: null, refusal: "no" })).text).toBe("");
		expect(messageOf(exampleBody({ content: undefined, refusal: "no" }))).toMatchObject({
			content: null,
			refusal: "no",
		});
	});

	it("with several choices is read by its first, and mended in all", () => {
		const body = {
			choices: [1, 2].map((number) => ({ message: { content: String(number) }, finish_reason: "length" })),
		};
		const answer = normalised(body);
		expect(answer).toMatchObject({ text: "1", finishReason: "length" });
		expect(answer.body["choices"]).toMatchObject([
			{ index: 0, logprobs: null },
			{ index: 1, message: { role: "assistant", refusal: null } },
		]);
	});
});

describe("log-probabilities", () => {
	const tokensIn = (logprobs: unknown) => normalised(exampleBody({}, { logprobs })).tokens;

	it("are those of the first choice", () => {
		const content = [{ token: "4", logprob: -0.1, bytes: [52], top_logprobs: [] }];
		expect(tokensIn({ content, refusal: null })).toEqual(content);
	});

	it("are none where the upstream gave none, in any of the ways it may say so", () => {
		for (const logprobs of [null, undefined, {}, { content: null }, [], "none"]) expect(tokensIn(logprobs)).toBeNull();
		expect(tokensIn({ content: [] })).toEqual([]);
	});

	it("that are no tokens are kept as unusable, so that none goes missing from the count", () => {
		expect(tokensIn({ content: [null, 5, { logprob: -1 }, { token: 5, logprob: -1 }] })).toEqual(
			Array.from({ length: 4 }, () => ({ token: "", logprob: Number.NaN })),
		);
	});
});

describe("a tool call", () => {
	it("gets its arguments as text", () => {
		expect(normaliseToolCall({ id: "c1", type: "function", function: { name: "f", arguments: { a: 1 } } }, 0)).toEqual({
			id: "c1",
			type: "function",
			function: { name: "f", arguments: '{"a":1}' },
		});
	});

	it("of Workers AI's flat form gets OpenAI's, and an id", () => {
		expect(normaliseToolCall({ name: "f", arguments: { a: 1 } }, 2)).toEqual({
			id: "call_2",
			type: "function",
			function: { name: "f", arguments: '{"a":1}' },
		});
	});

	it("is a call of that form whatever was sent in its place", () => {
		for (const call of [null, 5, {}, { id: "", function: null }])
			expect(normaliseToolCall(call, 1)).toEqual({
				id: "call_1",
				type: "function",
				function: { name: "", arguments: "{}" },
			});
	});

	it("in an answer is mended there", () => {
		const body = exampleBody(
			{ content: null, tool_calls: [{ name: "f", arguments: {} }] },
			{ finish_reason: "tool_calls" },
		);
		expect(messageOf(body)).toMatchObject({
			content: null,
			tool_calls: [{ id: "call_0", function: { arguments: "{}" } }],
		});
	});

	it("has text arguments as they came, even broken ones", () => {
		expect(argumentText('{"a":')).toBe('{"a":');
		expect(argumentText("")).toBe("");
		expect(argumentText(undefined)).toBe("{}");
		expect(argumentText(null)).toBe("{}");
		expect(argumentText([1])).toBe("[1]");
		expect(argumentText(0)).toBe("0");
	});
});

describe("what is no answer", () => {
	it.each([
		[null, "the body is not a JSON object"],
		["text", "the body is not a JSON object"],
		[{}, "there are no choices"],
		[{ choices: [] }, "there are no choices"],
		[{ choices: {} }, "there are no choices"],
		[{ response: "Workers AI's native form" }, "there are no choices"],
		[{ choices: [null] }, "choice 0 has no message"],
		[{ choices: [{ text: "a completion", finish_reason: "stop" }] }, "choice 0 has no message"],
		[{ choices: [{ message: { content: "4" } }] }, "choice 0 has no finish reason"],
		[{ choices: [{ message: { content: "4" }, finish_reason: null }] }, "choice 0 has no finish reason"],
		[{ choices: [{ message: { content: "4" }, finish_reason: "" }] }, "choice 0 has no finish reason"],
	])("%j says so: %s", (body, problem) => {
		expect(refused(body)).toBe(problem);
	});

	it("is also one with a later choice that is none", () => {
		const body = { choices: [{ message: { content: "4" }, finish_reason: "stop" }, { message: { content: "5" } }] };
		expect(refused(body)).toBe("choice 1 has no finish reason");
	});
});

describe("a finish reason", () => {
	it("is one that decisions know, or unknown: never stop by default", () => {
		for (const reason of ["stop", "length", "tool_calls", "content_filter"])
			expect(finishReasonOf(reason)).toBe(reason);
		expect(finishReasonOf("function_call")).toBe("tool_calls");
		for (const reason of [null, undefined, "", "eos", "STOP", 1]) expect(finishReasonOf(reason)).toBe("unknown");
	});
});

describe("usage", () => {
	it("is both counts, zero among them, or nothing", () => {
		expect(usageOf({ prompt_tokens: 10, completion_tokens: 0, total_tokens: 10 })).toEqual({
			inputTokens: 10,
			outputTokens: 0,
		});
		for (const usage of [
			null,
			undefined,
			{},
			{ prompt_tokens: 10 },
			{ prompt_tokens: 10, completion_tokens: null },
			{ prompt_tokens: "10", completion_tokens: 2 },
			{ prompt_tokens: -1, completion_tokens: 2 },
			{ prompt_tokens: Number.NaN, completion_tokens: 2 },
			{ prompt_tokens: Number.POSITIVE_INFINITY, completion_tokens: 2 },
		])
			expect(usageOf(usage)).toBeNull();
	});
});

describe("an answer that looks like a JSON value", () => {
	it.each([
		[7, "7"],
		[false, "false"],
	])("comes as that value and is text: %s", (content, text) => {
		const answer = normaliseCompletion({ choices: [{ message: { content }, finish_reason: "stop" }] });
		expect(answer).toMatchObject({ ok: true, value: { text, body: { choices: [{ message: { content: text } }] } } });
	});
});
