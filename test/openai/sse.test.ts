import { describe, expect, it } from "vitest";
import { formatErrorEnd, formatEvent, KEEP_ALIVE, STREAM_END } from "../../src/openai/sse.ts";

describe("an event", () => {
	it("is one line of JSON and a blank one, whatever the text in it", () => {
		for (const value of [{ a: "x\ny\r\n\r" }, "data: [DONE]\n\n", null, [1]]) {
			const event = formatEvent(value);
			expect(event).toMatch(/^data: [^\r\n]*\n\n$/u);
			expect(JSON.parse(event.slice("data: ".length))).toEqual(value);
		}
	});
});

describe("a keep-alive", () => {
	it("is a comment, which no client takes for an event", () => {
		expect(KEEP_ALIVE).toMatch(/^:[^\r\n]*\n\n$/u);
	});
});

describe("an error after the headers have gone", () => {
	it("is an event with OpenAI's error object, then the end marker", () => {
		const error = { message: "boom", type: "server_error", param: null, code: "upstream_error" };
		expect(formatErrorEnd(error)).toBe(`data: ${JSON.stringify({ error })}\n\n${STREAM_END}`);
		expect(STREAM_END).toBe("data: [DONE]\n\n");
	});
});
