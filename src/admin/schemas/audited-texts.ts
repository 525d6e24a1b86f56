import * as v from "valibot";
import { moment } from "./common.ts";
import { evidenceQuery } from "./evidence.ts";
import { forwardPageQuery } from "./parameters.ts";

export const keptTextsQuery = v.strictObject({ ...evidenceQuery.entries, ...forwardPageQuery.entries });

const keptText = v.object({
	sequence: v.pipe(v.number(), v.description("Rises with each, in the order in which they arrived.")),
	requestId: v.string(),
	item: v.optional(v.pipe(v.number(), v.description("Which text of a batch."))),
	at: moment,
	policyRevision: v.number(),
	epoch: v.number(),
	phase: v.number(),
	confidence: v.nullable(v.number()),
	served: v.pipe(v.picklist(["accepted", "escalated"]), v.description("Accepted ones alone are in `humanCheck`.")),
	verdict: v.pipe(v.picklist(["right", "wrong", "failed"]), v.description("The labeller's. `failed` counts as wrong.")),
	expiresAt: v.pipe(moment, v.description("It is deleted then, or up to a minute before.")),
	text: v.pipe(
		v.nullable(
			v.object({
				messages: v.array(v.object({ role: v.string(), content: v.string() })),
				edge: v.pipe(v.string(), v.description("The first stage's answer.")),
				reference: v.pipe(v.nullable(v.string()), v.description("The last stage's; null where it gave none.")),
			}),
		),
		v.description("Null where it is longer than 64 KiB."),
	),
	wrong: v.pipe(
		v.nullable(v.boolean()),
		v.description("A person's verdict on the first stage's answer; null: none yet."),
	),
});

export const keptTexts = v.object({
	items: v.array(keptText),
	next: v.pipe(v.nullable(v.number()), v.description("Send it as `after` for the next page; null at the end.")),
});
