/**
 * The arithmetic of budget leases. Money is in whole nano-dollars (10⁻⁹ US dollars): sums of them are exact below 2⁵³,
 * which is nine million dollars. Costs are rounded up and budgets down, so that no rounding ever adds to a budget.
 */

const NANOS_A_DOLLAR = 1e9;

/** More than any budget: what no lease can cover. */
const MOST_NANOS = Number.MAX_SAFE_INTEGER;

const DAY_MS = 86_400_000;

/** How long a lease may be drawn on. Shorter than the 30 s for which a Worker may go on after its answer. */
export const LEASE_MS = 20_000;

/**
 * A lease is this part of the day's budget, or more where more is wanted. A tenant may be served by some hundred isolates, each of
 * which holds a lease for 20 s whatever it spends of it: together they must not hold the budget (`docs/scale.md`).
 */
const PART_OF_BUDGET = 2_000;
/** But no more than this part of what is left, so that the last of a budget does not lie with a few of them. */
const PART_OF_LEFT = 160;

/** A part of a budget, lent to one isolate. */
export interface Lease {
	readonly id: string;
	/** Nano-dollars; where a lease was extended, those that were added. */
	readonly amount: number;
	/** Milliseconds since the Unix epoch; from then on nothing new is reserved from it. */
	readonly expiresAt: number;
}

/** A lease as its holder knows it, all in nano-dollars. `reserved` is the sum of the open reservations. */
export interface LeaseAccount {
	readonly amount: number;
	readonly spent: number;
	readonly reserved: number;
}

/** A cost in nano-dollars, rounded up; one that is no number, or larger than any budget, is the largest there is. */
export function nanosOfCost(usd: number): number {
	// `!(… < …)` and not `>=`: NaN is among those that nothing covers.
	if (!(usd * NANOS_A_DOLLAR < MOST_NANOS)) return MOST_NANOS;
	return Math.max(0, Math.ceil(usd * NANOS_A_DOLLAR));
}

/** A budget in nano-dollars, rounded down; one that is no number is nothing. */
export function nanosOfBudget(usd: number): number {
	return usd > 0 ? Math.min(MOST_NANOS, Math.floor(usd * NANOS_A_DOLLAR)) : 0;
}

/** The beginning of the UTC day of a time; both in milliseconds since the Unix epoch. */
export function dayOf(at: number): number {
	return Math.floor(at / DAY_MS) * DAY_MS;
}

/** When the budget that is in force at a time renews: the next midnight UTC. */
export function renewalAfter(at: number): number {
	return dayOf(at) + DAY_MS;
}

/** When a lease that is granted now ends: it never outlives the day whose budget it is of. */
export function leaseEnd(now: number): number {
	return Math.min(now + LEASE_MS, renewalAfter(now));
}

/**
 * How much to lend to one who needs so much for its next call, and wants so much for all that wait; null where what is
 * needed is more than is left. `counted` is what the day's budget has been charged with so far, and may exceed it.
 */
export function leaseAmount(input: {
	readonly budget: number;
	readonly counted: number;
	readonly needed: number;
	readonly wanted: number;
}): number | null {
	const { budget, counted, needed, wanted } = input;
	const left = budget - counted;
	if (needed > left) return null;
	const useful = Math.max(wanted, Math.floor(budget / PART_OF_BUDGET));
	return Math.max(needed, Math.min(useful, Math.floor(left / PART_OF_LEFT)));
}

/** A lease of which nothing has been used. */
export function openAccount({ amount }: Pick<Lease, "amount">): LeaseAccount {
	return { amount, spent: 0, reserved: 0 };
}

/** What may still be reserved. Below zero where a call cost more than its worst case. */
export function available({ amount, spent, reserved }: LeaseAccount): number {
	return amount - spent - reserved;
}

/** The account with the worst case of a call set aside; null where it does not cover that. */
export function reserve(account: LeaseAccount, worst: number): LeaseAccount | null {
	return worst <= available(account) ? { ...account, reserved: account.reserved + worst } : null;
}

/** The account of a lease to which so much was added. */
export function extend(account: LeaseAccount, amount: number): LeaseAccount {
	return { ...account, amount: account.amount + amount };
}

/** The account after a call: what was reserved for it is replaced by its cost, or where that is unknown, becomes it. */
export function settle(account: LeaseAccount, worst: number, cost: number | null): LeaseAccount {
	return { ...account, reserved: account.reserved - worst, spent: account.spent + (cost ?? worst) };
}
