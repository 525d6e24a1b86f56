import { describe, expect, it } from "vitest";
import { failedCheck } from "../../src/core/answer-checks.ts";
import { exampleAnswer, exampleRequest } from "./examples.ts";

const plain = exampleRequest();
const answering = (text: string) => exampleAnswer({ text });
const withFormat = (response_format: unknown) => exampleRequest({ body: { response_format } });
const withSchema = (schema: unknown) => withFormat({ type: "json_schema", json_schema: { name: "answer", schema } });

describe("an answer that may not be accepted, however sure", () => {
	it("is one without words", () => {
		for (const text of ["", " ", "\n\t "]) expect(failedCheck(plain, answering(text))).toBe("empty-answer");
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

describe("a schema that cannot be followed", () => {
	it("vouches for nothing where it refers to another document", () => {
		for (const $ref of ["https://example.com/schema.json", "other.json#/x", "#/$defs/missing"])
			expect(failedCheck(withSchema({ $ref }), answering("{}")), $ref).toBe("schema-mismatch");
	});

	it("vouches for nothing where it refers to itself without end", () => {
		expect(failedCheck(withSchema({ $ref: "#" }), answering("{}"))).toBe("schema-mismatch");
	});

	it("vouches for nothing where a pattern is no regular expression", () => {
		expect(failedCheck(withSchema({ properties: { a: { pattern: "(" } } }), answering('{"a":"x"}'))).toBe(
			"schema-mismatch",
		);
	});

	it("does not throw, however deep it is nested", () => {
		let deep: Record<string, unknown> = { type: "object" };
		for (let level = 0; level < 50_000; level++) deep = { allOf: [deep] };
		expect(failedCheck(withSchema(deep), answering("{}"))).toBe("schema-mismatch");
	});

	it("does not throw where its keywords have the wrong types", () => {
		for (const schema of [
			{ type: 5 },
			{ enum: "x" },
			{ required: 5 },
			{ properties: [] },
			{ allOf: {} },
			{ $ref: 5 },
			{ items: null },
		])
			expect(() => failedCheck(withSchema(schema), answering('{"a":[1]}'))).not.toThrow();
	});

	it("costs time that grows with the schema, not with the number of ways through its references", () => {
		// Every further definition doubles the ways: 18 would take a quarter of a second, these 26 a minute. The bound
		// only tells a minute from an instant.
		const $defs: Record<string, unknown> = { d26: { type: "object" } };
		for (let level = 0; level < 26; level++) {
			const next = { $ref: `#/$defs/d${level + 1}` };
			$defs[`d${level}`] = { allOf: [next, next] };
		}
		const startedAt = performance.now();
		failedCheck(withSchema({ $defs, $ref: "#/$defs/d0" }), answering("{}"));
		expect(performance.now() - startedAt).toBeLessThan(5_000);
	});
});
