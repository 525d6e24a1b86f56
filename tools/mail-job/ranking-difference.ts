/** The difference of two areas under the ROC curve, and its 95% interval. */
export interface RankingDifference {
	readonly difference: number;
	readonly lower: number;
	readonly upper: number;
}

const NORMAL_QUANTILE = 1.959964;

/**
 * AUROC of `scores` minus that of `others` on the same answers, with the interval of DeLong, DeLong & Clarke-Pearson
 * (Biometrics 44, 1988), which knows that the two are correlated. Undefined without at least two right and two wrong.
 */
export function rankingDifference(
	scores: readonly number[],
	others: readonly number[],
	right: readonly boolean[],
): RankingDifference | undefined {
	const [one, other] = [placements(scores, right), placements(others, right)];
	const ofRight = differences(one.ofRight, other.ofRight);
	const ofWrong = differences(one.ofWrong, other.ofWrong);
	if (ofRight.length < 2 || ofWrong.length < 2) return undefined;
	const difference = mean(ofRight);
	const error = Math.sqrt(variance(ofRight) / ofRight.length + variance(ofWrong) / ofWrong.length);
	return { difference, lower: difference - NORMAL_QUANTILE * error, upper: difference + NORMAL_QUANTILE * error };
}

/** For each right answer the share of wrong ones below it, for each wrong one that of right ones above; ties count half. */
function placements(scores: readonly number[], right: readonly boolean[]) {
	const sorted = (wanted: boolean) =>
		Float64Array.from(scores.filter((_, index) => (right[index] === true) === wanted)).sort();
	const [ofRight, ofWrong] = [sorted(true), sorted(false)];
	const isIn = (wanted: boolean) => scores.filter((_, index) => (right[index] === true) === wanted);
	const below = (list: Float64Array, score: number) =>
		(countBelow(list, score) + countUpTo(list, score)) / 2 / list.length;
	return {
		ofRight: isIn(true).map((score) => below(ofWrong, score)),
		ofWrong: isIn(false).map((score) => 1 - below(ofRight, score)),
	};
}

function countBelow(sorted: Float64Array, score: number): number {
	return firstWhere(sorted, (value) => value >= score);
}

function countUpTo(sorted: Float64Array, score: number): number {
	return firstWhere(sorted, (value) => value > score);
}

/** The first place where the condition, which once true stays true, is. */
function firstWhere(sorted: Float64Array, condition: (value: number) => boolean): number {
	let [low, high] = [0, sorted.length];
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (condition(sorted[middle] ?? 0)) high = middle;
		else low = middle + 1;
	}
	return low;
}

function differences(values: readonly number[], others: readonly number[]): number[] {
	return values.map((value, index) => value - (others[index] ?? Number.NaN));
}

function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
	const centre = mean(values);
	return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
