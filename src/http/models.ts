import type { Context } from "hono";
import type { AppPorts } from "./app-ports.ts";
import { modelNotFound, readTenantUncounted, type Tenant } from "./read-tenant.ts";
import { commonHeaders, errorResponse, jsonReply } from "./reply.ts";

/** `GET /v1/models`: the tenant's cascades and embeddings models. */
export async function listModels(context: Context, ports: AppPorts, requestId: string): Promise<Response> {
	const tenant = await readTenantUncounted(context.req.raw, ports);
	if (!tenant.ok) return errorResponse(tenant.error, requestId);
	const data = aliasesOf(tenant.value).map((alias) => modelObject(alias, tenant.value));
	return jsonReply(200, { object: "list", data }, commonHeaders(requestId));
}

/** `GET /v1/models/{id}`: one of them. */
export async function showModel(context: Context, ports: AppPorts, requestId: string): Promise<Response> {
	const tenant = await readTenantUncounted(context.req.raw, ports);
	if (!tenant.ok) return errorResponse(tenant.error, requestId);
	const alias = context.req.param("id") ?? "";
	if (!aliasesOf(tenant.value).includes(alias)) return errorResponse(modelNotFound(alias), requestId);
	return jsonReply(200, modelObject(alias, tenant.value), commonHeaders(requestId));
}

/** A policy gives no name twice. */
function aliasesOf({ published: { policy } }: Tenant): string[] {
	return [...Object.keys(policy.cascades), ...Object.keys(policy.embeddings)];
}

function modelObject(alias: string, tenant: Tenant) {
	return { id: alias, object: "model", created: tenant.published.publishedAt, owned_by: tenant.id };
}
