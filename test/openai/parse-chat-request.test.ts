import { describe, expect, it } from "vitest";
import { parseChatRequest } from "../../src/openai/parse-chat-request.ts";

const plain = { model: "chat", messages: [{ role: "user", content: "hello" }] };

const accepted = (body: unknown) => {
	const parsed = parseChatRequest(body);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	return parsed.value;
};
const problemsOf = (body: unknown) => {
	const parsed = parseChatRequest(body);
	return parsed.ok ? [] : parsed.error;
};
const paramsOf = (body: unknown) => problemsOf(body).map((problem) => problem.param);

/** A body whose own level is 1 and whose innermost value is at this level. */
function nestedTo(level: number): Record<string, unknown> {
	let value: unknown[] = [];
	for (let depth = level; depth > 2; depth--) value = [value];
	return { ...plain, metadata: value };
}

describe("a plain request", () => {
	it("asks for one whole answer without log-probabilities", () => {
		expect(accepted(plain)).toEqual({
			model: "chat",
			messages: plain.messages,
			stream: false,
			includeUsage: false,
			logprobs: false,
			topLogprobs: 0,
			maxOutputTokens: undefined,
			choices: 1,
			body: plain,
		});
	});

	it("keeps every field we do not know, at every depth, for the origin", () => {
		const body = {
			...plain,
			guided_regex: "[0-9]+",
			chat_template_kwargs: { enable_thinking: false },
			messages: [
				{
					role: "user",
					name: "ann",
					content: [{ type: "text", text: "a", cache_control: { type: "ephemeral" } }],
					x: 1,
				},
			],
			response_format: { type: "json_schema", json_schema: { name: "a", strict: true, schema: {} } },
		};
		const request = accepted(body);
		expect(request.body).toBe(body);
		expect(request.messages).toEqual(body.messages);
	});

	it("may say what OpenAI's client libraries say", () => {
		const request = accepted({
			...plain,
			stream: true,
			stream_options: { include_usage: true },
			logprobs: true,
			top_logprobs: 5,
			max_tokens: 100,
			n: 2,
			temperature: 0.1,
			top_p: 1,
			frequency_penalty: -2,
			presence_penalty: 2,
			seed: -1,
			stop: ["a", "b", "c", "d"],
			tools: [{ type: "function", function: { name: "f" } }],
			functions: [{ name: "f" }],
			response_format: { type: "text" },
		});
		expect(request).toMatchObject({
			stream: true,
			includeUsage: true,
			logprobs: true,
			topLogprobs: 5,
			maxOutputTokens: 100,
			choices: 2,
		});
	});

	it("may set null where OpenAI allows it: the same as nothing", () => {
		const nullable = [
			"stream",
			"stream_options",
			"temperature",
			"top_p",
			"frequency_penalty",
			"presence_penalty",
			"n",
			"logprobs",
			"top_logprobs",
			"max_tokens",
			"max_completion_tokens",
			"seed",
			"stop",
			"response_format",
			"tools",
			"functions",
			"logit_bias",
		];
		const { body: _body, ...request } = accepted({
			...plain,
			...Object.fromEntries(nullable.map((field) => [field, null])),
		});
		const { body: _plainBody, ...plainRequest } = accepted(plain);
		expect(request).toEqual(plainRequest);
		expect(accepted({ ...plain, stream: true, stream_options: { include_usage: null } }).includeUsage).toBe(false);
	});

	it("prefers the newer of OpenAI's two names for the limit", () => {
		expect(accepted({ ...plain, max_tokens: 10 }).maxOutputTokens).toBe(10);
		expect(accepted({ ...plain, max_completion_tokens: 20 }).maxOutputTokens).toBe(20);
		expect(accepted({ ...plain, max_tokens: 10, max_completion_tokens: 20 }).maxOutputTokens).toBe(20);
		expect(accepted({ ...plain, max_tokens: 10, max_completion_tokens: null }).maxOutputTokens).toBe(10);
	});

	it("may hold every role, and an assistant's message without content", () => {
		const messages = [
			{ role: "system", content: "a" },
			{ role: "developer", content: "b" },
			{ role: "assistant", content: null, tool_calls: [{ id: "1" }] },
			{ role: "assistant", tool_calls: [{ id: "2" }] },
			{ role: "tool", content: "c", tool_call_id: "1" },
			{ role: "function", name: "f", content: "d" },
			{ role: "user", content: [] },
		];
		expect(accepted({ ...plain, messages }).messages).toEqual(messages);
	});
});

describe("a body that is no request", () => {
	it.each([null, undefined, 5, "text", [], true])("such as %j has no field to name", (body) => {
		expect(problemsOf(body)).toEqual([{ param: null, message: "The body must be a JSON object." }]);
	});

	it("is told which fields it lacks", () => {
		expect(problemsOf({})).toEqual([
			{ param: "model", message: "'model' is required." },
			{ param: "messages", message: "'messages' is required." },
		]);
	});
});

