import * as v from "valibot";
import { isJsonObject } from "../json.ts";
import { POLICY_LIMITS } from "../tenant-policy.ts";
import { checks, gate } from "./checks-and-gate.ts";
import { auditRate, declaredRanges, labeller, retainText } from "./guarantee.ts";
import { between, flag, name, optionalFields, tierName, wholeBetween } from "./scalars.ts";
import { embeddings, stage } from "./stages.ts";

/** One of the policy's `cascades`. */
export const cascade = v.strictObject({
	stages: v.pipe(
		v.array(stage, "must be a list of stages"),
		v.minLength(2, "a cascade has at least two stages"),
		v.maxLength(POLICY_LIMITS.stages, `a cascade has at most ${POLICY_LIMITS.stages} stages`),
	),
	timeoutMs: v.optional(
		wholeBetween(POLICY_LIMITS.timeoutMs.least, POLICY_LIMITS.timeoutMs.most, " milliseconds"),
		POLICY_LIMITS.timeoutMs.default,
	),
	onOriginFailure: v.optional(v.picklist(["serve-edge-answer", "fail"], "must be serve-edge-answer or fail"), "fail"),
	allowRouteHeader: v.optional(flag, false),
	mode: v.optional(v.picklist(["sequential", "parallel"], "must be sequential or parallel"), "sequential"),
	checks: v.optional(checks, {}),
	gate: v.optional(gate),
	labeller: v.optional(labeller, { kind: "normalised" }),
	auditRate,
	declaredRanges: v.optional(declaredRanges),
	retainText: v.optional(retainText),
});

const namedObject = <Value extends v.GenericSchema>(what: string, value: Value) =>
	v.pipe(
		// A record alone would take a list for an object whose names are numbers.
		v.custom<Record<string, v.InferInput<Value>>>(isJsonObject, `must be an object of ${what} by name`),
		v.record(name("a name"), value),
		v.maxEntries(POLICY_LIMITS.cascades, `a policy has at most ${POLICY_LIMITS.cascades} ${what}`),
	);

/** The policy's `budget`. */
export const budget = v.strictObject({
	usdPerDay: between(POLICY_LIMITS.usdPerDay.least, POLICY_LIMITS.usdPerDay.most, " US dollars"),
	onExhausted: v.optional(v.picklist(["serve-edge-answer", "fail"], "must be serve-edge-answer or fail"), "fail"),
});

/** A policy as it is written, field by field; `parseTenantPolicy` has the rules between fields. */
export const policy = v.strictObject({
	version: v.literal(1, "must be 1"),
	cascades: v.pipe(namedObject("cascades", cascade), v.minEntries(1, "a policy has at least one cascade")),
	embeddings: v.optional(namedObject("embeddings", embeddings), {}),
	defaults: v.optional(optionalFields({ moderations: v.optional(name("a cascade's name")) }), {}),
	budget: v.optional(budget),
	limits: v.optional(
		optionalFields({
			maxBodyBytes: v.optional(
				wholeBetween(POLICY_LIMITS.maxBodyBytes.least, POLICY_LIMITS.maxBodyBytes.most, " bytes"),
				POLICY_LIMITS.maxBodyBytes.default,
			),
			maxOutputTokens: v.optional(
				wholeBetween(1, POLICY_LIMITS.maxOutputTokens.most, " tokens"),
				POLICY_LIMITS.maxOutputTokens.default,
			),
			rateTier: v.optional(tierName),
		}),
		{},
	),
});

/** A policy document, as TypeScript has it: what an author writes, with everything that has a default left to them. */
export type PolicyDocument = v.InferInput<typeof policy>;
