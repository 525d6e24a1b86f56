/** Scores and verdicts of the rows that have a score. */
export interface ScoredRows {
	readonly scores: Float64Array;
	/** 1 right, 0 wrong. */
	readonly correct: Float64Array;
}

/** Leaves out rows whose score is NaN. Throws a RangeError where the columns differ in length. */
export function scoredRows(scores: ArrayLike<number>, correct: ArrayLike<number>): ScoredRows {
	if (scores.length !== correct.length) throw new RangeError("each score needs its verdict");
	const given = Float64Array.from(scores);
	const hasScore = (_: number, row: number): boolean => !Number.isNaN(given[row] as number);
	return { scores: given.filter(hasScore), correct: Float64Array.from(correct).filter(hasScore) };
}
