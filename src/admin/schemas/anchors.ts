import * as v from "valibot";
import { ANCHOR_LIMITS } from "../../core/evidence/anchors.ts";
import { moment, momentOrNone } from "./common.ts";

const text = v.pipe(
	v.string("must be text"),
	v.maxLength(ANCHOR_LIMITS.characters, `must have at most ${ANCHOR_LIMITS.characters} characters`),
);

const anchor = v.strictObject({
	messages: v.pipe(
		v.array(
			v.strictObject({
				role: v.picklist(["system", "user", "assistant"], "must be system, user or assistant"),
				content: text,
			}),
			"must be a list of messages",
		),
		v.minLength(1, "must hold a message"),
		v.maxLength(ANCHOR_LIMITS.messages, `must hold at most ${ANCHOR_LIMITS.messages} messages`),
	),
	edge: v.pipe(text, v.description("The first stage's answer.")),
	reference: v.pipe(text, v.description("The last stage's.")),
	wrong: v.pipe(v.boolean("must be true or false"), v.description("A person's verdict on the first stage's answer.")),
});

const TARGET = "must be a number above 0 and below 1";

export const newAnchors = v.strictObject({
	anchors: v.pipe(
		v.array(anchor, "must be a list of anchors"),
		v.maxLength(ANCHOR_LIMITS.anchors, `must hold at most ${ANCHOR_LIMITS.anchors} anchors`),
		v.description("None takes them away."),
	),
	targetDisagreement: v.pipe(
		v.number(TARGET),
		v.gtValue(0, TARGET),
		v.ltValue(1, TARGET),
		v.description("Share of anchors on which the labeller may disagree."),
	),
});

const check = v.object({
	at: moment,
	n: v.number(),
	disagreements: v.pipe(v.number(), v.description("No verdict counts as `wrong`, as in the evidence.")),
	missed: v.pipe(v.number(), v.description("Found right what the person found wrong.")),
	failed: v.pipe(v.number(), v.description("Gave no verdict.")),
	costUsd: v.nullable(v.number()),
});

export const anchorReport = v.object({
	set: v.pipe(v.number(), v.description("Rises each time that anchors are put; 0 before the first.")),
	anchors: v.number(),
	targetDisagreement: v.nullable(v.number()),
	checks: v.pipe(v.array(check), v.description("Of this set, oldest first.")),
	logValue: v.pipe(v.nullable(v.number()), v.description("Natural logarithm of the drift detector.")),
	logLevel: v.pipe(v.nullable(v.number()), v.description("Natural logarithm of the level at which it fires.")),
	driftAt: v.pipe(momentOrNone, v.description("Certification is frozen from then on, until anchors are put anew.")),
	missed: v.pipe(
		v.nullable(v.object({ atMost: v.number(), delta: v.number() })),
		v.description(
			"P(the labeller finds right what is wrong) is at most this with confidence 1 − delta, for answers drawn as the anchors were: by so much the true risk may exceed the certified one.",
		),
	),
});

export const anchorsWithReport = v.object({ report: anchorReport, anchors: v.array(anchor) });
