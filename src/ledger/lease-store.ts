import { dayOf, leaseAmount, leaseEnd, renewalAfter } from "../core/ledger/budget-lease.ts";
import type { BudgetLedgerPort, LeaseGrant, LeaseReturn } from "../core/ledger/lease-ports.ts";
import type { Migration } from "./sql-migrations.ts";

/** The schema of the component `leases`. Money is in nano-dollars, times in milliseconds since the Unix epoch. */
export const LEASE_MIGRATIONS: readonly Migration[] = [
	{
		version: 1,
		statements: [
			// One row: today's, or that of the last day on which anything was lent.
			`CREATE TABLE budget_day (
				only INTEGER PRIMARY KEY CHECK (only = 1),
				day INTEGER NOT NULL,
				counted INTEGER NOT NULL
			) STRICT`,
			// Leases that are not closed; counted is their part of the day's.
			`CREATE TABLE leases (
				id TEXT PRIMARY KEY,
				holder TEXT NOT NULL,
				counted INTEGER NOT NULL,
				granted_at INTEGER NOT NULL,
				expires_at INTEGER NOT NULL
			) STRICT`,
		],
	},
];

/** A tenant's budget of the day and the leases on it. */
export interface LeaseStore {
	/** Lends a part of a day's `budget`; see `BudgetLedgerPort`. `id` is of the lease that may have to be made. */
	readonly grant: (
		input: Parameters<BudgetLedgerPort["grantLease"]>[0] & {
			readonly id: string;
			readonly budget: number;
			readonly now: number;
		},
	) => LeaseGrant;
	readonly giveBack: (returned: LeaseReturn) => void;
}

/** Leases in SQL; the database must hold the tables of `LEASE_MIGRATIONS`. */
export function createLeaseStore(storage: Pick<DurableObjectStorage, "sql" | "transactionSync">): LeaseStore {
	const { sql } = storage;
	const beginDay = (day: number): void => {
		const [row] = sql.exec<{ day: number }>("SELECT day FROM budget_day").toArray();
		// A clock that steps back over midnight must not open a new budget.
		if (row !== undefined && row.day >= day) return;
		sql.exec("DELETE FROM leases");
		sql.exec("INSERT OR REPLACE INTO budget_day (only, day, counted) VALUES (1, ?, 0)", day);
	};
	const countedOf = (id: string): number | undefined =>
		sql.exec<{ counted: number }>("SELECT counted FROM leases WHERE id = ?", id).toArray()[0]?.counted;
	const add = (amount: number) => sql.exec("UPDATE budget_day SET counted = counted + ?", amount);

	return {
		grant: ({ id: newId, budget, needed, wanted, holder, extend, now }) =>
			storage.transactionSync((): LeaseGrant => {
				beginDay(dayOf(now));
				const { counted } = sql.exec<{ counted: number }>("SELECT counted FROM budget_day").one();
				const amount = leaseAmount({ budget, counted, needed, wanted });
				if (amount === null) return { kind: "exhausted", retryAt: renewalAfter(now) };
				const expiresAt = leaseEnd(now);
				const known = extend === null ? undefined : countedOf(extend);
				const id = known === undefined || extend === null ? newId : extend;
				if (known === undefined)
					sql.exec("INSERT INTO leases VALUES (?, ?, ?, ?, ?)", id, holder, amount, now, expiresAt);
				else sql.exec("UPDATE leases SET counted = ?, expires_at = ? WHERE id = ?", known + amount, expiresAt, id);
				add(amount);
				return { kind: "granted", lease: { id, amount, expiresAt } };
			}),
		giveBack: ({ id, spent, open }) =>
			storage.transactionSync(() => {
				const counted = countedOf(id);
				if (counted === undefined) return;
				add(spent + open - counted);
				if (open === 0) sql.exec("DELETE FROM leases WHERE id = ?", id);
				else sql.exec("UPDATE leases SET counted = ? WHERE id = ?", spent + open, id);
			}),
	};
}
