import { describe, expect, it } from "vitest";
import { parseFeedbackRequest } from "../../../src/openai/feedback/parse-feedback-request.ts";

const ID = "req_00112233-4455-6677-8899-aabbccddeeff";

/** The first field that is at fault. */
function fault(body: unknown): string | null | undefined {
	const parsed = parseFeedbackRequest(body);
	return parsed.ok ? undefined : parsed.error[0]?.param;
}

describe("feedback", () => {
	it("is right or wrong, or a rating, of one request or one of its texts", () => {
		expect(parseFeedbackRequest({ request_id: ID, correct: false })).toEqual({
			ok: true,
			value: { requestId: ID, verdict: { kind: "correct", correct: false } },
		});
		expect(parseFeedbackRequest({ request_id: ID, item: 0, rating: 5 })).toEqual({
			ok: true,
			value: { requestId: ID, item: 0, verdict: { kind: "rating", rating: 5 } },
		});
	});

	it("says one of the two, and not both", () => {
		expect(fault({ request_id: ID })).toBe("correct");
		expect(fault({ request_id: ID, correct: true, rating: 5 })).toBe("correct");
	});

	it.each([
		["request_id", { correct: true }],
		["request_id", { request_id: "chatcmpl-1", correct: true }],
		["request_id", { request_id: ID.toUpperCase(), correct: true }],
		["request_id", { request_id: `${ID}0`, correct: true }],
		["item", { request_id: ID, item: -1, correct: true }],
		["item", { request_id: ID, item: 0.5, correct: true }],
		["item", { request_id: ID, item: 10_000, correct: true }],
		["rating", { request_id: ID, rating: 0 }],
		["rating", { request_id: ID, rating: 6 }],
		["rating", { request_id: ID, rating: 4.5 }],
		["correct", { request_id: ID, correct: "yes" }],
		["comment", { request_id: ID, correct: true, comment: "nonsense" }],
		[null, [ID]],
	])("names %s in %j", (param, body) => {
		expect(fault(body)).toBe(param);
	});

	it("has every problem told at once", () => {
		const parsed = parseFeedbackRequest({ request_id: "1", rating: 9 });
		expect(parsed.ok ? [] : parsed.error.map(({ param }) => param)).toEqual(["request_id", "rating"]);
	});
});
