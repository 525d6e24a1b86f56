import { toJsonSchemaDefs, type JsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import type { JsonObject } from "../core/json.ts";
import * as common from "./schemas/common.ts";
import * as keys from "./schemas/keys.ts";
import * as origins from "./schemas/origins.ts";
import * as policies from "./schemas/policy.ts";
import * as tenants from "./schemas/tenants.ts";
import * as usage from "./schemas/usage.ts";

/** Schemas that stand under a name of their own, and are referred to. */
const COMPONENTS = {
	Actor: common.actor,
	AuditEntry: common.auditEntry,
	Canary: tenants.canary,
	Change: policies.change,
	Error: common.errorBody,
	Key: keys.keySummary,
	NewKey: keys.newKey,
	OperatorKey: keys.operatorKeySummary,
	Origin: origins.origin,
	Policy: policies.policyDocument,
	Publication: common.publication,
	Problem: common.problem,
	RevisionSummary: policies.revisionSummary,
	RevisionWritten: policies.revisionWritten,
	Tenant: tenants.tenantState,
	TenantEntry: tenants.tenantEntry,
	UsageReport: usage.usageReport,
} as const satisfies Readonly<Record<string, v.GenericSchema>>;

/** The JSON Schema of a schema; of one with a name, a reference to it. */
export type Convert = (schema: v.GenericSchema) => JsonObject;

/**
 * Converts these schemas and the named ones, all at once, which takes a few milliseconds; one by one the named ones
 * would be converted again for each. `input`: what is read from the wire; `output`: what it has become.
 */
export function convertSchemas(
	typeMode: "input" | "output",
	schemas: Iterable<v.GenericSchema>,
): { readonly components: Readonly<Record<string, JsonObject>>; readonly convert: Convert } {
	const names = new Map<v.GenericSchema, string>(Object.entries(COMPONENTS).map(([name, schema]) => [schema, name]));
	const others = new Map<v.GenericSchema, string>();
	for (const schema of new Set(schemas)) if (!names.has(schema)) others.set(schema, `${others.size}`);
	const definitions = Object.fromEntries([...names, ...others].map(([schema, name]) => [name, schema]));
	const converted: Readonly<Record<string, JsonSchema>> = toJsonSchemaDefs(definitions, {
		target: "draft-2020-12",
		typeMode,
		// What a schema cannot say, such as that two scopes are not the same, stands in its description.
		ignoreActions: ["check", "trim"],
		overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
		overrideAction: ({ valibotAction, jsonSchema }): JsonSchema | undefined => {
			// JSON Schema's patterns are Unicode ones anyway; the converter takes the flag that says so for one it has not.
			const { type, requirement } = valibotAction as { readonly type: string; readonly requirement?: unknown };
			return type === "regex" && requirement instanceof RegExp
				? { ...jsonSchema, pattern: requirement.source }
				: undefined;
		},
		overrideSchema: ({ valibotSchema }): JsonSchema | undefined =>
			valibotSchema.type === "custom" ? { type: "object" } : undefined,
	});
	const named = Object.keys(COMPONENTS).map((name) => [name, { ...converted[name] }]);
	return {
		components: Object.fromEntries(named) as Record<string, JsonObject>,
		convert(schema) {
			const name = names.get(schema);
			if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
			return { ...converted[others.get(schema) ?? ""] };
		},
	};
}
