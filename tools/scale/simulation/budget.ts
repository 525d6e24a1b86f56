import { createLeaseHolder } from "../../../src/adapters/lease-holder.ts";
import { leaseAmount, leaseEnd, nanosOfBudget } from "../../../src/core/ledger/budget-lease.ts";
import type { BudgetLedgerPort, LeaseGrant } from "../../../src/core/ledger/lease-ports.ts";
import { ok } from "../../../src/core/result.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { exponentialMs } from "./distributions.ts";
import { EventQueue } from "./event-queue.ts";

/** A day's budget, and isolates that spend it. */
export interface BudgetPlan {
	readonly seed: number;
	readonly isolates: number;
	/** Of all isolates together. */
	readonly requestsPerSecond: number;
	readonly usdPerDay: number;
	/** What a call may cost at worst, which is set aside, and the share of it that calls cost on average. */
	readonly worstUsd: number;
	readonly meanShare: number;
	readonly seconds: number;
	/** A share of isolates that are gone, without a word, in the middle. */
	readonly lost?: number;
	/** How much is lent, where it is not as the product does it. */
	readonly lend?: typeof leaseAmount;
}

/** How it held. */
export interface BudgetResult {
	readonly requests: number;
	/** Of the budget, at the end: what calls have cost, and what the ledger has counted. */
	readonly spent: number;
	readonly counted: number;
	/** Requests that were refused before nine tenths of the budget were spent, of all until then. */
	readonly refusedEarly: number;
	/** What was spent of the budget when the first was refused; null: none was. */
	readonly spentAtFirstRefusal: number | null;
	readonly ledgerCallsPerSecond: number;
}

const BUDGET_IS_NEARLY_SPENT = 0.9;
const LEDGER_MS = 50;
const CALL_MS = { least: 500, most: 3_000 };

/** The ledger's part of lending, by the product's arithmetic and the rules of `src/ledger/lease-store.ts`. */
function createBudgetLedger(budget: number, now: () => number, lend: typeof leaseAmount) {
	const leases = new Map<string, number>();
	const state = { counted: 0, calls: 0 };
	let made = 0;
	const grant = ({ needed, wanted, extend }: Parameters<BudgetLedgerPort["grantLease"]>[0]): LeaseGrant => {
		const amount = lend({ budget, counted: state.counted, needed, wanted });
		if (amount === null) return { kind: "exhausted", retryAt: Number.POSITIVE_INFINITY };
		const known = extend === null ? undefined : leases.get(extend);
		const id = known === undefined || extend === null ? `lease_${++made}` : extend;
		leases.set(id, (known ?? 0) + amount);
		state.counted += amount;
		return { kind: "granted", lease: { id, amount, expiresAt: leaseEnd(now()) } };
	};
	const giveBack = ({ id, spent, open }: Parameters<BudgetLedgerPort["returnLease"]>[0]) => {
		const counted = leases.get(id);
		if (counted === undefined) return;
		state.counted += spent + open - counted;
		if (open === 0) leases.delete(id);
		else leases.set(id, spent + open);
	};
	return { state, grant, giveBack };
}

/** Spends a day's budget from the product's own lease holders, one an isolate, until the time is over. */
export async function simulateBudget(plan: BudgetPlan): Promise<BudgetResult> {
	const { isolates, requestsPerSecond, usdPerDay, worstUsd, meanShare, seconds, lost = 0, lend = leaseAmount } = plan;
	const random = seededRandom(plan.seed);
	const events = new EventQueue();
	const clock = events.clock();
	const budget = nanosOfBudget(usdPerDay);
	const { state, grant, giveBack } = createBudgetLedger(budget, () => events.now, lend);
	const reach = <Value>(work: () => Value): Promise<Value> =>
		new Promise((resolve) => {
			state.calls += 1;
			events.after(LEDGER_MS / 2, () => {
				const value = work();
				events.after(LEDGER_MS / 2, () => resolve(value));
			});
		});
	const halfMs = (seconds * 1_000) / 2;
	const holders = Array.from({ length: isolates }, (_, isolate) => {
		const isGone = () => isolate < lost * isolates && events.now >= halfMs;
		const spendingOf = createLeaseHolder({
			ledgerOf: () => ({
				grantLease: (wish) => reach(() => ok(grant(wish))),
				returnLease: (returned) => (isGone() ? new Promise(() => {}) : reach(() => giveBack(returned))),
			}),
			clock,
			waitUntil: () => {},
			logFault: () => {},
			holder: `isolate_${isolate}`,
		});
		return { isGone, spending: spendingOf("acme", { usdPerDay, onExhausted: "fail" }) };
	});
	let [requests, spent, early, refusedEarly] = [0, 0, 0, 0];
	let spentAtFirstRefusal: number | null = null;
	const request = async () => {
		const holder = holders[Math.floor(random() * isolates)];
		if (holder === undefined || holder.isGone()) return;
		requests += 1;
		const isEarly = spent < BUDGET_IS_NEARLY_SPENT * budget;
		if (isEarly) early += 1;
		const reservation = await holder.spending.reserve(worstUsd);
		if (reservation === null) {
			if (isEarly) refusedEarly += 1;
			spentAtFirstRefusal ??= spent / budget;
			return;
		}
		const costUsd = worstUsd * Math.min(1, 2 * meanShare * random());
		events.after(CALL_MS.least + random() * (CALL_MS.most - CALL_MS.least), () => {
			spent += costUsd * 1e9;
			reservation.settle(costUsd);
		});
	};
	const next = () => {
		const ms = exponentialMs(random, requestsPerSecond);
		if (events.now + ms >= seconds * 1_000) return;
		events.after(ms, () => {
			void request();
			next();
		});
	};
	next();
	await events.runAsync();
	return {
		requests,
		spent: spent / budget,
		counted: state.counted / budget,
		refusedEarly: early === 0 ? 0 : refusedEarly / early,
		spentAtFirstRefusal,
		ledgerCallsPerSecond: state.calls / seconds,
	};
}
