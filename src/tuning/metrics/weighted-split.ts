import { isAttainable, type EscalationOrder } from "./escalation-order.ts";

/** A cascade at one split, on rows that count as often as their weight says. */
export interface SplitFigures {
	readonly quality: number;
	readonly qualityLarge: number;
	/** Mean US dollars of a request; NaN where a price is unknown. */
	readonly costUsd: number;
	readonly costLargeUsd: number;
}

/** In rows: those are whole numbers, and a margin in rows is not always exact. */
const ROUNDING = 1e-6;

/**
 * Position of the first split whose quality is at least the large model's − `margin`, among those that a threshold makes.
 * The last, where the large model answers all, always is one. `weights` has the weight of each unit of rows. O(n).
 */
export function leastEscalation(order: EscalationOrder, margin: number, weights: Uint8Array): number {
	const { rows, splits, smallRight, largeRight, unit } = order;
	let needed = -ROUNDING;
	for (let row = 0; row < rows; row++)
		needed +=
			(weights[unit[row] as number] as number) * ((largeRight[row] as number) - (smallRight[row] as number) - margin);
	let gained = 0;
	let row = 0;
	for (let split = 0; split < splits.length; split++) {
		for (; row < (splits[split] as number); row++)
			gained += (weights[unit[row] as number] as number) * ((largeRight[row] as number) - (smallRight[row] as number));
		if (gained >= needed && isAttainable(order, split)) return split;
	}
	return splits.length - 1;
}

/** Quality and cost at a split. All NaN where no row has weight. O(n). */
export function figuresAt(order: EscalationOrder, split: number, weights: Uint8Array): SplitFigures {
	const { rows, splits, smallRight, largeRight, acceptedCost, escalatedCost, largeCost, unit } = order;
	const escalated = splits[split] as number;
	let [weight, right, rightLarge, cost, costLarge] = [0, 0, 0, 0, 0];
	for (let row = 0; row < rows; row++) {
		const times = weights[unit[row] as number] as number;
		weight += times;
		rightLarge += times * (largeRight[row] as number);
		costLarge += times * (largeCost[row] as number);
	}
	for (let row = 0; row < escalated; row++) {
		const times = weights[unit[row] as number] as number;
		right += times * (largeRight[row] as number);
		cost += times * (escalatedCost[row] as number);
	}
	for (let row = escalated; row < rows; row++) {
		const times = weights[unit[row] as number] as number;
		right += times * (smallRight[row] as number);
		cost += times * (acceptedCost[row] as number);
	}
	return {
		quality: right / weight,
		qualityLarge: rightLarge / weight,
		costUsd: cost / weight,
		costLargeUsd: costLarge / weight,
	};
}
