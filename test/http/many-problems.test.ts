import { describe, expect, it } from "vitest";
import { invalidRequest } from "../../src/http/read-body.ts";
import { parseClassificationRequest } from "../../src/openai/classifications/parse-classification-request.ts";
import { parseEmbeddingsRequest } from "../../src/openai/embeddings/parse-embeddings-request.ts";
import { parseModerationRequest } from "../../src/openai/moderations/parse-moderation-request.ts";
import { parseChatRequest, type RequestProblem } from "../../src/openai/parse-chat-request.ts";
import { parseResponsesRequest } from "../../src/openai/responses/parse-responses-request.ts";
import type { Result } from "../../src/core/result.ts";

type Parse = (body: unknown) => Result<unknown, readonly RequestProblem[]>;

/** As many values as a body of 1 MiB holds, none of them right. */
const WRONG = Array.from({ length: 500_000 }, () => 1);
const MANY_FIELDS = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`field${index}`, 1]));
const MESSAGES = [{ role: "user", content: "Hello" }];
const TOOL = { type: "function", name: "label" };

/** Each was once told of half a million problems: an answer of 50 MB, or a stack overflow where they were spread as arguments. */
const BODIES: readonly (readonly [what: string, parse: Parse, body: unknown, param: string])[] = [
	["chat messages", parseChatRequest, { model: "a", messages: WRONG }, "messages"],
	["chat messages, not too many", parseChatRequest, { model: "a", messages: WRONG.slice(0, 4_096) }, "messages[0]"],
	[
		"parts of a chat message",
		parseChatRequest,
		{ model: "a", messages: [{ role: "user", content: WRONG }] },
		"messages[0].content",
	],
	["chat tools", parseChatRequest, { model: "a", messages: MESSAGES, tools: WRONG }, "tools[0]"],
	["stop sequences", parseChatRequest, { model: "a", messages: MESSAGES, stop: WRONG }, "stop"],
	["input items", parseResponsesRequest, { model: "a", input: WRONG }, "input[0]"],
	[
		"parts of an input item",
		parseResponsesRequest,
		{ model: "a", input: [{ role: "user", content: WRONG }] },
		"input[0].content[0]",
	],
	[
		"parts of many input items",
		parseResponsesRequest,
		{ model: "a", input: Array.from({ length: 100 }, () => ({ role: "user", content: WRONG.slice(0, 5_000) })) },
		"input[0].content[0]",
	],
	["tools of a response", parseResponsesRequest, { model: "a", input: "b", tools: WRONG }, "tools[0]"],
	[
		"allowed tools of a response",
		parseResponsesRequest,
		{ model: "a", input: "b", tools: [TOOL], tool_choice: { type: "allowed_tools", mode: "auto", tools: WRONG } },
		"tool_choice.tools[0]",
	],
	["what a response is to include", parseResponsesRequest, { model: "a", input: "b", include: WRONG }, "include[0]"],
	["fields of a response", parseResponsesRequest, { ...MANY_FIELDS, model: "a", input: "b" }, "field0"],
	["fields within a response's", parseResponsesRequest, { model: "a", input: "b", text: MANY_FIELDS }, "text.field0"],
	[
		"fields of an input item",
		parseResponsesRequest,
		{ model: "a", input: [{ role: "user", content: "b", ...MANY_FIELDS }] },
		"input[0].field0",
	],
	["labels", parseClassificationRequest, { model: "a", input: "b", labels: WRONG }, "labels"],
	["texts to classify", parseClassificationRequest, { model: "a", input: WRONG, labels: ["a", "b"] }, "input"],
	[
		"fields of a classification",
		parseClassificationRequest,
		{ ...MANY_FIELDS, model: "a", input: "b", labels: ["a", "b"] },
		"field0",
	],
	["texts to moderate", parseModerationRequest, { input: WRONG }, "input"],
	["parts to moderate", parseModerationRequest, { input: [...WRONG, {}] }, "input"],
	["texts to embed", parseEmbeddingsRequest, { model: "a", input: ["b", ...WRONG] }, "input"],
];

describe("a body with hundreds of thousands of wrong things in it", () => {
	it.each(BODIES)("is told of a few of them: %s", (_what, parse, body, param) => {
		const parsed = parse(body);
		if (parsed.ok) throw new Error("such a body cannot be right");
		expect(parsed.error.length).toBeLessThan(10_000);
		const { error } = invalidRequest(parsed.error).body;
		expect(error.param).toBe(param);
		expect(JSON.stringify(error).length).toBeLessThan(4_096);
	});

	it("is told of all of them where they are a few", () => {
		const parsed = parseResponsesRequest({ model: "a", input: WRONG.slice(0, 12) });
		expect(parsed.ok ? [] : parsed.error.map(({ param }) => param)).toEqual(
			Array.from({ length: 12 }, (_, index) => `input[${index}]`),
		);
		const chat = parseChatRequest({ model: "a", messages: WRONG.slice(0, 12) });
		expect(chat.ok ? [] : chat.error.map(({ param }) => param)).toEqual(
			Array.from({ length: 12 }, (_, index) => `messages[${index}]`),
		);
	});

	it("is told of the first alone from more than 10,000 values on, whichever field they are in", () => {
		const problemsBeside = (values: number) => {
			// Eight values more: five fields, the one message and its two.
			const body = { model: "a", messages: MESSAGES, x: WRONG.slice(0, values - 8), temperature: 9, top_p: 9 };
			const parsed = parseChatRequest(body);
			return parsed.ok ? 0 : parsed.error.length;
		};
		expect(problemsBeside(10_000)).toBe(2);
		expect(problemsBeside(10_001)).toBe(1);
	});
});

describe("the reply to problems", () => {
	const problem = (index: number): RequestProblem => ({ param: `field${index}`, message: `'field${index}' is wrong.` });

	it("has all of twenty, and says of more that there is more", () => {
		const messageOf = (count: number) =>
			invalidRequest(Array.from({ length: count }, (_, index) => problem(index))).body.error.message;
		expect(messageOf(20)).toMatch(/'field19' is wrong\.$/u);
		expect(messageOf(21)).toMatch(/'field19' is wrong\. There is more that is wrong\.$/u);
	});

	it("repeats no name at length, though the name is the client's own", () => {
		const name = "x".repeat(1_000_000);
		const { error } = invalidRequest([{ param: name, message: `'${name}' is not supported.` }]).body;
		expect(error.param).toBe(`${"x".repeat(200)}…`);
		expect(error.message).toBe(`'${"x".repeat(499)}…`);
	});

	it("has a whole name of 200 characters", () => {
		expect(invalidRequest([{ param: "x".repeat(200), message: "It is wrong." }]).body.error.param).toBe(
			"x".repeat(200),
		);
	});

	it("has no param where no field is to blame", () => {
		expect(invalidRequest([{ param: null, message: "The body must be a JSON object." }]).body.error.param).toBeNull();
		expect(invalidRequest([]).body.error.param).toBeNull();
	});
});
