import { describe, expect, it } from "vitest";
import { isTextPart, messageText } from "../../src/core/completion.ts";

describe("the text of a message", () => {
	it("is its content where that is text", () => {
		expect(messageText({ role: "user", content: "hello\n" })).toBe("hello\n");
	});

	it("is its text parts, one a line, and nothing of the others", () => {
		const content = [
			{ type: "text", text: "one" },
			{ type: "image_url", image_url: { url: "https://example.com/x.png" } },
			{ type: "text", text: "" },
			{ type: "text", text: "two" },
			null,
			"three",
		];
		expect(messageText({ role: "user", content })).toBe("one\ntwo");
	});

	it("is empty where there is none", () => {
		for (const content of [undefined, null, 5, {}, [], true]) expect(messageText({ role: "user", content })).toBe("");
	});
});

describe("a text part", () => {
	it("has the type text and a text", () => {
		expect(isTextPart({ type: "text", text: "" })).toBe(true);
		for (const part of [
			null,
			"text",
			5,
			[],
			{},
			{ type: "text" },
			{ type: "text", text: 5 },
			{ type: "refusal", text: "x" },
			{ text: "x" },
		])
			expect(isTextPart(part)).toBe(false);
	});
});
