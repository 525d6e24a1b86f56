/** Scores of about equal number, next to each other. */
export interface ScoreBin {
	readonly lowest: number;
	readonly highest: number;
	readonly rows: number;
	readonly wrong: number;
}

/**
 * Cuts scores into at most `bins` ranges of about as many rows each, from low to high; equal scores are in one bin, so there
 * may be fewer. A missing score (NaN) is in none.
 */
export function equalBins(scores: Float64Array, wrong: Uint8Array, bins: number): ScoreBin[] {
	if (!(Number.isSafeInteger(bins) && bins > 0)) throw new RangeError("bins must be a positive whole number");
	const order = Int32Array.from(scores.keys())
		.filter((row) => !Number.isNaN(scores[row]))
		.sort((left, right) => (scores[left] as number) - (scores[right] as number));
	const cut: ScoreBin[] = [];
	let [from, wrongs] = [0, 0];
	for (const [place, row] of order.entries()) {
		wrongs += wrong[row] as number;
		const score = scores[row] as number;
		const next = order[place + 1];
		if (next !== undefined && scores[next] === score) continue;
		const isFull = place + 1 >= ((cut.length + 1) * order.length) / bins;
		if (!isFull && next !== undefined) continue;
		const lowest = scores[order[from] as number] as number;
		cut.push({ lowest, highest: score, rows: place + 1 - from, wrong: wrongs });
		[from, wrongs] = [place + 1, 0];
	}
	return cut;
}
