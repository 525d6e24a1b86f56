import type { PolicyAtRevision } from "../cascade/ports.ts";
import type { ChatRequest } from "../core/completion.ts";
import { canaryUnit, isOnCanary } from "../core/ledger/canary-share.ts";
import type { Tenant } from "./read-tenant.ts";

/** The revision that serves a request, and whether by a canary's share. */
export interface ChosenRevision extends PolicyAtRevision {
	readonly isCanary: boolean;
}

/** The revision that serves this request: the current one, or the canary's for its share of users and conversations. */
export function chooseRevision(
	{ id: tenant, published }: Tenant,
	request: Pick<ChatRequest, "messages" | "body">,
): ChosenRevision {
	const { canary } = published;
	const isCanary =
		canary !== null &&
		isOnCanary({ tenant, revision: canary.revision, share: canary.share, unit: canaryUnit(request) });
	const { revision, policy, guarantees } = isCanary ? canary : published;
	return { revision, policy, guarantees, isCanary };
}
