import * as v from "valibot";
import { FEEDBACK_DAYS, MOST_RATING } from "../../core/ledger/feedback.ts";

const feedbackRow = v.object({
	cascade: v.string(),
	policyRevision: v.number(),
	stage: v.pipe(v.nullable(v.string()), v.description("The stage that answered; null where none did.")),
	correct: v.number(),
	wrong: v.number(),
	ratings: v.pipe(v.array(v.number()), v.description(`How many gave each rating, from 1 to ${MOST_RATING}.`)),
});

export const feedbackReport = v.pipe(
	v.object({
		rows: v.array(feedbackRow),
		unjoined: v.pipe(v.number(), v.description("About requests of which no record has come; in no row.")),
	}),
	v.description(`What clients said of answers in the last ${FEEDBACK_DAYS} days.`),
);
