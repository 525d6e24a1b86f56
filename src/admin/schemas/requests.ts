import * as v from "valibot";
import { MOST_RECENT_REQUESTS, readPlace } from "../../core/ledger/recent-requests.ts";
import { moment } from "./common.ts";
import { limit, PARAMETERS, wholeText } from "./parameters.ts";

const PLACE = "must be the `next` of the page before";

export const recentRequestsQuery = v.strictObject({
	cascade: v.optional(v.pipe(PARAMETERS.cascade, v.description("Requests to this cascade alone."))),
	limit,
	before: v.optional(
		v.pipe(
			v.string(PLACE),
			v.check((text) => readPlace(text) !== null, PLACE),
			v.transform(readPlace),
			v.description("The `next` of the page before."),
		),
	),
});

export const requestTextQuery = v.strictObject({
	item: v.optional(
		v.pipe(
			wholeText(0, 9_999_999_999, "must be the number of a text, from 0"),
			v.description("Which text of a batch; the first one known where absent."),
		),
	),
});

const trailEntry = v.object({
	stage: v.string(),
	outcome: v.picklist(["accepted", "deferred", "skipped", "failed"]),
	reason: v.string(),
	confidence: v.pipe(v.nullable(v.number()), v.description("Null where none was measured.")),
	threshold: v.nullable(v.number()),
	thresholdSource: v.optional(v.picklist(["certified", "manual"])),
	detail: v.optional(v.pipe(v.string(), v.description("In at most 100 characters; no prompt or answer text."))),
});

const callRecord = v.object({
	stage: v.string(),
	model: v.string(),
	purpose: v.picklist(["answer", "sample", "verify"]),
	usage: v.nullable(v.object({ inputTokens: v.number(), outputTokens: v.number() })),
	costUsd: v.pipe(v.nullable(v.number()), v.description("US dollars; null where that is unknown.")),
	estimated: v.optional(v.pipe(v.literal(true), v.description("`costUsd` is the most that is likely."))),
	ms: v.number(),
	startMs: v.optional(v.pipe(v.number(), v.description("When it began, in ms after the request's arrival."))),
	firstTokenMs: v.optional(v.pipe(v.number(), v.description("From its beginning to a stream's first event."))),
});

export const recentRequest = v.pipe(
	v.object({
		requestId: v.string(),
		endpoint: v.picklist(["chat.completions", "responses", "classifications", "moderations", "embeddings"]),
		item: v.optional(v.pipe(v.number(), v.description("Which text of a batch."))),
		cascade: v.string(),
		policyRevision: v.number(),
		canary: v.optional(v.literal(true)),
		at: moment,
		stream: v.boolean(),
		outcome: v.picklist(["answered", "failed", "client-left"]),
		stage: v.pipe(v.nullable(v.string()), v.description("The stage that answered; null where none did.")),
		reason: v.nullable(v.string()),
		failure: v.nullable(v.string()),
		trail: v.pipe(v.array(trailEntry), v.description("What became of each stage, in the order they were considered.")),
		calls: v.pipe(v.array(callRecord), v.description("Every call to a model, in the order in which they ended.")),
		retries: v.optional(v.number()),
		costUsd: v.nullable(v.number()),
		savedUsd: v.nullable(v.number()),
		durationMs: v.pipe(v.number(), v.description("To the last byte.")),
		firstTokenMs: v.optional(
			v.pipe(v.number(), v.description("To the first event that a stream's client was sent, comments aside.")),
		),
	}),
	v.description("What happened to a request. No prompt, no answer, no key."),
);

export const recentRequests = v.object({
	items: v.pipe(v.array(recentRequest), v.description(`Of the last ${MOST_RECENT_REQUESTS}.`)),
	next: v.pipe(v.nullable(v.string()), v.description("Send it as `before` for the next page; null at the end.")),
});
