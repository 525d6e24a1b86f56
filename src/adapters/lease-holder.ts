import type { Clock, Spending } from "../cascade/ports.ts";
import { nanosOfCost } from "../core/ledger/budget-lease.ts";
import type { BudgetLedgerPort } from "../core/ledger/lease-ports.ts";
import type { BudgetPolicy } from "../core/tenant-policy.ts";
import { TenantLeases } from "./tenant-leases.ts";

/** What holding leases needs of its surroundings. */
export interface LeaseHolderPorts {
	/** A stub for each use: one belongs to the request that made it. May throw where there are no ledgers. */
	readonly ledgerOf: (tenant: string) => BudgetLedgerPort;
	readonly clock: Clock;
	/** Keeps the running request's invocation alive until the promise settles; the runtime's own. */
	readonly waitUntil: (promise: Promise<unknown>) => void;
	readonly logFault: (fault: string, facts: Readonly<Record<string, string | number>>) => void;
	/** This isolate's name in the ledgers. */
	readonly holder: string;
}

/** Tenants whose state is kept although nothing is lent to them at the moment. */
const MOST_IDLE = 2_000;

/**
 * The budget leases of one isolate. A call is paid for from memory; a tenant's ledger is asked when no lease covers it,
 * and told what was spent when a lease ends, after the answer has gone.
 */
export function createLeaseHolder(ports: LeaseHolderPorts): (tenant: string, budget: BudgetPolicy) => Spending {
	const tenants = new Map<string, TenantLeases>();

	const leasesOf = (tenant: string): TenantLeases => {
		const known = tenants.get(tenant);
		if (known !== undefined) return known;
		if (tenants.size >= MOST_IDLE) for (const [name, leases] of tenants) if (leases.isIdle()) tenants.delete(name);
		const made = new TenantLeases(tenant, ports);
		tenants.set(tenant, made);
		return made;
	};

	return (tenant, { onExhausted }) => ({
		onExhausted,
		reserve: (worstUsd) => leasesOf(tenant).reserve(nanosOfCost(worstUsd)),
	});
}
