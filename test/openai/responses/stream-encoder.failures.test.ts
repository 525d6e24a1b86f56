import { describe, expect, it } from "vitest";
import { chunk, PLAIN } from "../upstream-streams.ts";
import { readResponseEvents } from "./answers.ts";
import { encoder, naming, OPENING, typesOf } from "./streams.ts";

describe("a stream that fails", () => {
	const error = {
		message: "The stage 'origin' broke off.",
		type: "server_error",
		param: null,
		code: "upstream_broken_off",
	};

	it("says so by an error with our code, then by a failed Response with what was said so far", () => {
		const stream = encoder();
		stream.feed(OPENING + chunk({ reasoning_content: "Hm" }) + chunk({ content: "Hel" }) + naming(0, "f"));
		const events = readResponseEvents(stream.fail(error));
		expect(events).toMatchObject([
			{ type: "error", code: "upstream_broken_off", message: error.message, param: null },
			{
				type: "response.failed",
				response: {
					status: "failed",
					error: { code: "server_error", message: error.message },
					output: [
						{ type: "reasoning", status: "completed" },
						{ type: "message", status: "incomplete", content: [{ text: "Hel" }] },
						{ type: "function_call", status: "incomplete" },
					],
				},
			},
		]);
		expect(events[1]?.sequence_number).toBe((events[0]?.sequence_number ?? 0) + 1);
		expect(stream.fail(error)).toBe("");
		expect(stream.feed(PLAIN)).toBe("");
	});

	it("still opens, where it fails before it begins", () => {
		const events = readResponseEvents(encoder().fail(error));
		expect(typesOf(events)).toEqual(["created", "in_progress", "error", "failed"]);
		expect(events.map(({ sequence_number: number }) => number)).toEqual([0, 1, 2, 3]);
	});

	it.each([
		["rate_limit_error", "rate_limit_exceeded"],
		["invalid_request_error", "invalid_prompt"],
		["server_error", "server_error"],
		["permission_error", "server_error"],
	])("has one of the few codes of a Response: %s", (type, code) => {
		expect(readResponseEvents(encoder().fail({ ...error, type })).at(-1)?.response?.["error"]).toMatchObject({ code });
	});
});
