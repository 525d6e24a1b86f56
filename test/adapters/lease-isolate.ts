import { expect } from "vitest";
import { createLeaseHolder } from "../../src/adapters/lease-holder.ts";
import type { Reservation } from "../../src/cascade/ports.ts";
import { LEASE_MS } from "../../src/core/ledger/budget-lease.ts";
import type { BudgetLedgerPort, LeaseGrant } from "../../src/core/ledger/lease-ports.ts";
import type { LedgerRefusal } from "../../src/core/ledger/ledger-ports.ts";
import { ok, type Result } from "../../src/core/result.ts";
import { FakeClock } from "../cascade/fakes.ts";

export const BUDGET = { usdPerDay: 1, onExhausted: "fail" } as const;

type Grant = (needed: number, wanted: number, extend: string | null) => Promise<Result<LeaseGrant, LedgerRefusal>>;

/** An isolate's holder over a ledger that behaves as a test wants; money is in nano-dollars. */
export function isolate({ lends = 100 }: { readonly lends?: number } = {}) {
	const clock = new FakeClock();
	const grants: number[] = [];
	const returns: Parameters<BudgetLedgerPort["returnLease"]>[0][] = [];
	const wishes: { readonly wanted: number; readonly extend: string | null }[] = [];
	const faults: string[] = [];
	const waits: Promise<unknown>[] = [];
	const lend: Grant = async (needed, wanted, extend) => {
		const lease = { id: extend ?? `lease_${grants.length}`, expiresAt: clock.now() + LEASE_MS };
		return ok({ kind: "granted", lease: { ...lease, amount: Math.max(lends, needed, wanted) } });
	};
	const world = { grant: lend, giveBack: async () => {}, timersWork: true };
	const spendingOf = createLeaseHolder({
		ledgerOf: () => ({
			async grantLease({ needed, wanted, holder, extend }) {
				expect(holder).toBe("isolate_1");
				grants.push(needed);
				wishes.push({ wanted, extend });
				return world.grant(needed, wanted, extend);
			},
			async returnLease(returned) {
				returns.push(returned);
				await world.giveBack();
			},
		}),
		clock: {
			now: clock.now,
			setTimer: (ms, onExpiry) => (world.timersWork ? clock.setTimer(ms, onExpiry) : () => {}),
		},
		waitUntil: (work) => void waits.push(work),
		logFault: (fault) => void faults.push(fault),
		holder: "isolate_1",
	});
	const reserve = (nanos: number, tenant = "t") => spendingOf(tenant, BUDGET).reserve(nanos / 1e9);
	return { clock, grants, returns, wishes, faults, waits, world, lend, reserve, spendingOf };
}

export function held(reservation: Reservation | null): Reservation {
	if (reservation === null) throw new Error("nothing was reserved");
	return reservation;
}