describe("a problem names its field as OpenAI's `param` does:", () => {
	it.each([
		["model", ""],
		["model", null],
		["model", 5],
		["messages", []],
		["messages", null],
		["messages", "hello"],
		["messages", {}],
		["stream", "true"],
		["stream", 1],
		["temperature", -0.1],
		["temperature", 2.1],
		["temperature", "1"],
		["temperature", Number.NaN],
		["top_p", 1.1],
		["top_p", -1],
		["frequency_penalty", 2.1],
		["presence_penalty", -2.1],
		["n", 0],
		["n", 129],
		["n", 1.2],
		["n", "2"],
		["logprobs", 5],
		["max_tokens", 0],
		["max_tokens", -1],
		["max_tokens", 1.2],
		["max_tokens", "5"],
		["max_tokens", 2 ** 53],
		["max_completion_tokens", 0],
		["seed", 1.2],
		["seed", "1"],
		["stop", 5],
		["stop", ["a", "b", "c", "d", "e"]],
		["tools", {}],
		["functions", "f"],
		["response_format", "json_object"],
	])("%s = %j", (field, value) => {
		expect(paramsOf({ ...plain, [field]: value })).toEqual([field]);
	});

	it.each([
		["top_logprobs", { logprobs: true, top_logprobs: 21 }],
		["top_logprobs", { logprobs: true, top_logprobs: -1 }],
		["top_logprobs", { logprobs: true, top_logprobs: 0.5 }],
		["top_logprobs", { top_logprobs: 5 }],
		["top_logprobs", { logprobs: false, top_logprobs: 0 }],
		["stream_options", { stream_options: { include_usage: true } }],
		["stream_options", { stream: false, stream_options: {} }],
		["stream_options", { stream: true, stream_options: "usage" }],
		["stream_options.include_usage", { stream: true, stream_options: { include_usage: "yes" } }],
		["response_format.type", { response_format: { type: "xml" } }],
		["response_format.type", { response_format: {} }],
		["response_format.json_schema", { response_format: { type: "json_schema" } }],
		["response_format.json_schema", { response_format: { type: "json_schema", json_schema: "x" } }],
		["tools[0]", { tools: ["f"] }],
		["tools[1]", { tools: [{}, null] }],
		["functions[0]", { functions: [5] }],
		["messages[0]", { messages: ["hello"] }],
		["messages[0]", { messages: [null] }],
		["messages[0].role", { messages: [{ content: "hello" }] }],
		["messages[1].role", { messages: [plain.messages[0], { role: "robot", content: "x" }] }],
		["messages[0].content", { messages: [{ role: "user", content: 5 }] }],
		["messages[0].content", { messages: [{ role: "user", content: {} }] }],
		["messages[0].content", { messages: [{ role: "user", content: ["hello"] }] }],
	])("%s of %j", (param, fields) => {
		expect(paramsOf({ ...plain, ...fields })).toEqual([param]);
	});

	it("as one of several, all reported at once", () => {
		expect(paramsOf({ messages: [{ role: "robot", content: 5 }, 7], n: 0, temperature: 3 })).toEqual([
			"model",
			"messages[0].role",
			"messages[0].content",
			"messages[1]",
			"temperature",
			"n",
		]);
		expect(
			paramsOf({ ...plain, top_logprobs: 5, stream_options: {}, response_format: { type: "json_schema" } }),
		).toEqual(["top_logprobs", "stream_options", "response_format.json_schema"]);
	});

	it("once, though a number may break several rules", () => {
		expect(paramsOf({ ...plain, n: 0.5 })).toEqual(["n"]);
	});

	it("in a sentence that a person can act on", () => {
		expect(problemsOf({ ...plain, n: 0 })[0]?.message).toBe("'n' must be a whole number from 1 to 128.");
		expect(problemsOf({ ...plain, messages: [{ role: "user", content: "a" }, {}] })[0]?.message).toBe(
			"'messages[1].role' is required.",
		);
		expect(problemsOf({ ...plain, tools: ["f"] })[0]?.message).toBe("'tools[0]' must be an object.");
	});
});

describe("a hostile body", () => {
	it("may be nested 100 levels deep, and no deeper", () => {
		expect(paramsOf(nestedTo(100))).toEqual([]);
		expect(problemsOf(nestedTo(101))).toEqual([
			{ param: null, message: "The body is nested more than 100 levels deep." },
		]);
	});

	it("nested 100,000 levels deep is refused without a crash, straight off the wire", () => {
		for (const [open, close] of [
			["[", "]"],
			['{"a":', "}"],
		] as const) {
			const deep = `${open.repeat(100_000)}1${close.repeat(100_000)}`;
			const body = JSON.parse(`{"model":"chat","messages":[{"role":"user","content":${deep}}]}`) as unknown;
			expect(paramsOf(body)).toEqual([null]);
		}
	});

	it("with more than 4,096 messages is refused, with that many is not", () => {
		const many = (count: number) => ({
			...plain,
			messages: Array.from({ length: count }, () => ({ role: "user", content: "a" })),
		});
		expect(paramsOf(many(4_096))).toEqual([]);
		expect(paramsOf(many(4_097))).toEqual(["messages"]);
	});

	it("changes no other object through `__proto__`", () => {
		accepted(
			JSON.parse(
				'{"model":"chat","messages":[{"role":"user","content":"a","__proto__":{"polluted":1}}],"__proto__":{"polluted":1}}',
			),
		);
		expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
	});
});

describe("a choice of tool", () => {
	const body = { model: "chat", messages: [{ role: "user", content: "hi" }] };
	const tools = [{ type: "function", function: { name: "look_up" } }];
	const named = { type: "function", function: { name: "look_up" } };

	it.each([["required"], [named]])("that asks for one needs tools: %j", (tool_choice) => {
		expect(parseChatRequest({ ...body, tool_choice })).toMatchObject({ ok: false, error: [{ param: "tool_choice" }] });
		expect(parseChatRequest({ ...body, tool_choice, tools: [] }).ok).toBe(false);
		expect(parseChatRequest({ ...body, tool_choice, tools }).ok).toBe(true);
	});

	it.each(["auto", "none", null])("that asks for none does not: %j", (tool_choice) => {
		expect(parseChatRequest({ ...body, tool_choice }).ok).toBe(true);
	});
});
