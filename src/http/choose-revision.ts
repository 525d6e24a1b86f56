import type { PolicyAtRevision } from "../cascade/ports.ts";
import type { ChatRequest } from "../core/completion.ts";
import { canaryUnit, isOnCanary } from "../core/ledger/canary-share.ts";
import type { Tenant } from "./read-tenant.ts";

/** The revision that serves this request: the current one, or the canary's for its share of users and conversations. */
export function chooseRevision(
	{ id: tenant, published }: Tenant,
	request: Pick<ChatRequest, "messages" | "body">,
): PolicyAtRevision {
	const { canary } = published;
	if (canary === null) return published;
	const { revision, share } = canary;
	return isOnCanary({ tenant, revision, share, unit: canaryUnit(request) }) ? canary : published;
}
