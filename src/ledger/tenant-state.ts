import type { JsonObject } from "../core/json.ts";
import { canaryFigures, type CanaryFigures } from "../core/ledger/canary-figures.ts";
import type {
	CanaryReport,
	CanaryState,
	LedgerRefusal,
	PolicyRevision,
	TenantState,
} from "../core/ledger/ledger-ports.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { TenantStores } from "./tenant-stores.ts";

/** What a tenant is at the moment; null where there is none. */
export function tenantState({ tenant, revisions, canary }: TenantStores): TenantState | null {
	const row = tenant.read();
	return row === null ? null : { ...row, revision: revisions.current(), canary: canary.read() };
}

/** A revision of the policy, with its document. */
export function revisionOf(
	{ revisions }: TenantStores,
	revision: number | "current",
): Result<PolicyRevision, LedgerRefusal> {
	const number = revision === "current" ? revisions.current() : revision;
	const found = number === null ? null : revisions.read(number);
	return found === null
		? err({ kind: "not-found", what: revision === "current" ? "policy" : `revision ${revision}` })
		: ok(found);
}

/** The canary with its figures. */
export function canaryReport(stores: TenantStores): Result<CanaryReport, LedgerRefusal> {
	const canary = stores.canary.read();
	return canary === null
		? err({ kind: "not-found", what: "canary" })
		: ok({ ...canary, figures: figuresOf(stores, canary) });
}

/** What a canary and the policy that it is tried against have served since it began. */
export function figuresOf({ revisions, canaryUsage }: TenantStores, canary: CanaryState): CanaryFigures {
	const { revision } = canary;
	const since = canaryUsage.countedSince(canary);
	return canaryFigures({ since, current: revisions.current(), revision }, canaryUsage.read());
}

/** What stands at the beginning of a tenant's export: the tenant, and its canary with figures. */
export function exportHead(stores: TenantStores): JsonObject {
	const state = tenantState(stores);
	const canary = state?.canary ?? null;
	return {
		version: 1,
		...state,
		...(canary === null ? {} : { canary: { ...canary, figures: figuresOf(stores, canary) } }),
	};
}
