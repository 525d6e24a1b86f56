import * as v from "valibot";
import { moment } from "./common.ts";
import { canary } from "./tenants.ts";
import { usageEntries } from "./usage.ts";

const limit = v.pipe(v.number(), v.description("Of the share's 95% interval (Wilson); 0 and 1 where `of` is 0."));
const proportion = (description: string) =>
	v.pipe(
		v.object({
			count: v.number(),
			of: v.number(),
			share: v.pipe(v.nullable(v.number()), v.description("`count` ÷ `of`; null where `of` is 0.")),
			low: limit,
			high: limit,
		}),
		v.description(description),
	);

/** One cascade at one revision while a canary runs. */
export const canaryRow = v.object({
	...usageEntries,
	acceptance: proportion("Requests answered by a stage before the last that was sure enough, of those decided at all."),
	failure: proportion("Requests that ended without an answer, of all; clients that left are no failures."),
});

/** A canary with its figures. */
export const canaryReport = v.object({
	...canary.entries,
	figures: v.object({
		since: v.pipe(
			moment,
			v.description(
				"In milliseconds since the Unix epoch; requests that arrived then or later count. Later than the canary's own `since` only where it began under a version that did not count apart.",
			),
		),
		current: v.pipe(v.nullable(v.number()), v.description("The policy's current revision.")),
		base: v.pipe(
			v.array(canaryRow),
			v.description(
				"Every other revision that served since, by cascade and revision. One that is not `current` was replaced meanwhile, or still in a cache for up to a minute and a half.",
			),
		),
		canary: v.pipe(
			v.array(canaryRow),
			v.description("What fell to the canary's share, by cascade. Other requests on its revision are on neither side."),
		),
	}),
});
