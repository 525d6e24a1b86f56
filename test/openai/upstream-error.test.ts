import { describe, expect, it } from "vitest";
import { presentable, readUpstreamError, readUpstreamErrorText } from "../../src/openai/upstream-error.ts";

describe("an upstream's error", () => {
	it.each([
		[
			"OpenAI's",
			{
				error: {
					message: "Too long.",
					type: "invalid_request_error",
					param: "messages",
					code: "context_length_exceeded",
				},
			},
			{ message: "Too long.", param: "messages", code: "context_length_exceeded" },
		],
		[
			"OpenAI's with nulls",
			{ error: { message: "No.", type: "x", param: null, code: null } },
			{ message: "No.", param: null, code: null },
		],
		[
			"vLLM's, whose code is a number",
			{ error: { message: "Bad.", type: "BadRequestError", param: null, code: 400 } },
			{ message: "Bad.", param: null, code: "400" },
		],
		[
			"SGLang's and old vLLM's, flat",
			{ object: "error", message: "Bad.", type: "BadRequestError", param: "n", code: 400 },
			{ message: "Bad.", param: "n", code: "400" },
		],
		[
			"TGI's, a text",
			{ error: "Model is overloaded", error_type: "overloaded" },
			{ message: "Model is overloaded", param: null, code: "overloaded" },
		],
		["FastAPI's, a text", { detail: "Not Found" }, { message: "Not Found", param: null, code: null }],
		[
			"FastAPI's, a list",
			{
				detail: [
					{ type: "missing", loc: ["body", "messages", 0, "role"], msg: "Field required", input: {} },
					{ msg: "second" },
				],
			},
			{ message: "Field required", param: "messages.0.role", code: null },
		],
		["FastAPI's, an empty list", { detail: [] }, { message: "", param: null, code: null }],
		["one without a message", { error: {} }, { message: "", param: null, code: null }],
		[
			"one whose message is no text",
			{ error: { message: { a: 1 }, param: 5, code: {} } },
			{ message: "", param: null, code: null },
		],
	])("is read in the form that is %s", (_name, value, expected) => {
		expect(readUpstreamError(value)).toEqual(expected);
		expect(readUpstreamErrorText(JSON.stringify(value))).toEqual(expected);
	});

	it("is none where the value is something else", () => {
		for (const value of [
			null,
			undefined,
			5,
			"error",
			[],
			{},
			{ choices: [] },
			{ error: null, choices: [] },
			{ object: "chat.completion" },
		])
			expect(readUpstreamError(value)).toBeNull();
	});

	it("is none in what a proxy wrote: HTML, plain text, nothing", () => {
		for (const text of ["<html><h1>502 Bad Gateway</h1></html>", "error code: 524", "", '"error"', "null"])
			expect(readUpstreamErrorText(text)).toBeNull();
	});
});

describe("a message fit for the client", () => {
	it("keeps what helps", () => {
		const message = "This model's maximum context length is 8192 tokens. However, you requested 9000.";
		expect(presentable(message)).toBe(message);
	});

	it("has no addresses", () => {
		expect(presentable("POST http://10.0.0.5:8000/v1 failed, see HTTPS://internal.example/x?token=1")).toBe(
			"POST [address] failed, see [address]",
		);
	});

	it.each([
		"sk-proj-abcdefghijklmnop",
		"sk-abcdefgh1234",
		"sk_live_abcdefgh1234",
		"ec_live_0123456789abcdef",
		"hf_abcdefghijklmnop",
		"key-0123456789abcdef",
		"Bearer abcdefgh12345678",
		"Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl",
		"bearer abcdefgh12345678",
		"Bearer c2VjcmV0c2VjcmV0+abc/def==",
	])("has no key such as %s", (key) => {
		const shown = presentable(`Refused: ${key} (401)`);
		expect(shown).toBe("Refused: [key] (401)");
	});

	it("keeps words that merely follow the word key", () => {
		expect(presentable("Unknown key parameters in the API key provided")).toBe(
			"Unknown key parameters in the API key provided",
		);
	});

	it("is one line", () => {
		expect(presentable("  a\r\n\tb\u0000 ")).not.toMatch(/[\r\n\t]/u);
	});

	it("is at most 300 characters", () => {
		expect(presentable("a".repeat(300))).toHaveLength(300);
		expect(presentable("a".repeat(301))).toBe(`${"a".repeat(299)}…`);
		expect(presentable("")).toBe("");
	});
});
