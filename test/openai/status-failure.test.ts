import { describe, expect, it } from "vitest";
import { readOriginFailure } from "../../src/adapters/origin-failure.ts";
import { statusFailure, streamFailure } from "../../src/openai/status-failure.ts";

const error = (code: string | null, message = "m") => ({ message, param: "p", code });

describe("an error status", () => {
	it.each([400, 413, 414, 422, 431])("says that the request is at fault, in the upstream's words: %s", (status) => {
		expect(statusFailure(status, error("top_k"), 7)).toEqual({
			kind: "bad-request",
			message: "The upstream says: m",
			param: "p",
			code: "top_k",
		});
	});

	it.each<[number, string]>([
		[401, "credentials"],
		[402, "credentials"],
		[403, "credentials"],
		[407, "credentials"],
		[404, "model"],
		[405, "model"],
		[410, "model"],
	])("says that we are: %s", (status, what) => {
		expect(statusFailure(status, error("x"), 7)).toEqual({ kind: "misconfigured", what });
	});

	it("says that there is too much to do, and when to come again, but where the account has no money left", () => {
		expect(statusFailure(429, error("rate_limit_exceeded"), 7)).toEqual({ kind: "overloaded", retryAfterSeconds: 7 });
		expect(statusFailure(429, null, null)).toEqual({ kind: "overloaded", retryAfterSeconds: null });
		expect(statusFailure(429, error("insufficient_quota"), 7)).toEqual({ kind: "misconfigured", what: "credentials" });
	});

	it.each([408, 409, 424, 425, 499, 500, 503, 529, 599])("is the upstream's own trouble otherwise: %s", (status) => {
		const failed = { kind: "upstream-error", status, message: "m" };
		expect(statusFailure(status, error("x"), 7)).toEqual({ ...failed, retryAfterSeconds: 7 });
		expect(statusFailure(status, null, null)).toEqual({ kind: "upstream-error", status, message: "" });
	});

	it("puts no words into anybody's mouth", () => {
		expect(statusFailure(400, error("400", ""), null)).toMatchObject({ message: "", code: null });
		expect(statusFailure(400, null, null)).toEqual({ kind: "bad-request", message: "", param: null, code: null });
	});

	it.each([
		"This model's maximum context length is 8192 tokens.",
		"The request exceeds the available context size.",
		"Input would exceed the context window",
	])("is known to be about the prompt's length by its words: %s", (message) => {
		expect(statusFailure(400, error("400", message), null)).toMatchObject({ code: "context_length_exceeded" });
	});
});

describe("an error inside a stream", () => {
	it("is what a plain answer with the status that its code is would have been", () => {
		for (let status = 400; status <= 599; status++)
			for (const message of ["m", "Its maximum context length is 5."]) {
				const text = JSON.stringify({ error: { ...error(null, message), code: status } });
				expect(streamFailure(error(String(status), message))).toEqual(readOriginFailure(status, null, text, 0));
			}
	});

	it.each<[string, number]>([
		["context_length_exceeded", 400],
		["invalid_api_key", 401],
		["model_not_found", 404],
		["rate_limit_exceeded", 429],
		["insufficient_quota", 429],
		["server_error", 500],
		["validation", 422],
		["overloaded", 429],
	])("is so too where its code is a word for that: %s", (code, status) => {
		expect(streamFailure(error(code))).toEqual(statusFailure(status, error(code), null));
	});

	it.each([null, "", "unheard_of", "200", "302", "399", "600", "999", "-1", "429.5", "constructor"])(
		"is the upstream's where its code is no error's: %j",
		(code) => {
			expect(streamFailure(error(code))).toEqual({ kind: "upstream-error", status: 500, message: "m" });
		},
	);
});
