import * as v from "valibot";
import { POLICY_LIMITS } from "../tenant-policy.ts";
import { between, flag, modelName, price, wholeBetween } from "./scalars.ts";

const logprobMethod = <const Method extends string>(method: Method) => v.strictObject({ method: v.literal(method) });

const labels = v.pipe(
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

/** A stage's `confidence`: the method and its parameters. */
export const confidence = v.variant(
	"method",
	[
		logprobMethod("mean-logprob"),
		logprobMethod("min-logprob"),
		v.strictObject({ method: v.literal("quantile-logprob"), quantile: between(0, 1) }),
		logprobMethod("token-margin"),
		v.strictObject({ method: v.literal("label-margin"), labels }),
		v.strictObject({
			method: v.literal("agreement"),
			samples: wholeBetween(POLICY_LIMITS.samples.least, POLICY_LIMITS.samples.most),
			temperature: v.optional(between(0, 2), 1),
			match: v.optional(v.picklist(["exact", "normalised", "json"]), "normalised"),
		}),
		v.strictObject({
			method: v.literal("verify"),
			model: modelName,
			price: v.optional(price),
			logprobs: v.optional(flag),
		}),
	],
	"must be one of mean-logprob, min-logprob, quantile-logprob, token-margin, label-margin, agreement, verify",
);
