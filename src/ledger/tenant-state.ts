import type { JsonObject } from "../core/json.ts";
import type { TenantState } from "../core/ledger/ledger-ports.ts";
import type { TenantStores } from "./tenant-stores.ts";

/** What a tenant is at the moment; null where there is none. */
export function tenantState({ tenant, revisions, canary }: TenantStores): TenantState | null {
	const row = tenant.read();
	return row === null ? null : { ...row, revision: revisions.current(), canary: canary.read() };
}

/** Everything that a ledger holds of its tenant but key hashes and usage, oldest first. */
export function exportTenant(stores: TenantStores): JsonObject {
	return {
		version: 1,
		...tenantState(stores),
		revisions: stores.revisions.all(),
		keys: stores.keys.all().map(({ summary }) => summary),
		audit: stores.audit.all(),
	};
}
