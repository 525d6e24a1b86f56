import type { AdminOperation } from "../../admin/client-types.ts";

/**
 * Where the operations are that the dashboard asks for; a test holds it against the API's own list of routes. To use
 * another, add its line.
 */
export const REQUESTS = {
	"tenants.list": "GET /tenants",
	"tenants.get": "GET /tenants/{tenant}",
	"policy.get": "GET /tenants/{tenant}/policy",
	"policy.put": "PUT /tenants/{tenant}/policy",
	"policy.validate": "POST /tenants/{tenant}/policy/validate",
	"policy.rollback": "POST /tenants/{tenant}/policy/rollback",
	"revisions.list": "GET /tenants/{tenant}/policy/revisions",
	"revisions.get": "GET /tenants/{tenant}/policy/revisions/{revision}",
	"revisions.diff": "GET /tenants/{tenant}/policy/diff",
	"canary.get": "GET /tenants/{tenant}/policy/canary",
	"canary.put": "PUT /tenants/{tenant}/policy/canary",
	"canary.delete": "DELETE /tenants/{tenant}/policy/canary",
	"canary.promote": "POST /tenants/{tenant}/policy/canary/promote",
	"keys.list": "GET /tenants/{tenant}/keys",
	"keys.create": "POST /tenants/{tenant}/keys",
	"keys.rotate": "POST /tenants/{tenant}/keys/{id}/rotate",
	"keys.revoke": "DELETE /tenants/{tenant}/keys/{id}",
	"usage.get": "GET /tenants/{tenant}/usage",
	"evidence.get": "GET /tenants/{tenant}/cascades/{cascade}/evidence",
	"evidence.restart": "POST /tenants/{tenant}/cascades/{cascade}/evidence/restart",
	"evidence.close": "POST /tenants/{tenant}/cascades/{cascade}/evidence/close",
} as const satisfies { readonly [Operation in AdminOperation]?: string };

/** An operation that the dashboard may ask for. */
export type DashboardOperation = keyof typeof REQUESTS;
