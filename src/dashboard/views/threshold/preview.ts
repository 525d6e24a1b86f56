import type { ConfidenceBins } from "../../api/recorded-types.ts";
import type { UsageSum } from "../../usage/sum-usage.ts";

/** What is known of a number: it is from `low` to `high`, and exactly that where both are the same. */
export interface Range {
	readonly low: number;
	readonly high: number;
}

/**
 * How many of binned readings are from `from` up to, but not, `to`; `to` null: up to 1. A bin that a bound cuts through counts
 * for `high` alone, since where in it its readings are is not known.
 */
export function readingsBetween(counts: readonly number[], from: number, to: number | null): Range {
	if (to !== null && from >= to) return { low: 0, high: 0 };
	const start = placeOf(from, counts.length);
	const end = to === null ? counts.length : placeOf(to, counts.length);
	let low = 0;
	let high = 0;
	for (const [bin, count] of counts.entries()) {
		// The last bin is closed, so readings of exactly 1 are in it, and a bound of 1 cuts it.
		const lastEdge = bin === counts.length - 1 && to !== null;
		if (start <= bin && bin + 1 <= end && !lastEdge) low += count;
		if (Math.min(start, counts.length - 1) < bin + 1 && bin < end) high += count;
	}
	return { low, high };
}

/** Share of readings at or above a threshold, from 0 to 1; null where there are no readings. */
export function coverageAt({ all }: ConfidenceBins, threshold: number): Range | null {
	const readings = total(all);
	if (readings === 0) return null;
	const { low, high } = readingsBetween(all, threshold, null);
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
 * What a request would cost at a threshold, from what the period's cost: each answer that is accepted more or less saves or
 * costs one call of the last stage, of the price of the period's mean. `now` is the threshold of the period; null: nothing was
 * accepted. Null where that mean is not known.
 */
export function costAt(
	sum: UsageSum,
	bins: ConfidenceBins,
	{ now, threshold }: { readonly now: number | null; readonly threshold: number },
): CostPreview | null {
	const known = sum.requests - sum.costUnknown;
	if (known <= 0 || sum.alwaysLastUsd <= 0) return null;
	const lastUsd = sum.alwaysLastUsd / known;
	const perRequest = (sum.costUsd + sum.auditUsd) / known;
	const moved =
		now === null
			? readingsBetween(bins.all, threshold, null)
			: readingsBetween(bins.all, Math.min(now, threshold), Math.max(now, threshold));
	const share = (count: number) => (count / sum.requests) * lastUsd;
	const ends =
		now !== null && threshold >= now
			? { low: perRequest + share(moved.low), high: perRequest + share(moved.high) }
			: { low: perRequest - share(moved.high), high: perRequest - share(moved.low) };
	// A request costs nothing at the least, whatever a mean says.
	const costUsd = { low: Math.max(0, ends.low), high: Math.max(0, ends.high) };
	return { costUsd, savedUsd: { low: lastUsd - costUsd.high, high: lastUsd - costUsd.low } };
}

export function total(counts: readonly number[]): number {
	return counts.reduce((sum, count) => sum + count, 0);
}

/** Where a threshold is among bins: whole at an edge. 0.15 of 20 bins is at 3, whatever the arithmetic says. */
function placeOf(threshold: number, bins: number): number {
	const place = threshold * bins;
	return Math.abs(place - Math.round(place)) < 1e-9 ? Math.round(place) : place;
}
