import type { TenantState } from "../core/ledger/ledger-ports.ts";
import { EVIDENCE_RECORDS } from "../core/published-records.ts";
import { err, ok } from "../core/result.ts";
import type { ActContext, ActResult } from "./acts.ts";
import { notCreated } from "./ledger-transactions.ts";
import { queuePolicy, queueWithdrawal } from "./published-copies.ts";
import { tenantState } from "./tenant-state.ts";
import type { TenantStores } from "./tenant-stores.ts";

/** Makes the ledger a tenant's. `empty` deletes what the tenant of the same name before may have left. */
export function createTenant(
	stores: TenantStores,
	input: { readonly tenant: string; readonly name: string; readonly empty: () => void },
	{ now: createdAt }: ActContext,
): ActResult<TenantState> {
	if (stores.tenant.read() !== null) return err({ kind: "already-exists", what: "tenant" });
	// Until then isolates could get what was certified for the tenant before.
	if (stores.outbox.holds(EVIDENCE_RECORDS)) {
		const message = "The evidence on the former tenant of this name is still being withdrawn: try again in a minute.";
		return err({ kind: "not-applicable", message });
	}
	const { tenant, name, empty } = input;
	empty();
	stores.tenant.create({ tenant, name, createdAt });
	return stateOf(stores, {});
}

/** Suspends or resumes a tenant, also where it is published. */
export function setSuspended(stores: TenantStores, suspended: boolean, { now }: ActContext): ActResult<TenantState> {
	const changed = stores.tenant.read()?.suspended !== suspended;
	if (changed) {
		stores.tenant.setSuspended(suspended);
		queuePolicy(stores, now);
	}
	return stateOf(stores, { changed });
}

/** Withdraws a tenant; its rows go when KV has taken the withdrawal. */
export function destroyTenant(stores: TenantStores, { now }: ActContext): ActResult<undefined> {
	queueWithdrawal(stores, now);
	stores.tenant.destroy(now);
	return ok({ value: undefined, detail: {} });
}

function stateOf(stores: TenantStores, detail: { readonly changed?: boolean }): ActResult<TenantState> {
	const value = tenantState(stores);
	return value === null ? notCreated() : ok({ value, detail });
}
