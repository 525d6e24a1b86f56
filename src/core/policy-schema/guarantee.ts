import * as v from "valibot";
import { POLICY_LIMITS } from "../tenant-policy.ts";
import { labels } from "./confidence.ts";
import { between, modelName, name, optionalFields, price, strictlyBetween, wholeBetween } from "./scalars.ts";

const label = v.pipe(
	v.string("must be a label"),
	v.nonEmpty("a label must not be empty"),
	v.maxLength(100, "a label has at most 100 characters"),
);

/** A first stage's `guarantee`. */
export const guarantee = v.strictObject({
	risk: v.picklist(["selective", "joint"], ({ input }) =>
		input === "regret"
			? "regret is not promised on live traffic: answers are compared with the last stage's, against which it is the joint risk"
			: "must be selective or joint",
	),
	targetRisk: strictlyBetween(0, 1),
	delta: strictlyBetween(0, 1),
	onLabel: v.optional(label),
	withoutCertificate: v.optional(
		v.picklist(["escalate", "manual-threshold"], "must be escalate or manual-threshold"),
		"escalate",
	),
	pacing: v.optional(
		v.strictObject({ preferQualityWithin: v.strictObject({ usdPerDay: strictlyBetween(0, 1_000_000) }) }),
	),
});

const named = <const Kind extends string>(kind: Kind) => v.strictObject({ kind: v.literal(kind) });

/** A cascade's `labeller`. */
export const labeller = v.variant(
	"kind",
	[
		named("exact"),
		named("normalised"),
		named("json"),
		v.strictObject({ kind: v.literal("label"), labels: v.optional(labels) }),
		named("tool-call"),
		v.strictObject({ kind: v.literal("similarity"), model: modelName, least: between(-1, 1), price }),
		v.strictObject({
			kind: v.literal("judge"),
			adapter: v.picklist(["workers-ai", "openai"], "must be workers-ai or openai"),
			model: modelName,
			origin: v.optional(name("an origin's name")),
			price,
		}),
	],
	"must be one of exact, normalised, json, label, tool-call, similarity, judge",
);

/** A cascade's `auditRate`. */
export const auditRate = v.optional(
	between(POLICY_LIMITS.auditRate.least, POLICY_LIMITS.auditRate.most),
	POLICY_LIMITS.auditRate.default,
);

/** A cascade's `declaredRanges`. */
export const declaredRanges = optionalFields({
	temperature: v.optional(v.strictObject({ most: between(0, 2) })),
	maxOutputTokens: v.optional(v.strictObject({ most: wholeBetween(1, POLICY_LIMITS.maxOutputTokens.most, " tokens") })),
});

/** A cascade's `retainText`. */
export const retainText = v.strictObject({
	hours: wholeBetween(POLICY_LIMITS.retainTextHours.least, POLICY_LIMITS.retainTextHours.most, " hours"),
});
