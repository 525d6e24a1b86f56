import type { leaseAmount } from "../../../src/core/ledger/budget-lease.ts";

/** Parts of the budget and of what is left, where the product has 2,000 and 160. */
const PART_OF_BUDGET = 50;
const PART_OF_LEFT = 4;

/** How much to lend, in larger steps than the product's: each isolate asks less often, and few of them hold all there is. */
export const largerSteps: typeof leaseAmount = ({ budget, counted, needed, wanted }) => {
	const left = budget - counted;
	if (needed > left) return null;
	const useful = Math.max(wanted, Math.floor(budget / PART_OF_BUDGET));
	return Math.max(needed, Math.min(useful, Math.floor(left / PART_OF_LEFT)));
};
