import type { Operations } from "./operations.ts";
import { PLAN_USD_PER_MONTH, PRICE_LIST, type Meter, type TokenPrice } from "./price-list.ts";

const METERS = Object.keys(PRICE_LIST) as Meter[];

/** US dollars by what they are for. */
export type Bill = Readonly<Record<Meter, number>>;

/** What operations cost where the plan's share is used up: the price of as many more. */
export function marginalBill(operations: Operations): Bill {
	return billOf((meter) => operations[meter] * PRICE_LIST[meter].usd);
}

/** What a month of these operations costs beyond the plan's own price, with what the plan includes. */
export function monthlyBill(operations: Operations): Bill {
	return billOf((meter) => Math.max(0, operations[meter] - PRICE_LIST[meter].included) * PRICE_LIST[meter].usd);
}

/** With the plan's own price where it is a month's. */
export function totalUsd(bill: Bill, plan: "with the plan" | "beyond the plan" = "beyond the plan"): number {
	const sum = METERS.reduce((total, meter) => total + bill[meter], 0);
	return plan === "with the plan" ? sum + PLAN_USD_PER_MONTH : sum;
}

/** Meters that cost something, the most expensive first. */
export function largestTerms(
	bill: Bill,
): readonly { readonly meter: Meter; readonly usd: number; readonly share: number }[] {
	const total = totalUsd(bill);
	return METERS.map((meter) => ({ meter, usd: bill[meter], share: total === 0 ? 0 : bill[meter] / total }))
		.filter(({ usd }) => usd > 0)
		.sort((left, right) => right.usd - left.usd);
}

/** What so many calls of a model cost, each of so many tokens. */
export function tokensUsd(
	price: TokenPrice,
	calls: number,
	tokens: { readonly input: number; readonly output: number },
): number {
	return (calls * (price.input * tokens.input + price.output * tokens.output)) / 1e6;
}

function billOf(usdOf: (meter: Meter) => number): Bill {
	return Object.fromEntries(METERS.map((meter) => [meter, usdOf(meter)])) as Bill;
}
