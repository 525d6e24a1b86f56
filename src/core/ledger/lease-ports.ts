import type { Result } from "../result.ts";
import type { Lease } from "./budget-lease.ts";
import type { LedgerRefusal } from "./ledger-ports.ts";

/** What a ledger answers to one who asks for money. */
export type LeaseGrant =
	| { readonly kind: "granted"; readonly lease: Lease }
	/** What is left of today's budget is not enough; it renews at this time, in milliseconds since the Unix epoch. */
	| { readonly kind: "exhausted"; readonly retryAt: number }
	/** The tenant's current policy has none, whatever the copy says that the asker has read. */
	| { readonly kind: "no-budget" };

/** What has become of a lease: so much of it was `spent`, and so much is still `open` for calls that go on. */
export interface LeaseReturn {
	readonly id: string;
	readonly spent: number;
	readonly open: number;
}

/** The part of a tenant's ledger that lends its budget. Every method is one transaction; money is in nano-dollars. */
export interface BudgetLedgerPort {
	/**
	 * Lends of today's budget at least what is `needed`, and what is `wanted` while there is plenty. The whole lease counts
	 * as spent until it is returned.
	 */
	readonly grantLease: (input: {
		readonly needed: number;
		readonly wanted: number;
		/** The lease to add to; null, or one that is closed: a new one is made. */
		readonly extend: string | null;
		/** Who holds it, for people who look into the ledger: an isolate's name of its own. */
		readonly holder: string;
	}) => Promise<Result<LeaseGrant, LedgerRefusal>>;
	/**
	 * Gives back all of a lease but what was spent and what is open. With nothing open the lease is closed; a lease that is
	 * closed already, or of a day that is over, is left alone, so repeating is harmless.
	 */
	readonly returnLease: (returned: LeaseReturn) => Promise<void>;
}
