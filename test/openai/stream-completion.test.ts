import { describe, expect, it } from "vitest";
import { completionOfStream } from "../../src/openai/stream-completion.ts";

function events(...chunks: readonly unknown[]): string {
	return chunks.map((chunk) => `data: ${typeof chunk === "string" ? chunk : JSON.stringify(chunk)}\n\n`).join("");
}
const chunk = (delta: object, reason: string | null = null, rest: object = {}) => ({
	choices: [{ index: 0, delta, finish_reason: reason }],
	...rest,
});

describe("a stream, read as the answer that it is", () => {
	it("is the text of its first choice, its finish reason and its usage", () => {
		const stream = events(
			chunk({ role: "assistant", content: "" }),
			chunk({ content: "Four" }),
			{ choices: [{ index: 1, delta: { content: "other" }, finish_reason: "length" }] },
			chunk({ content: " apples" }),
			chunk({}, "stop"),
			{ choices: [], usage: { prompt_tokens: 10, completion_tokens: 2 } },
			"[DONE]",
		);
		expect(completionOfStream(stream)).toMatchObject({
			text: "Four apples",
			toolCalls: [],
			refusal: null,
			finishReason: "stop",
			usage: { inputTokens: 10, outputTokens: 2 },
		});
	});

	it("joins the parts of each tool call", () => {
		const call = (index: number, named: object, id?: string) =>
			chunk({ tool_calls: [{ index, ...(id === undefined ? {} : { id }), function: named }] });
		const stream = events(
			call(0, { name: "add", arguments: "" }, "call_a"),
			call(1, { name: "look", arguments: { at: "sky" } }, "call_b"),
			call(0, { arguments: '{"a":' }),
			call(0, { arguments: "1}" }),
			chunk({}, "tool_calls"),
		);
		expect(completionOfStream(stream)).toMatchObject({
			text: "",
			finishReason: "tool_calls",
			toolCalls: [
				{ name: "add", arguments: '{"a":1}' },
				{ name: "look", arguments: '{"at":"sky"}' },
			],
		});
	});

	it("says what was refused", () => {
		expect(
			completionOfStream(events(chunk({ refusal: "I'd " }), chunk({ refusal: "rather not" }, "stop"))),
		).toMatchObject({
			refusal: "I'd rather not",
		});
	});

	it("takes a token that looks like a JSON value for its text", () => {
		expect(completionOfStream(events(chunk({ content: 4 }), chunk({ content: true }, "stop")))?.text).toBe("4true");
	});

	it("is whole without an end marker or a last line break, once there is a finish reason", () => {
		expect(completionOfStream(events(chunk({ content: "yes" }, "stop")).trimEnd())?.text).toBe("yes");
	});

	it.each([
		["breaks off", events(chunk({ content: "half an" }))],
		["holds nothing", ""],
		["is only an end marker", events("[DONE]")],
		["ends in an error", events(chunk({ content: "x" }, "stop"), { error: { message: "out of memory" } })],
		["is no event stream", "<html></html>"],
	])("is none where it %s", (_what, stream) => {
		expect(completionOfStream(stream)).toBeNull();
	});
});
