/**
 * Area under the ROC curve: the chance that a random positive has a higher score than a random negative, ties counting
 * half (Mann-Whitney U over the product of the class sizes). O(n log n).
 *
 * `scores` must hold no NaN; `positives` is of the same length. Undefined where either class is empty.
 */
export function areaUnderRoc(scores: readonly number[], positives: readonly boolean[]): number | undefined {
	const order = scores.map((_, index) => index).toSorted((left, right) => (scores[left] ?? 0) - (scores[right] ?? 0));
	let positiveCount = 0;
	let rankSum = 0;
	for (let start = 0; start < order.length;) {
		let end = start;
		while (end < order.length && scores[order[end] ?? 0] === scores[order[start] ?? 0]) end += 1;
		// Ranks start+1 … end share their mean.
		const midrank = (start + 1 + end) / 2;
		for (let position = start; position < end; position++) {
			if (positives[order[position] ?? 0] !== true) continue;
			positiveCount += 1;
			rankSum += midrank;
		}
		start = Math.max(end, start + 1);
	}
	const negativeCount = scores.length - positiveCount;
	if (positiveCount === 0 || negativeCount === 0) return undefined;
	return (rankSum - (positiveCount * (positiveCount + 1)) / 2) / (positiveCount * negativeCount);
}

/** A two-sided interval. */
export interface Interval {
	readonly lower: number;
	readonly upper: number;
}

/**
 * Percentile bootstrap interval of the area under the ROC curve (Efron & Tibshirani, 1993, ch. 13), stratified by class
 * so that no replicate lacks one. `random` draws from [0, 1); the same draws give the same interval. Undefined where
 * either class is empty.
 */
export function bootstrapAurocInterval(
	scores: readonly number[],
	positives: readonly boolean[],
	options: { readonly level: number; readonly replicates: number; readonly random: () => number },
): Interval | undefined {
	const { level, replicates, random } = options;
	const ofClass = (wanted: boolean) => scores.filter((_, index) => positives[index] === wanted);
	const [right, wrong] = [ofClass(true), ofClass(false)];
	if (right.length === 0 || wrong.length === 0) return undefined;
	const labels = [...right.map(() => true), ...wrong.map(() => false)];
	const resample = (values: readonly number[]) =>
		values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN);
	const areas: number[] = [];
	for (let replicate = 0; replicate < replicates; replicate++) {
		areas.push(areaUnderRoc([...resample(right), ...resample(wrong)], labels) ?? Number.NaN);
	}
	areas.sort((left, right) => left - right);
	const tail = (1 - level) / 2;
	const at = (share: number) =>
		areas[Math.min(areas.length - 1, Math.max(0, Math.floor(areas.length * share)))] ?? Number.NaN;
	return { lower: at(tail), upper: at(1 - tail) };
}
