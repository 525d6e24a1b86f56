import { toJsonSchemaDefs, type JsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import type { JsonObject } from "../core/json.ts";
import { checks, gate } from "../core/policy-schema/checks-and-gate.ts";
import { confidence } from "../core/policy-schema/confidence.ts";
import { guarantee, labeller } from "../core/policy-schema/guarantee.ts";
import * as policy from "../core/policy-schema/policy.ts";
import { price } from "../core/policy-schema/scalars.ts";
import { embeddings, stage } from "../core/policy-schema/stages.ts";
import * as anchors from "./schemas/anchors.ts";
import * as canaries from "./schemas/canary.ts";
import * as common from "./schemas/common.ts";
import * as evidence from "./schemas/evidence.ts";
import * as keys from "./schemas/keys.ts";
import * as origins from "./schemas/origins.ts";
import * as policies from "./schemas/policy.ts";
import * as requests from "./schemas/requests.ts";
import * as tenants from "./schemas/tenants.ts";
import * as usage from "./schemas/usage.ts";

/** Schemas that stand under a name of their own, and are referred to. */
const COMPONENTS = {
	Actor: common.actor,
	AnchorReport: anchors.anchorReport,
	AnswerChecks: checks,
	AuditEntry: common.auditEntry,
	Budget: policy.budget,
	Canary: tenants.canary,
	CanaryRow: canaries.canaryRow,
	Cascade: policy.cascade,
	Change: policies.change,
	ConfidenceMethod: confidence,
	Embeddings: embeddings,
	Error: common.errorBody,
	EvidenceLease: evidence.evidenceLease,
	EvidenceReport: evidence.evidenceReport,
	Gate: gate,
	Guarantee: guarantee,
	Key: keys.keySummary,
	Labeller: labeller,
	NewKey: keys.newKey,
	OperatorKey: keys.operatorKeySummary,
	Origin: origins.origin,
	Policy: policy.policy,
	Price: price,
	Publication: common.publication,
	Problem: common.problem,
	RecentRequest: requests.recentRequest,
	RevisionSummary: policies.revisionSummary,
	RevisionWritten: policies.revisionWritten,
	Stage: stage,
	Tenant: tenants.tenantState,
	TenantEntry: tenants.tenantEntry,
	UsageReport: usage.usageReport,
} as const satisfies Readonly<Record<string, v.GenericSchema>>;

/** What a policy's parts are. What no schema of single fields says, such as which stages need a threshold, validation does. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
	AnswerChecks: "What a small model's answer must pass, whatever the confidence.",
	Budget: "What may be spent on models in a day (UTC).",
	Cascade: "Stages in the order in which they are asked; the request's `model` is the cascade's name.",
	ConfidenceMethod: "How an answer is judged, from 0 to 1; docs/confidence.md has each.",
	Embeddings: "A model that turns text into vectors; nothing is cascaded.",
	Gate: "Requests that are not worth a small model's time go to the last stage at once.",
	Guarantee: "What accepted answers of a first stage are promised to be; docs/labellers.md says about what.",
	Labeller: "What decides whether an answer was wrong, by comparing it with the last stage's.",
	Policy:
		"A tenant's policy. `policy.validate` also checks what lies between fields: that each stage has what it needs to decide, that an `openai` stage has an origin and which there are.",
	Price: "By tokens, or by the hour of a machine with what it achieves.",
	Stage: "A model, how sure it must be, how long it may take, what it costs.",
};

/** These let any object pass, and mean a policy. */
const POLICIES: ReadonlySet<unknown> = new Set([policies.policyDocument, policies.storedPolicy]);

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
	for (const schema of new Set(schemas))
		if (!names.has(schema) && !POLICIES.has(schema)) others.set(schema, `${others.size}`);
	const definitions = Object.fromEntries([...names, ...others].map(([schema, name]) => [name, schema]));
	const converted: Readonly<Record<string, JsonSchema>> = toJsonSchemaDefs(definitions, {
		target: "draft-2020-12",
		typeMode,
		// What a schema cannot say, such as that two scopes are not the same, stands in its description.
		ignoreActions: ["check", "finite", "trim"],
		overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
		overrideAction: ({ valibotAction, jsonSchema }): JsonSchema | undefined => {
			// JSON Schema's patterns are Unicode ones anyway; the converter takes the flag that says so for one it has not.
			const { type, requirement } = valibotAction as { readonly type: string; readonly requirement?: unknown };
			return type === "regex" && requirement instanceof RegExp
				? { ...jsonSchema, pattern: requirement.source }
				: undefined;
		},
		overrideSchema: ({ valibotSchema, jsonSchema }): JsonSchema | undefined => {
			if (POLICIES.has(valibotSchema)) return { $ref: "#/components/schemas/Policy" };
			if (valibotSchema.type === "custom") return { type: "object" };
			// The converter takes no list of names for a record, though `propertyNames` may be one.
			return valibotSchema.type === "record" ? jsonSchema : undefined;
		},
	});
	const named = Object.keys(COMPONENTS).map((name) => {
		const description = DESCRIPTIONS[name];
		return [name, { ...(description === undefined ? {} : { description }), ...converted[name] }];
	});
	return {
		components: Object.fromEntries(named) as Record<string, JsonObject>,
		convert(schema) {
			const name = POLICIES.has(schema) ? "Policy" : names.get(schema);
			if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
			return { ...converted[others.get(schema) ?? ""] };
		},
	};
}
