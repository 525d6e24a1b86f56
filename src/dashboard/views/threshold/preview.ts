import type { ConfidenceBins } from "../../api/recorded-types.ts";
import type { UsageSum } from "../../usage/sum-usage.ts";

/** What is known of a number: it is from `low` to `high`, and exactly that where both are the same. */
export interface Range {
	readonly low: number;
	readonly high: number;
}

/**
 * How many of binned readings are at or above a threshold. The bin that the threshold cuts through counts for `high` alone,
 * since where in it its readings are is not known; so does the last one for a threshold of 1, which it holds.
 */
export function readingsFrom(counts: readonly number[], threshold: number): Range {
	const cut = cutBin(counts.length, threshold);
	const low = total(counts.slice(cut === null ? placeOf(threshold, counts.length) : cut + 1));
	return { low, high: low + (cut === null ? 0 : (counts[cut] ?? 0)) };
}

/** Share of readings at or above a threshold, from 0 to 1; null where there are no readings. */
export function coverageAt({ all }: ConfidenceBins, threshold: number): Range | null {
	const readings = total(all);
	if (readings === 0) return null;
	const { low, high } = readingsFrom(all, threshold);
	return { low: low / readings, high: high / readings };
}

/** The bin that a threshold cuts through, and so of which only a part is at or above it; null: it is at an edge. */
export function cutBin(bins: number, threshold: number): number | null {
	const place = placeOf(threshold, bins);
	if (threshold >= 1) return bins - 1;
	return Number.isInteger(place) ? null : Math.floor(place);
}

/** US dollars a request: what it costs, and what it saves against always asking the last stage. */
export interface CostPreview {
	readonly costUsd: Range;
	readonly savedUsd: Range;
}

/**
 * What a request would cost at a threshold, from what the period's cost: each answer that would be accepted more than were, or
 * less, saves or costs one call of the last stage, of the price of the period's mean. Every answer at or above the threshold is
 * taken to be accepted. Null where that mean is not known.
 */
export function costAt(sum: UsageSum, bins: ConfidenceBins, threshold: number): CostPreview | null {
	const known = sum.requests - sum.costUnknown;
	if (known <= 0 || sum.alwaysLastUsd <= 0) return null;
	const lastUsd = sum.alwaysLastUsd / known;
	const perRequest = (sum.costUsd + sum.auditUsd) / known;
	const would = readingsFrom(bins.all, threshold);
	const costWhere = (accepted: number) => {
		const more = (total(bins.accepted) - accepted) / sum.requests;
		// A request costs nothing at the least, whatever a mean says.
		return Math.max(0, perRequest + more * lastUsd);
	};
	const costUsd = { low: costWhere(would.high), high: costWhere(would.low) };
	return { costUsd, savedUsd: { low: lastUsd - costUsd.high, high: lastUsd - costUsd.low } };
}

/** The sum of counts. */
export function total(counts: readonly number[]): number {
	return counts.reduce((sum, count) => sum + count, 0);
}

/** Where a threshold is among bins: whole at an edge. 0.15 of 20 bins is at 3, whatever the arithmetic says. */
function placeOf(threshold: number, bins: number): number {
	const place = threshold * bins;
	return Math.abs(place - Math.round(place)) < 1e-9 ? Math.round(place) : place;
}
