import { toJsonSchema, type JsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import type { AnyGuardedRoute, AnyRoute } from "./define-route.ts";
import type { JsonObject } from "../core/json.ts";
import * as common from "./schemas/common.ts";
import * as keys from "./schemas/keys.ts";
import * as origins from "./schemas/origins.ts";
import { PARAMETERS } from "./schemas/parameters.ts";
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
} as const;

const REFUSALS: Readonly<Record<number, string>> = {
	400: "A parameter, a header or the JSON is malformed.",
	401: "No valid key or Access token.",
	403: "The key's scopes do not reach this.",
	404: "No such tenant, or none that this key may know of; or no such part of it.",
	409: "It does not fit the present state.",
	412: "The revision that was named is not the current one, which `current` and `ETag` say.",
	413: "The body is too large.",
	422: "The body does not fit; `problems` names every field.",
	428: "A header is missing without which this is not done.",
	500: "A fault of ours.",
	503: "Not configured, or not reachable at the moment.",
};

/**
 * The OpenAPI 3.1 document of these routes (spec.openapis.org/oas/v3.1.1). Its schemas are made of those that validate:
 * what requests must be, as read from the wire; what replies are, as sent.
 */
export function openApiDocument(routes: readonly AnyRoute[]): JsonObject {
	const paths: Record<string, JsonObject> = {};
	for (const route of routes) {
		paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
	}
	return {
		openapi: "3.1.1",
		info: {
			title: "Edge Cascade admin API",
			version: "1",
			description: "Tenants, policies and their revisions, keys, origins, usage.",
			license: { name: "Apache-2.0", identifier: "Apache-2.0" },
		},
		servers: [{ url: "/admin/v1" }],
		security: [{ key: [] }, { access: [] }],
		paths,
		components: {
			schemas: Object.fromEntries(
				Object.entries(COMPONENTS).map(([name, schema]) => [name, converted(schema, "output", name)]),
			),
			headers: {
				RequestId: { description: "To quote when asking about a reply.", schema: { type: "string" } },
				Revision: { description: "The revision, in quotes, for `If-Match`.", schema: { type: "string" } },
			},
			responses: Object.fromEntries(
				Object.entries(REFUSALS).map(([status, description]) => [
					`Refusal${status}`,
					{
						description,
						headers: {
							...requestIdHeader,
							...(status === "412" ? { etag: { $ref: "#/components/headers/Revision" } } : {}),
						},
						content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
					},
				]),
			),
			securitySchemes: {
				key: { type: "http", scheme: "bearer", description: "An operator's key, or one of the tenant in the path." },
				access: {
					type: "apiKey",
					in: "header",
					name: "cf-access-jwt-assertion",
					description: "Added by Cloudflare Access: an operator.",
				},
			},
		},
	};
}

const requestIdHeader = { "x-request-id": { $ref: "#/components/headers/RequestId" } };

function operation(route: AnyRoute): JsonObject {
	const { operationId, summary, description, path } = route;
	const named = { operationId, summary, ...(description === undefined ? {} : { description }) };
	if (route.roles === "anyone") {
		const { contentType, description: text } = route.reply;
		const type = contentType.split(";")[0] ?? contentType;
		const response = { description: text, headers: requestIdHeader, content: { [type]: { schema: {} } } };
		return { ...named, security: [], responses: { 200: response } };
	}
	const parameters = [...pathParameters(path), ...queryParameters(route), ...headerParameters(route)];
	return {
		...named,
		tags: [operationId.slice(0, operationId.indexOf("."))],
		"x-roles": route.roles,
		...(parameters.length === 0 ? {} : { parameters }),
		...(route.body === undefined ? {} : { requestBody: requestBody(route.body, route.contentTypes) }),
		responses: responses(route),
	};
}

function pathParameters(path: string): JsonObject[] {
	return [...path.matchAll(/\{(\w+)\}/gu)].map(([, name = ""]) => {
		const { description, ...schema } = converted(PARAMETERS[name as keyof typeof PARAMETERS], "output");
		return { name, in: "path", required: true, schema, ...(description === undefined ? {} : { description }) };
	});
}

function queryParameters({ query }: AnyGuardedRoute): JsonObject[] {
	return Object.entries(query?.entries ?? {}).map(([name, entry]) => {
		const { description, ...schema } = converted(entry as v.GenericSchema, "output");
		const required = entry.type !== "optional";
		return { name, in: "query", required, schema, ...(description === undefined ? {} : { description }) };
	});
}

function headerParameters({ headers = {}, precondition }: AnyGuardedRoute): JsonObject[] {
	const own = Object.entries(headers).map(([name, { required, description }]) => ({ name, required, description }));
	const revision =
		precondition === undefined
			? []
			: [{ name: "If-Match", required: false, description: 'The revision that has been seen, such as "3".' }];
	const first =
		precondition === undefined || precondition === "of-existing"
			? []
			: [{ name: "If-None-Match", required: false, description: "`*`, in place of If-Match, for the first." }];
	return [...own, ...revision, ...first].map((header) => ({ ...header, in: "header", schema: { type: "string" } }));
}

function requestBody(body: v.GenericSchema, contentTypes: readonly string[] = ["application/json"]): JsonObject {
	const schema = converted(body, "input");
	return { required: true, content: Object.fromEntries(contentTypes.map((type) => [type, { schema }])) };
}

function responses(route: AnyGuardedRoute): JsonObject {
	const { schema, description, statuses = [200], revisioned = false } = route.reply;
	const success = {
		description,
		headers: { ...requestIdHeader, ...(revisioned ? { etag: { $ref: "#/components/headers/Revision" } } : {}) },
		content: { "application/json": { schema: converted(schema, "output") } },
	};
	return {
		...Object.fromEntries(statuses.map((status) => [status, success])),
		...Object.fromEntries(
			refusalStatuses(route).map((status) => [status, { $ref: `#/components/responses/Refusal${status}` }]),
		),
	};
}

/** Every status of a route's refusals, from what the route reads. */
export function refusalStatuses(route: AnyGuardedRoute): readonly number[] {
	const { path, body, precondition, refusals = [] } = route;
	const statuses = new Set<number>([400, 401, 403, 500, 503, ...refusals]);
	if (path.includes("{tenant}")) statuses.add(404);
	if (body !== undefined) statuses.add(413).add(422);
	if (precondition !== undefined) statuses.add(412);
	if (precondition === "required") statuses.add(428);
	return [...statuses].sort((one, other) => one - other);
}

/** One schema; `own` is the name of the component that it is itself, which is not to be a reference to itself. */
function converted(schema: v.GenericSchema, typeMode: "input" | "output", own?: string): JsonObject {
	const definitions = Object.fromEntries(Object.entries(COMPONENTS).filter(([name]) => name !== own));
	const { $schema, $defs, ...json } = toJsonSchema(schema, {
		target: "draft-2020-12",
		typeMode,
		// What a schema cannot say, such as that two scopes are not the same, stands in its description.
		ignoreActions: ["check", "trim"],
		definitions,
		overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
		overrideSchema: ({ valibotSchema }): JsonSchema | undefined =>
			valibotSchema.type === "custom" ? { type: "object" } : undefined,
	});
	return json as JsonObject;
}
