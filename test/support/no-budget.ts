/** In place of budgets, where no tenant has one. */
export function noBudget(): never {
	throw new Error("no tenant of this test has a budget");
}
