import * as v from "valibot";
import { isJsonObject } from "../json.ts";
import { patternProblem } from "../pattern-cost.ts";
import { PROMPT_FEATURES, type PromptFeature } from "../prompt-features.ts";
import { between, flag, optionalFields, wholeBetween } from "./scalars.ts";

/** A regular expression that every answer is tried against, and which therefore may not take long on any. */
const pattern = v.pipe(
	v.string("must be a regular expression"),
	v.nonEmpty("must not be empty"),
	v.check(
		(source) => patternProblem(source) === null,
		(issue) => patternProblem(issue.input) ?? "must be a regular expression",
	),
);

/** A cascade's `checks`. */
export const checks = optionalFields({
	refusal: v.optional(flag, true),
	pattern: v.optional(optionalFields({ mustMatch: v.optional(pattern), mustNotMatch: v.optional(pattern) })),
	script: v.optional(
		v.pipe(
			v.string("must be a script's name"),
			v.check(isScript, "must be a Unicode script's name, such as Latin, Cyrillic or Han"),
		),
	),
});

function isScript(script: string): boolean {
	if (!/^[A-Za-z_]{2,40}$/u.test(script)) return false;
	try {
		return new RegExp(`\\p{Script=${script}}`, "u") instanceof RegExp;
	} catch {
		return false;
	}
}

/** Weights by feature name; a name that is no feature would be a weight that does nothing. */
export const weightsOf = <Feature extends string>(features: readonly Feature[]) =>
	v.pipe(
		// A record alone would take a list for an object whose names are numbers.
		v.custom<Partial<Record<Feature, number>>>(isJsonObject, "must be an object of numbers by feature"),
		v.record(v.picklist(features, `a weight must name one of ${features.join(", ")}`), between(-1e6, 1e6)),
	);

/** A cascade's `gate`. */
export const gate = optionalFields({
	skipWhen: v.optional(
		v.array(
			v.picklist(
				["tools", "images", "response-format", "several-choices"],
				"must be one of tools, images, response-format, several-choices",
			),
			"must be a list of rules",
		),
		[],
	),
	maxPromptTokens: v.optional(wholeBetween(1, 10_000_000, " tokens")),
	score: v.optional(
		v.strictObject({
			features: v.literal(1, "must be 1, the version of the feature vector"),
			bias: between(-1e6, 1e6),
			weights: weightsOf<PromptFeature>(PROMPT_FEATURES),
			threshold: between(0, 1),
		}),
	),
});
