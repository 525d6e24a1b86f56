import { describe, expect, it } from "vitest";
import { chunk, DONE, event, failureOf, relayed, relayFor } from "./upstream-streams.ts";

const opening = chunk({ role: "assistant", content: "" });
const finish = chunk({}, "stop");

describe("an error inside a stream", () => {
	it.each([
		[
			"OpenAI's",
			{ error: { message: "boom", type: "server_error", param: null, code: null } },
			{ kind: "upstream-error", status: 500, message: "boom" },
		],
		[
			"vLLM's",
			{ error: { message: "boom", type: "x", param: null, code: 503 } },
			{ kind: "upstream-error", status: 503, message: "boom" },
		],
		[
			"SGLang's, flat",
			{ object: "error", message: "boom", type: "x", param: null, code: 500 },
			{ kind: "upstream-error", status: 500, message: "boom" },
		],
		[
			"TGI's, a text",
			{ error: "boom", error_type: "generation" },
			{ kind: "upstream-error", status: 500, message: "boom" },
		],
		[
			"one that asks for less",
			{ error: "boom", error_type: "overloaded" },
			{ kind: "overloaded", retryAfterSeconds: null },
		],
		[
			"one that refuses our key",
			{ error: { message: "boom", code: 401 } },
			{ kind: "misconfigured", what: "credentials" },
		],
		[
			"one that blames the request",
			{ error: { message: "too long", code: 400 } },
			{ kind: "bad-request", message: "The upstream says: too long" },
		],
	])("of the form that is %s ends it, first or midway", (_name, value, failure) => {
		for (const before of ["", opening, opening + chunk({ content: "Hi" })]) {
			const seen = failureOf(before + event(value) + chunk({ content: "more" }) + DONE);
			expect(seen.failure).toMatchObject(failure);
			expect(JSON.stringify(seen.sent.chunks)).not.toContain("boom");
			expect(JSON.stringify(seen.sent.chunks)).not.toContain("more");
		}
	});

	it("that is null is none", () => {
		expect(relayed(opening + chunk({ content: "Hi" }, null, { error: null }) + finish + DONE).texts.get(0)).toBe("Hi");
	});

	it("stays the first of several", () => {
		expect(failureOf(event({ error: "first" }) + event({ error: "second" })).failure).toMatchObject({
			message: "first",
		});
	});
});

describe("what is no chat stream", () => {
	it("is noticed where its first event is no JSON object", () => {
		for (const data of ["Hello", "5", "null", "[]", "{"])
			expect(failureOf(`data: ${data}\n\n`).failure).toEqual({
				kind: "invalid-answer",
				detail: "an event of the stream is not a JSON object",
			});
	});

	it("is noticed where it is Workers AI's native one, and nothing of it reaches the client", () => {
		const seen = failureOf(event({ response: "Hello" }) + event({ response: "!" }) + DONE);
		expect(seen.failure).toMatchObject({ kind: "invalid-answer" });
		expect(seen.sent.chunks).toEqual([]);
	});

	it("is noticed where an event never ends, and feeding on is harmless", () => {
		const relay = relayFor();
		relay.feed(opening);
		relay.feed(`data: ${"x".repeat(4 * 1024 * 1024)}`);
		expect(relay.feed("data: x")).toBe("");
		expect(relay.failure(false)).toEqual({ kind: "too-large", limitBytes: 4 * 1024 * 1024 });
		expect(relay.feed(`\n\n${finish}`)).toBe("");
	});
});
