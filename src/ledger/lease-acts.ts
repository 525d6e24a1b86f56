import { isJsonObject } from "../core/json.ts";
import { nanosOfBudget } from "../core/ledger/budget-lease.ts";
import type { BudgetLedgerPort, LeaseGrant } from "../core/ledger/lease-ports.ts";
import type { LedgerRefusal } from "../core/ledger/ledger-ports.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { LeaseStore } from "./lease-store.ts";
import type { RevisionStore } from "./revision-store.ts";

/**
 * Lends a part of the budget that the current policy has; what the asker has read may be older. There is no entry in the
 * audit trail: nobody has acted, and there may be several leases a second.
 */
export function grantLease(
	stores: { readonly revisions: RevisionStore; readonly leases: LeaseStore },
	input: Parameters<BudgetLedgerPort["grantLease"]>[0],
	{ id, now }: { readonly id: string; readonly now: number },
): Result<LeaseGrant, LedgerRefusal> {
	const current = stores.revisions.current();
	const document = current === null ? undefined : stores.revisions.read(current)?.document;
	// Each document was valid when it was written.
	const { usdPerDay } = isJsonObject(document?.["budget"]) ? document["budget"] : {};
	if (typeof usdPerDay !== "number") return ok({ kind: "no-budget" });
	const { needed, wanted } = input;
	if (!Number.isSafeInteger(needed) || needed < 0 || !Number.isSafeInteger(wanted))
		return err({ kind: "not-applicable", message: "Leases are of whole numbers of nano-dollars." });
	return ok(stores.leases.grant({ ...input, id, budget: nanosOfBudget(usdPerDay), now }));
}
