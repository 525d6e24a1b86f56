/** Rows by their score, equal scores together. */
export interface Ties {
	/** The distinct scores, ascending; −0 is 0. */
	readonly values: Float64Array;
	/** For each row the position of its score in `values`; −1 where it is NaN. */
	readonly ranks: Int32Array;
}

/**
 * Groups rows with equal scores, in O(n log n). Every curve over thresholds is drawn through such groups, since no threshold
 * parts two rows of the same score. NaN, a row without a reading, is of no group. Infinite scores are like any other.
 */
export function rankTies(scores: ArrayLike<number>): Ties {
	// A typed array sorts numbers natively, NaN last; sorting positions by a comparator takes several times as long.
	const sorted = new Float64Array(scores).sort();
	let distinct = 0;
	for (let index = 0; index < sorted.length; index++) {
		const value = sorted[index] as number;
		if (Number.isNaN(value)) break;
		if (distinct > 0 && value === sorted[distinct - 1]) continue;
		// −0 becomes 0.
		sorted[distinct] = value + 0;
		distinct++;
	}
	const values = sorted.slice(0, distinct);
	const ranks = new Int32Array(scores.length);
	for (let row = 0; row < ranks.length; row++) ranks[row] = rankOf(scores[row] as number, values);
	return { values, ranks };
}

/** Row positions from the lowest rank to the highest, rows of no rank (−1) first; rows of a rank stay in their order. */
export function sortByRank({ values, ranks }: Ties): Int32Array {
	const next = new Int32Array(values.length + 2);
	for (let row = 0; row < ranks.length; row++) {
		const place = (ranks[row] as number) + 2;
		next[place] = (next[place] as number) + 1;
	}
	for (let place = 1; place < next.length; place++) next[place] = (next[place] as number) + (next[place - 1] as number);
	const order = new Int32Array(ranks.length);
	for (let row = 0; row < ranks.length; row++) {
		const place = (ranks[row] as number) + 1;
		order[next[place] as number] = row;
		next[place] = (next[place] as number) + 1;
	}
	return order;
}

function rankOf(score: number, values: Float64Array): number {
	if (Number.isNaN(score)) return -1;
	let low = 0;
	let high = values.length - 1;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((values[middle] as number) < score) low = middle + 1;
		else high = middle;
	}
	return low;
}
