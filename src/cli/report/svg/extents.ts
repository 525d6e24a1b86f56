import { scaleLinear } from "d3-scale";
import type { Extent } from "./plane.ts";

/** From the least to the greatest of some shares with room around, at round numbers, inside [0, 1]. */
export function shareExtent(values: readonly number[], ticks: number = 5): Extent {
	const [low, high] = paddedExtent(values, 0.06);
	const [from = 0, to = 1] = scaleLinear([low, high], [0, 1]).nice(ticks).domain();
	return [Math.max(0, from), Math.min(1, to)];
}

/** From 0 to a round number above the greatest of some shares; at most 1. */
export function shareFromZero(values: readonly number[], ticks: number = 5): Extent {
	const greatest = Math.max(1e-4, ...values);
	const [, to = 1] = scaleLinear([0, greatest * 1.08], [0, 1])
		.nice(ticks)
		.domain();
	return [0, Math.min(1, to)];
}

/** From the least to the greatest of some values with a part of their distance around; never of no width. */
export function paddedExtent(values: readonly number[], padding: number): Extent {
	const [low, high] = [Math.min(...values), Math.max(...values)];
	const room = high > low ? (high - low) * padding : Math.max(Math.abs(low) * 0.1, 0.01);
	return [low - room, high + room];
}
