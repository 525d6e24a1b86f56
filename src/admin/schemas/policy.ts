import * as v from "valibot";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { PolicyDocument } from "../../core/policy-schema/policy.ts";
import { actor, moment, problem, publication } from "./common.ts";
import { reason } from "./parameters.ts";

const jsonObject = v.custom<JsonObject>(isJsonObject, "must be a JSON object");

/** A policy that the ledger has taken, and which therefore has the policy's form. */
export const storedPolicy = v.custom<PolicyDocument>(isJsonObject, "must be a JSON object");

/**
 * A policy as it is sent. Here it may be any object: the ledger's parser, which is also the read path's, says everything
 * that is wrong with it. Clients' types and the description have the form that it must have.
 */
export const policyDocument: v.GenericSchema<PolicyDocument, JsonObject> = v.custom<PolicyDocument>(
	isJsonObject,
	"must be a JSON object",
);

/** What is to be checked, and so need not be a policy. */
export const candidatePolicy = v.pipe(
	jsonObject,
	v.description("What should be a `Policy`. The answer names whatever is wrong with it."),
);

/** RFC 7396: fields of the same name replace, `null` removes. */
export const mergePatch = v.pipe(
	jsonObject,
	v.description("A JSON Merge Patch (RFC 7396): what it names replaces, `null` removes, lists are replaced whole."),
);

export const changeQuery = v.strictObject({ reason: v.optional(reason) });

export const revisionWritten = v.object({
	revision: v.number(),
	changed: v.pipe(v.boolean(), v.description("False: the same policy was current already, and nothing was written.")),
	publication,
});

const summary = {
	revision: v.number(),
	at: moment,
	author: actor,
	reason: v.string(),
	cause: v.pipe(
		v.picklist(["put", "patch", "rollback", "promote", "import", "canary"]),
		v.description("`canary`: to be tried on a share of requests; it was never current."),
	),
};
export const revisionSummary = v.object(summary);
export const policyRevision = v.object({ ...summary, document: storedPolicy });

const path = v.pipe(v.string(), v.description("Such as `cascades.chat.stages[0].threshold`; `policy` is the whole."));
const names = v.array(v.string());

/** One difference between two policies. Entries of a list that have names are matched by them. */
export const change = v.variant("kind", [
	v.object({ kind: v.literal("added"), path, to: v.unknown() }),
	v.object({ kind: v.literal("removed"), path, from: v.unknown() }),
	v.object({ kind: v.literal("changed"), path, from: v.unknown(), to: v.unknown() }),
	v.object({ kind: v.literal("reordered"), path, from: names, to: names }),
]);

export const validation = v.object({
	valid: v.boolean(),
	problems: v.array(problem),
	warnings: v.pipe(
		v.array(problem),
		v.description(
			"What the policy may say, and what does not work here: a rate tier that this Worker does not have, an origin that was withdrawn and that the current policy names as well.",
		),
	),
	revision: v.pipe(v.nullable(v.number()), v.description("The current revision, which `changes` compares with.")),
	changes: v.array(change),
});

export const difference = v.object({ from: v.number(), to: v.number(), changes: v.array(change) });

const revision = v.pipe(
	v.number("must be the number of a revision"),
	v.integer("must be the number of a revision"),
	v.minValue(1, "must be the number of a revision"),
);

export const rollbackBody = v.strictObject({ revision, reason });

export const canaryBody = v.pipe(
	v.strictObject({
		revision: v.optional(v.pipe(revision, v.description("To try a policy that is a revision already."))),
		policy: v.optional(
			v.pipe(
				policyDocument,
				v.description("To try a policy that was never current; needs `If-Match`. Give this or `revision`, not both."),
			),
		),
		share: v.pipe(
			v.number("must be a number above 0 and below 1"),
			v.gtValue(0, "must be a number above 0 and below 1"),
			v.ltValue(1, "must be a number above 0 and below 1"),
			v.description("Of requests, above 0 and below 1."),
		),
		reason,
	}),
	v.forward(
		v.check(
			(body) => (body.revision === undefined) !== (body.policy === undefined),
			"give either a revision or a policy",
		),
		["revision"],
	),
);
