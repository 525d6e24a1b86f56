import { describe, expect, it } from "vitest";
import { parseChatBody } from "../../src/local/parse-chat-body.ts";
import { toolToUse, wordProperty } from "../../src/local/tool-choice.ts";
import { request } from "./read-fixtures.ts";

const words = [
	{ text: "spam", logprob: -0.1 },
	{ text: "ham", logprob: -2 },
];

function tool(name: string, properties: object) {
	return { type: "function", function: { name, parameters: { type: "object", properties } } };
}
const sort = tool("sort_mail", { folder: { enum: ["inbox", "archive"] } });
const label = tool("label_mail", { label: { type: "string", enum: ["spam", "ham"] } });
const judge = tool("judge_mail", { note: { type: "string" }, kind: { enum: ["ham", "spam", "unsure"] } });

const question = { role: "user", content: "Subject: hello" };
const called = { role: "assistant", content: null, tool_calls: [] };
const result = { role: "tool", tool_call_id: "call_1", content: "done" };

function use(body: object): string | undefined {
	const found = toolToUse(request({ messages: [question], ...body }), words);
	return found && `${found.tool.name}.${found.property}`;
}

describe("the tool that is called", () => {
	it("is the first that takes the word, under whatever name", () => {
		expect(use({ tools: [sort, label, judge] })).toBe("label_mail.label");
		expect(use({ tools: [sort, judge, label] })).toBe("judge_mail.kind");
	});

	it("is none where none takes the word, or where the request forbids it", () => {
		expect(use({ tools: [sort] })).toBeUndefined();
		expect(use({})).toBeUndefined();
		expect(use({ tools: [label], tool_choice: "none" })).toBeUndefined();
	});

	it("is the one that is demanded, even where it does not take the word", () => {
		const named = (name: string) => ({ type: "function", function: { name } });
		expect(use({ tools: [label, judge], tool_choice: named("judge_mail") })).toBe("judge_mail.kind");
		expect(use({ tools: [label, sort], tool_choice: named("sort_mail") })).toBe("sort_mail.label");
		expect(use({ tools: [sort, label], tool_choice: "required" })).toBe("label_mail.label");
		expect(use({ tools: [sort], tool_choice: "required" })).toBe("sort_mail.label");
	});

	it("is none once a tool has answered, until the user asks again or a call is demanded", () => {
		const answered = { messages: [question, called, result], tools: [label] };
		expect(use(answered)).toBeUndefined();
		expect(use({ ...answered, messages: [...answered.messages, question] })).toBe("label_mail.label");
		expect(use({ ...answered, tool_choice: "required" })).toBe("label_mail.label");
	});
});

describe("a call that is demanded", () => {
	it.each([
		["of no tool at all", { tool_choice: "required" }],
		[
			"of a tool that is not offered",
			{ tools: [label], tool_choice: { type: "function", function: { name: "other" } } },
		],
		["without the tool's name", { tools: [label], tool_choice: { type: "function" } }],
	])("%s is a mistake in the request", (_case, body) => {
		const parsed = parseChatBody({ messages: [question], ...body });
		expect(parsed.ok ? null : parsed.problem.param).toMatch(/^tool_choice/u);
	});
});

describe("the property that takes the word", () => {
	it.each([
		["label, where it lists the words", { kind: { enum: ["spam", "ham"] }, label: { enum: ["ham", "spam"] } }, "label"],
		["label, where it lists nothing", { kind: { enum: ["spam", "ham"] }, label: { type: "string" } }, "label"],
		["another, where label lists other values", { label: { enum: [1, 2] }, kind: { enum: ["spam", "ham"] } }, "kind"],
		["the first that lists all words", { a: { enum: ["spam"] }, b: { enum: ["ham", "spam"] }, c: {} }, "b"],
		["none, where none lists them", { a: { type: "string" }, b: { enum: ["spam"] } }, undefined],
	])("is %s", (_case, properties, expected) => {
		expect(wordProperty({ type: "object", properties }, words)).toBe(expected);
	});

	it.each([undefined, null, "schema", [], { properties: null }, { properties: { a: null, b: { enum: "spam ham" } } }])(
		"is none in %j",
		(schema) => {
			expect(wordProperty(schema, words)).toBeUndefined();
		},
	);
});
