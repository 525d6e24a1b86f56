import type * as v from "valibot";
import type { JsonObject } from "../core/json.ts";
import type { AnyGuardedRoute, AnyRoute } from "./define-route.ts";
import { convertSchemas, type Convert } from "./openapi-schemas.ts";
import { PARAMETERS } from "./schemas/parameters.ts";

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
	429: "Too often; `retry-after` says how long to wait.",
	500: "A fault of ours.",
	503: "Not configured, or not reachable at the moment.",
};

/**
 * The OpenAPI 3.1 document of these routes (spec.openapis.org/oas/v3.1.1). Its schemas are made of those that validate:
 * what requests must be, as read from the wire; what replies are, as sent.
 */
export function openApiDocument(routes: readonly AnyRoute[]): JsonObject {
	const guarded = routes.filter((route) => route.roles !== "anyone");
	const bodies = guarded.flatMap(({ body }) => (body === undefined ? [] : [body]));
	const values = guarded.flatMap(({ query, reply }) => [reply.schema, ...entriesOf(query).map(([, entry]) => entry)]);
	const sent = convertSchemas("output", [...values, ...Object.values(PARAMETERS)]);
	const converters = { taken: convertSchemas("input", bodies).convert, sent: sent.convert };
	const paths: Record<string, JsonObject> = {};
	for (const route of routes) {
		paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route, converters) };
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
			schemas: sent.components,
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

/** Of what is taken in bodies, and of all else. */
interface Converters {
	readonly taken: Convert;
	readonly sent: Convert;
}

function operation(route: AnyRoute, { taken, sent }: Converters): JsonObject {
	const { operationId, summary, description, path } = route;
	const named = { operationId, summary, ...(description === undefined ? {} : { description }) };
	if (route.roles === "anyone") {
		const { contentType, description: text } = route.reply;
		const type = contentType.split(";")[0] ?? contentType;
		const response = { description: text, headers: requestIdHeader, content: { [type]: { schema: {} } } };
		return { ...named, security: [], responses: { 200: response } };
	}
	const parameters = [...pathParameters(path, sent), ...queryParameters(route, sent), ...headerParameters(route)];
	return {
		...named,
		tags: [operationId.slice(0, operationId.indexOf("."))],
		"x-roles": route.roles,
		...(parameters.length === 0 ? {} : { parameters }),
		...(route.body === undefined ? {} : { requestBody: requestBody(taken(route.body), route.contentTypes) }),
		responses: responses(route, sent),
	};
}

function pathParameters(path: string, convert: Convert): JsonObject[] {
	return [...path.matchAll(/\{(\w+)\}/gu)].map(([, name = ""]) =>
		parameter({ name, in: "path", required: true }, convert(PARAMETERS[name as keyof typeof PARAMETERS])),
	);
}

function queryParameters({ query }: AnyGuardedRoute, convert: Convert): JsonObject[] {
	return entriesOf(query).map(([name, entry]) =>
		parameter({ name, in: "query", required: entry.type !== "optional" }, convert(entry)),
	);
}

function entriesOf(query: AnyGuardedRoute["query"]): [string, v.GenericSchema][] {
	return Object.entries(query?.entries ?? {}) as [string, v.GenericSchema][];
}

/** A parameter; what its schema says of it stands where readers of the list look for it. */
function parameter(facts: JsonObject, { description, ...schema }: JsonObject): JsonObject {
	return { ...facts, ...(description === undefined ? {} : { description }), schema };
}

function headerParameters({ headers = {}, precondition }: AnyGuardedRoute): JsonObject[] {
	const own = Object.entries(headers).map(([name, { required, description }]) => ({ name, required, description }));
	const revision =
		precondition === undefined
			? []
			: [{ name: "If-Match", required: false, description: 'The revision that has been seen, such as "3".' }];
	const first =
		precondition === undefined || precondition.endsWith("of-existing")
			? []
			: [{ name: "If-None-Match", required: false, description: "`*`, in place of If-Match, for the first." }];
	return [...own, ...revision, ...first].map((header) => ({ ...header, in: "header", schema: { type: "string" } }));
}

function requestBody(schema: JsonObject, contentTypes: readonly string[] = ["application/json"]): JsonObject {
	return { required: true, content: Object.fromEntries(contentTypes.map((type) => [type, { schema }])) };
}

function responses(route: AnyGuardedRoute, convert: Convert): JsonObject {
	const { schema, description, statuses = [200], revisioned = false } = route.reply;
	const success = {
		description,
		headers: { ...requestIdHeader, ...(revisioned ? { etag: { $ref: "#/components/headers/Revision" } } : {}) },
		content: { "application/json": { schema: convert(schema) } },
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
	if (precondition?.startsWith("required") === true) statuses.add(428);
	return [...statuses].sort((one, other) => one - other);
}
