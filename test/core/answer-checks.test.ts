import { describe, expect, it } from "vitest";
import { failedCheck as firstFailed, failedTaskCheck } from "../../src/core/answer-checks.ts";
import type { AnswerChecks } from "../../src/core/answer-checks.ts";
import type { ChatRequest, Completion } from "../../src/core/completion.ts";
import { exampleAnswer, exampleRequest } from "./examples.ts";

const failedCheck = (request: ChatRequest, answer: Completion, checks: Partial<AnswerChecks> = {}) =>
	firstFailed(request, answer, { refusal: true, ...checks });

const plain = exampleRequest();
const answering = (text: string) => exampleAnswer({ text });
const withFormat = (response_format: unknown) => exampleRequest({ body: { response_format } });
const withSchema = (schema: unknown) => withFormat({ type: "json_schema", json_schema: { name: "answer", schema } });

describe("an answer that may not be accepted, however sure", () => {
	it("is one without words", () => {
		for (const text of ["", " ", "\n\t "]) expect(failedCheck(plain, answering(text))).toBe("empty-answer");
	});

	it("is one that says it was ended by tool calls, and has none", () => {
		for (const text of ["", "Let me look."])
			expect(failedCheck(plain, exampleAnswer({ text, finishReason: "tool_calls" }))).toBe("unfinished");
	});

	it("is one whose model says itself that it refuses, whatever the policy looks for", () => {
		for (const text of ["", "4"])
			expect(failedCheck(plain, exampleAnswer({ text, refusal: "I can't help." }), { refusal: false })).toBe("refused");
	});

	it("is one that ran into its limit, even the client's own", () => {
		const answer = exampleAnswer({ finishReason: "length" });
		expect(failedCheck(plain, answer)).toBe("truncated");
		expect(failedCheck(exampleRequest({ maxOutputTokens: 2 }), answer)).toBe("truncated");
	});

	it("is one that a filter stopped", () => {
		expect(failedCheck(plain, exampleAnswer({ finishReason: "content_filter" }))).toBe("content-filter");
	});

	it("is one whose model did not say why it ended", () => {
		expect(failedCheck(plain, exampleAnswer({ finishReason: "unknown" }))).toBe("unfinished");
	});

	it("names the first check that fails", () => {
		expect(failedCheck(withFormat({ type: "json_object" }), exampleAnswer({ text: "{", finishReason: "length" }))).toBe(
			"truncated",
		);
	});
});

describe("an answer of no particular format", () => {
	it("passes", () => {
		expect(failedCheck(plain, answering("anything {"))).toBeNull();
		for (const format of [undefined, null, { type: "text" }, "json_object", 5])
			expect(failedCheck(withFormat(format), answering("anything {"))).toBeNull();
	});
});

describe("an answer that was to be a JSON object", () => {
	const asked = withFormat({ type: "json_object" });

	it("passes where it is one", () => {
		expect(failedCheck(asked, answering(' {"a": [1]}\n'))).toBeNull();
	});

	it("fails where it is broken, fenced, or another kind of JSON", () => {
		for (const text of ['{"a":', "```json\n{}\n```", 'Here: {"a":1}', "[1]", "null", '"{}"', "1"])
			expect(failedCheck(asked, answering(text))).toBe("invalid-json");
	});
});

