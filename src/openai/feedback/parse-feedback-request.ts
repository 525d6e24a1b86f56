import * as v from "valibot";
import { MOST_RATING, type Feedback } from "../../core/ledger/feedback.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { RequestProblem } from "../parse-chat-request.ts";
import { parseStrictly } from "../strict-fields.ts";

/** As many texts as a request has at most, and more: only a bound. */
const MOST_ITEM = 9_999;

const ID = "must be the x-request-id of an answer, such as req_ and a UUID";
const RATING = `must be a whole number from 1 to ${MOST_RATING}`;
const ITEM = `must be a whole number from 0 to ${MOST_ITEM}`;

/** The body field by field. */
export const feedbackBody = v.strictObject({
	request_id: v.pipe(v.string(ID), v.regex(/^req_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u, ID)),
	item: v.optional(v.pipe(v.number(ITEM), v.integer(ITEM), v.minValue(0, ITEM), v.maxValue(MOST_ITEM, ITEM))),
	correct: v.optional(v.boolean("must be true or false")),
	rating: v.optional(
		v.pipe(v.number(RATING), v.integer(RATING), v.minValue(1, RATING), v.maxValue(MOST_RATING, RATING)),
	),
});

/** Parses the body of `POST /v1/feedback`; reports every problem at once, unknown fields among them. */
export function parseFeedbackRequest(value: unknown): Result<Feedback, readonly RequestProblem[]> {
	const parsed = parseStrictly(feedbackBody, value);
	if (!parsed.ok) return parsed;
	const { request_id: requestId, item, correct, rating } = parsed.value;
	const about = item === undefined ? { requestId } : { requestId, item };
	if (correct !== undefined && rating === undefined) return ok({ ...about, verdict: { kind: "correct", correct } });
	if (rating !== undefined && correct === undefined) return ok({ ...about, verdict: { kind: "rating", rating } });
	return err([{ param: "correct", message: "Send either 'correct' or 'rating'." }]);
}
