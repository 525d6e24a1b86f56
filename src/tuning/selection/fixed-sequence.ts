/** Hypotheses in the order of their test: p-values, or what computes the one at a position. */
export type PValues = ArrayLike<number> | ((index: number) => number);

/** How a sequence is tested. */
export interface SequenceOptions {
	/** The chance, at most, that a true hypothesis is rejected. */
	readonly delta: number;
	/** Positions at which testing begins, each with an equal share of delta. */
	readonly starts: readonly number[];
	/** How many hypotheses there are; needed only where p-values are computed. */
	readonly length?: number | undefined;
}

/** One test that was made. */
export interface TestedStep {
	readonly index: number;
	readonly pValue: number;
	readonly rejected: boolean;
}

/** The last hypothesis rejected, and the tests that led to it. */
export interface SequenceResult {
	/** Null where the first test of every start failed. */
	readonly chosen: number | null;
	/** The start that led to `chosen`; null with it. */
	readonly start: number | null;
	/** In order of position; each position once. */
	readonly tested: readonly TestedStep[];
}

/**
 * Fixed-sequence testing: from each start on, hypotheses are rejected one after the other while p ≤ δ / starts, and testing
 * ends at the first that is not. Of several starts the loosest rejection is chosen.
 *
 * No correction for the length of the sequence is needed: an error needs the first true hypothesis of the order to be
 * rejected, which has chance δ / starts, and starts are joined by the union bound (Angelopoulos et al., "Learn then Test",
 * 2021, section 3). That holds where the order and the starts were fixed without the rows behind the p-values.
 *
 * Fails closed: nothing is ever chosen that was not tested and rejected, not even the strictest hypothesis, and a p-value
 * that is NaN rejects nothing. Throws a RangeError where `delta` is not in (0, 1), a start is no position, or the length of
 * computed p-values is missing.
 */
export function fixedSequence(pValues: PValues, options: SequenceOptions): SequenceResult {
	const { delta, starts } = options;
	const length = typeof pValues === "function" ? options.length : pValues.length;
	if (length === undefined) throw new RangeError("computed p-values need their number");
	if (!(delta > 0 && delta < 1)) throw new RangeError("delta must lie between 0 and 1");
	if (!starts.every((start) => Number.isSafeInteger(start) && start >= 0 && start < length))
		throw new RangeError("a start must be a position of the sequence");
	const distinct = [...new Set(starts)].sort((left, right) => left - right);
	const share = delta / distinct.length;
	const at = typeof pValues === "function" ? pValues : (index: number) => pValues[index] as number;
	const tested: TestedStep[] = [];
	let chosen: number | null = null;
	let from: number | null = null;
	let next = 0;
	for (const start of distinct) {
		// All starts test at the same level, so one that an earlier start came past has its answer already.
		if (start < next) continue;
		for (next = start; next < length; next++) {
			const pValue = at(next);
			const rejected = pValue <= share;
			tested.push({ index: next, pValue, rejected });
			if (!rejected) break;
			chosen = next;
			from = start;
		}
		next++;
	}
	return { chosen, start: from, tested };
}
