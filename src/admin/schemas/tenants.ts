import * as v from "valibot";
import { actor, moment, publication } from "./common.ts";
import { displayName, reason, tenantName } from "./parameters.ts";

export const newTenant = v.strictObject({
	tenant: v.pipe(tenantName, v.description("Stays as it is; keys, policies and usage belong to it.")),
	name: v.optional(v.pipe(displayName, v.description("For people; the tenant's name where absent."))),
});

export const reasonBody = v.strictObject({ reason });

export const canary = v.object({
	revision: v.number(),
	share: v.pipe(v.number(), v.description("Of requests, above 0 and below 1.")),
	since: moment,
	author: actor,
});

export const tenantState = v.object({
	tenant: v.string(),
	name: v.string(),
	suspended: v.boolean(),
	revision: v.pipe(v.nullable(v.number()), v.description("Of the policy; null before the first.")),
	canary: v.nullable(canary),
	createdAt: moment,
});

export const tenantWithPublication = v.object({ ...tenantState.entries, publication });

export const tenantEntry = v.object({ tenant: v.string(), name: v.string(), createdAt: moment });

export const exported = v.pipe(
	v.record(v.string(), v.unknown()),
	v.description("Everything the ledger holds of the tenant but the hashes of its keys."),
);
