import { describe, expect, it } from "vitest";
import { comparedText } from "../../../src/core/evidence/audited-text.ts";
import { exampleAnswer } from "../examples.ts";

describe("what a labeller compared, in words", () => {
	it("is the conversation's text and both answers", () => {
		const messages = [
			{ role: "system", content: "Be brief." },
			{
				role: "user",
				content: [{ type: "text", text: "What is" }, { type: "image_url" }, { type: "text", text: "this?" }],
			},
			{ role: "assistant", content: null },
		];
		expect(comparedText(messages, exampleAnswer({ text: " Paris \n" }), exampleAnswer({ text: "Lyon" }))).toEqual({
			messages: [
				{ role: "system", content: "Be brief." },
				{ role: "user", content: "What is\nthis?" },
				{ role: "assistant", content: "" },
			],
			edge: "Paris",
			reference: "Lyon",
		});
	});

	it("has tool calls, and no reference where there was none", () => {
		const edge = exampleAnswer({ text: "", toolCalls: [{ name: "weather", arguments: '{"city":"Rome"}' }] });
		expect(comparedText([], edge, null)).toEqual({
			messages: [],
			edge: 'Calls the tool weather with {"city":"Rome"}',
			reference: null,
		});
	});
});
