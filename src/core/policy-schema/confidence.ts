import * as v from "valibot";
import { ANSWER_FEATURES } from "../confidence/logprob-features.ts";
import { POLICY_LIMITS } from "../tenant-policy.ts";
import { weightsOf } from "./checks-and-gate.ts";
import { between, flag, modelName, price, wholeBetween } from "./scalars.ts";

const named = <const Method extends string>(method: Method) => v.strictObject({ method: v.literal(method) });

const prefix = v.optional(
	v.strictObject({ tokens: wholeBetween(1, 256, " tokens"), ms: wholeBetween(50, 10_000, " milliseconds") }),
);

/** A method that can be read from the beginning of a stream. */
const overTokens = <const Method extends string>(method: Method) =>
	v.strictObject({ method: v.literal(method), prefix });

/** The labels that an answer may be. */
export const labels = v.pipe(
	v.array(
		v.pipe(v.string(), v.nonEmpty("a label must not be empty"), v.maxLength(100, "a label has at most 100 characters")),
	),
	v.minLength(POLICY_LIMITS.labels.least, "needs at least 2 labels"),
	v.check(
		(list) => new Set(list.map((label) => label.toLowerCase())).size === list.length,
		"two labels differ in letter case at most, so no token could tell them apart",
	),
	v.maxLength(POLICY_LIMITS.labels.most, "takes at most 20 labels, the most alternatives a model lists"),
);

const agreement = v.pipe(
	v.strictObject({
		method: v.literal("agreement"),
		samples: wholeBetween(POLICY_LIMITS.samples.least, POLICY_LIMITS.samples.most),
		temperature: v.optional(between(0, 2), 1),
		match: v.optional(
			v.picklist(["exact", "normalised", "json", "label"], "must be one of exact, normalised, json, label"),
			"normalised",
		),
		labels: v.optional(labels),
		stopEarly: v.optional(flag, true),
	}),
	v.forward(
		v.check(
			({ match, labels: declared }) => declared === undefined || match === "label",
			"only a label match has labels",
		),
		["labels"],
	),
);

/** A stage's `confidence`: the method and its parameters. */
export const confidence = v.variant(
	"method",
	[
		overTokens("mean-logprob"),
		overTokens("min-logprob"),
		v.strictObject({ method: v.literal("quantile-logprob"), quantile: between(0, 1), prefix }),
		overTokens("token-margin"),
		v.strictObject({ method: v.literal("label-margin"), labels: v.optional(labels) }),
		agreement,
		v.strictObject({
			method: v.literal("verify"),
			model: modelName,
			price: v.optional(price),
			logprobs: v.optional(flag),
		}),
		named("verbalised"),
		named("classifier-score"),
		v.strictObject({ method: v.literal("value-token"), quantile: v.optional(between(0, 1), 0) }),
		v.strictObject({
			method: v.literal("learned"),
			features: v.literal(1, "must be 1, the version of the feature vector"),
			bias: between(-1e6, 1e6),
			weights: v.pipe(weightsOf(ANSWER_FEATURES), v.minEntries(1, "needs at least one weight")),
		}),
	],
	"must be one of mean-logprob, min-logprob, quantile-logprob, token-margin, label-margin, agreement, verify, " +
		"verbalised, classifier-score, value-token, learned",
);