describe("an answer that was to match a JSON schema", () => {
	const schema = {
		type: "object",
		properties: { verdict: { enum: ["spam", "ham"] }, score: { type: "number", minimum: 0 } },
		required: ["verdict"],
		additionalProperties: false,
	};

	it("passes where it does", () => {
		expect(failedCheck(withSchema(schema), answering('{"verdict":"spam","score":0.5}'))).toBeNull();
	});

	it("fails where it does not", () => {
		for (const text of [
			"{}",
			'{"verdict":"eggs"}',
			'{"verdict":"spam","score":-1}',
			'{"verdict":"spam","x":1}',
			"[]",
			"null",
		])
			expect(failedCheck(withSchema(schema), answering(text))).toBe("schema-mismatch");
	});

	it("fails as JSON before it fails as a match", () => {
		expect(failedCheck(withSchema(schema), answering('{"verdict":'))).toBe("invalid-json");
	});

	it("follows references within the schema", () => {
		const recursive = {
			$defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" } }, required: ["value"] } },
			$ref: "#/$defs/node",
		};
		expect(failedCheck(withSchema(recursive), answering('{"value":1,"next":{"value":2}}'))).toBeNull();
		expect(failedCheck(withSchema(recursive), answering('{"value":1,"next":{}}'))).toBe("schema-mismatch");
	});

	it("needs only to be JSON where there is no schema to match", () => {
		expect(failedCheck(withFormat({ type: "json_schema" }), answering("[1]"))).toBeNull();
		expect(failedCheck(withFormat({ type: "json_schema", json_schema: { name: "x" } }), answering("[1]"))).toBeNull();
		expect(failedCheck(withFormat({ type: "json_schema" }), answering("one"))).toBe("invalid-json");
	});
});

describe("an answer that calls tools", () => {
	const tools = [{ type: "function", function: { name: "look_up", parameters: { type: "object" } } }];
	const calling = (differences: Partial<Completion> = {}) =>
		exampleAnswer({
			text: "",
			toolCalls: [{ name: "look_up", arguments: "{}" }],
			finishReason: "tool_calls",
			...differences,
		});

	it("passes without text, and whether it says that it stopped or that it called", () => {
		const request = exampleRequest({ body: { tools } });
		expect(failedCheck(request, calling())).toBeNull();
		expect(failedCheck(request, calling({ finishReason: "stop" }))).toBeNull();
	});

	it("is held to its tools and not to what its text would have to be", () => {
		const request = exampleRequest({ body: { tools, response_format: { type: "json_object" } } });
		const checks = { pattern: { mustMatch: "^yes" }, script: "Cyrillic" };
		expect(failedCheck(request, calling({ text: "I can't help, let me look." }), checks)).toBeNull();
		expect(failedCheck(request, calling({ toolCalls: [{ name: "other", arguments: "{}" }] }), checks)).toBe(
			"unknown-tool",
		);
	});

	it("must still be whole", () => {
		expect(failedCheck(exampleRequest({ body: { tools } }), calling({ finishReason: "length" }))).toBe("truncated");
	});

	it("must not, where the request has no tools", () => {
		expect(failedCheck(plain, calling())).toBe("unwanted-tool-call");
	});
});

describe("an answer that was to be a label", () => {
	const request = exampleRequest({ task: { kind: "classification", text: "x", labels: ["spam", "ham"] } });

	it("passes where it is exactly one of them, quotation marks, full stop and letter case aside", () => {
		for (const text of ["spam", " Ham\n", '"spam".']) expect(failedCheck(request, answering(text))).toBeNull();
	});

	it("passes where the label is one that says what a refusal says, in whatever script", () => {
		const labels = ["I can't help with that", "other"];
		const worded = exampleRequest({ task: { kind: "classification", text: "x", labels } });
		expect(failedCheck(worded, answering("I can't help with that"), { script: "Cyrillic" })).toBeNull();
	});

	it("fails where it is none, or says more than the label", () => {
		for (const text of ["eggs", "It is spam", "spam ham", "spam because of the offer"])
			expect(failedCheck(request, answering(text))).toBe("unknown-label");
	});

	it("is held to that on the last stage as well", () => {
		expect(failedTaskCheck(request, answering("eggs"))).toBe("unknown-label");
		expect(failedTaskCheck(request, answering("ham"))).toBeNull();
	});
});

