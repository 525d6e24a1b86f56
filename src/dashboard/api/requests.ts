import type { AdminOperation } from "../../admin/client-types.ts";

/**
 * Where the operations are that the dashboard asks for; a test holds it against the API's own list of routes. To use
 * another, add its line.
 */
export const REQUESTS = {
	"tenants.list": "GET /tenants",
	"tenants.get": "GET /tenants/{tenant}",
	"policy.get": "GET /tenants/{tenant}/policy",
	"usage.get": "GET /tenants/{tenant}/usage",
	"evidence.get": "GET /tenants/{tenant}/cascades/{cascade}/evidence",
	"evidence.restart": "POST /tenants/{tenant}/cascades/{cascade}/evidence/restart",
	"evidence.close": "POST /tenants/{tenant}/cascades/{cascade}/evidence/close",
} as const satisfies { readonly [Operation in AdminOperation]?: string };

/** An operation that the dashboard may ask for. */
export type DashboardOperation = keyof typeof REQUESTS;
