import type { leaseAmount } from "../../../src/core/ledger/budget-lease.ts";

/** Parts of the budget and of what is left, where the product has 50 and 4. */
const PART_OF_BUDGET = 2_000;
const PART_OF_LEFT = 160;

/** How much to lend, in smaller steps than the product's: more isolates find something left, and each asks more often. */
export const smallerSteps: typeof leaseAmount = ({ budget, counted, needed, wanted }) => {
	const left = budget - counted;
	if (needed > left) return null;
	const useful = Math.max(wanted, Math.floor(budget / PART_OF_BUDGET));
	return Math.max(needed, Math.min(useful, Math.floor(left / PART_OF_LEFT)));
};
