import * as v from "valibot";

/** How people find the labeller. */
export const humanCheck = v.object({
	n: v.pipe(v.number(), v.description("Accepted answers that people were given to read.")),
	labelled: v.pipe(v.number(), v.description("With a person's verdict.")),
	unlabelled: v.pipe(v.number(), v.description("Passed over, or not judged yet.")),
	agreements: v.number(),
	missed: v.pipe(
		v.number(),
		v.description(
			"Found right by the labeller, and wrong by the person or without a verdict: who skips the hard ones chooses.",
		),
	),
	overturned: v.pipe(v.number(), v.description("Found wrong by the labeller and right by the person.")),
	atMost: v.pipe(
		v.number(),
		v.description(
			"P(labelled right and truly wrong) of accepted answers is at most this with confidence 1 − delta, however often one looks: by so much the true risk may exceed the certified one.",
		),
	),
	delta: v.number(),
});