describe("an answer that was to be a verdict", () => {
	const request = exampleRequest({ task: { kind: "moderation", text: "x" } });

	it("passes as safe or unsafe, with categories or without", () => {
		for (const text of ["safe", "unsafe", "unsafe\nS1,S10"]) expect(failedCheck(request, answering(text))).toBeNull();
	});

	it("fails as anything else", () => {
		for (const text of ["maybe", "I can't help with that.", "safe\nS1"])
			expect(failedCheck(request, answering(text))).toBe("invalid-verdict");
	});

	it("is held to that on the last stage as well, where other requests are held to nothing", () => {
		expect(failedTaskCheck(request, answering("maybe"))).toBe("invalid-verdict");
		expect(failedTaskCheck(request, answering("safe"))).toBeNull();
		expect(failedTaskCheck(plain, answering("maybe"))).toBeNull();
	});
});

describe("the checks that a policy chooses", () => {
	const refusal = "I'm sorry, but I can't help with that.";

	it("take a refusal in words for no answer, unless the policy says not to look", () => {
		expect(failedCheck(plain, answering(refusal))).toBe("refused");
		expect(failedCheck(plain, answering(refusal), { refusal: false })).toBeNull();
	});

	it("do not look for refusals in JSON, where a field may hold one", () => {
		const text = "\"I'm sorry, I can't help with that.\"";
		expect(failedCheck(withSchema({ type: "string" }), answering(text))).toBeNull();
		expect(failedCheck(withSchema(true), answering(text))).toBeNull();
	});

	it("hold an answer to a pattern that it must match", () => {
		const checks = { pattern: { mustMatch: "^[A-Z]{3}-\\d+$" } };
		expect(failedCheck(plain, answering("ABC-12"), checks)).toBeNull();
		for (const text of ["ABC-", "abc-12", "ABC-12 "])
			expect(failedCheck(plain, answering(text), checks)).toBe("pattern-mismatch");
	});

	it("hold an answer to a pattern that it must not match", () => {
		const checks = { pattern: { mustNotMatch: "\\bhttps?:" } };
		expect(failedCheck(plain, answering("see example.com"), checks)).toBeNull();
		expect(failedCheck(plain, answering("see https://example.com"), checks)).toBe("pattern-mismatch");
	});

	it("hold an answer to both patterns at once", () => {
		const checks = { pattern: { mustMatch: "a", mustNotMatch: "b" } };
		expect(["a", "b", "ab", "c"].map((text) => failedCheck(plain, answering(text), checks))).toEqual([
			null,
			"pattern-mismatch",
			"pattern-mismatch",
			"pattern-mismatch",
		]);
	});

	it("read patterns as Unicode: one character is one, whatever its bytes", () => {
		expect(failedCheck(plain, answering("😀"), { pattern: { mustMatch: "^.$" } })).toBeNull();
	});

	it("do not try a pattern that could take too long on so long an answer", () => {
		const checks = { pattern: { mustNotMatch: "foo.*bar" } };
		expect(failedCheck(plain, answering("a".repeat(1_000)), checks)).toBeNull();
		expect(failedCheck(plain, answering("a".repeat(5_000)), checks)).toBe("too-long-for-pattern");
		expect(failedCheck(plain, answering("aaaa!"), { pattern: { mustMatch: "^(a+)+\\1$" } })).toBe(
			"too-long-for-pattern",
		);
	});

	it("hold JSON to a pattern too, and after that to nothing that is for prose", () => {
		const asked = withFormat({ type: "json_object" });
		const checks = { pattern: { mustNotMatch: "secret" }, script: "Cyrillic" };
		expect(failedCheck(asked, answering('{"a":"b"}'), checks)).toBeNull();
		expect(failedCheck(asked, answering('{"a":"secret"}'), checks)).toBe("pattern-mismatch");
	});

	it("hold an answer to a script", () => {
		expect(failedCheck(plain, answering("Привет"), { script: "Cyrillic" })).toBeNull();
		expect(failedCheck(plain, answering("Hello"), { script: "Cyrillic" })).toBe("wrong-script");
	});
});
