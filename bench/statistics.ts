/** A median and what it lies within. */
export interface Spread {
	readonly median: number;
	readonly low: number;
	readonly high: number;
}

/** The median of the values, and the least and the greatest of them. */
export function spreadOf(values: readonly number[]): Spread {
	return { median: medianOf(values), low: Math.min(...values), high: Math.max(...values) };
}

/** The median; the mean of the middle two where their number is even. */
function medianOf(values: readonly number[]): number {
	const sorted = values.toSorted((left, right) => left - right);
	const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
	const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
	return (lower + upper) / 2;
}

const RESAMPLES = 10_000;

/** The median with its 95% interval by the percentile bootstrap over rounds. The same values give the same interval. */
export function bootstrapMedian(values: readonly number[]): Spread {
	const random = seededRandom(20_261_124);
	const medians = Array.from({ length: RESAMPLES }, () =>
		medianOf(values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN)),
	).sort((left, right) => left - right);
	const at = (share: number) => medians[Math.min(RESAMPLES - 1, Math.floor(share * RESAMPLES))] ?? Number.NaN;
	return { median: medianOf(values), low: at(0.025), high: at(0.975) };
}

/** mulberry32: 32 bits of state are plenty for resampling some ten rounds. */
function seededRandom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
