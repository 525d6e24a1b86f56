import { rankTies, sortByRank } from "./ties.ts";

/** How confidences are put into bins: of equal width over [0, 1], or of equally many rows. */
export type Binning = "equal-width" | "equal-mass";

/** One bar of a reliability diagram. */
export interface CalibrationBin {
	readonly rows: number;
	/** Mean confidence; null where the bin is empty. */
	readonly confidence: number | null;
	/** Share that is right; null where the bin is empty. */
	readonly accuracy: number | null;
	/** For equal width the bin's ends, (lower, upper]; for equal mass its least and greatest confidence. */
	readonly lower: number;
	readonly upper: number;
}

/**
 * Reliability bins. Equal width: (lo, hi], 0 in the first bin. Equal mass: bin j holds the rows ⌊jn/M⌋ to ⌊(j+1)n/M⌋ − 1 by
 * rising confidence; rows of one confidence that fall into two bins count in both with the mean of all of them, so the order
 * of the rows does not matter; with fewer rows than bins there are as many bins as rows. `correct` is 1 where right. Rows
 * without a reading (NaN) are left out.
 */
export function calibrationBins(
	confidence: ArrayLike<number>,
	correct: ArrayLike<number>,
	binning: Binning,
	bins: number = 10,
): CalibrationBin[] {
	if (correct.length !== confidence.length) throw new RangeError("each confidence needs its verdict");
	if (!(Number.isInteger(bins) && bins > 0)) throw new RangeError("bins must be a positive whole number");
	return binning === "equal-width" ? binsOfWidth(confidence, correct, bins) : binsOfMass(confidence, correct, bins);
}

/** How far confidence is from the share that is right, in [0, 1]. */
export interface CalibrationError {
	/** ECE: mean distance over the rows. */
	readonly expected: number;
	/** MCE: greatest distance of any bin. */
	readonly maximum: number;
}

/**
 * ECE and MCE of bins (Naeini, Cooper & Hauskrecht, AAAI 2015). Both depend on the binning, which belongs beside the
 * figure. Undefined where all bins are empty.
 */
export function calibrationError(bins: readonly CalibrationBin[]): CalibrationError | undefined {
	const rows = rowsOf(bins);
	if (rows === 0) return undefined;
	let [expected, maximum] = [0, 0];
	for (const { rows: here, confidence, accuracy } of bins) {
		if (confidence === null || accuracy === null) continue;
		const gap = Math.abs(confidence - accuracy);
		expected += (here / rows) * gap;
		maximum = Math.max(maximum, gap);
	}
	return { expected, maximum };
}

/** The parts of a Brier score: reliability − resolution + uncertainty. */
export interface MurphySplit {
	/** Mean squared distance between confidence and the share that is right; 0 is best. */
	readonly reliability: number;
	/** How much the bins' shares differ from each other; more is better. */
	readonly resolution: number;
	/** Variance of right and wrong, which no confidence changes. */
	readonly uncertainty: number;
}

/**
 * Murphy's split (Journal of Applied Meteorology 12, 1973) of the Brier score in which each row's confidence is its bin's
 * mean; the Brier score itself only where every bin holds a single confidence. Undefined where all bins are empty.
 */
export function murphySplit(bins: readonly CalibrationBin[]): MurphySplit | undefined {
	const rows = rowsOf(bins);
	if (rows === 0) return undefined;
	const base = bins.reduce((sum, bin) => sum + bin.rows * (bin.accuracy ?? 0), 0) / rows;
	let [reliability, resolution] = [0, 0];
	for (const { rows: here, confidence, accuracy } of bins) {
		if (confidence === null || accuracy === null) continue;
		reliability += (here / rows) * (confidence - accuracy) ** 2;
		resolution += (here / rows) * (accuracy - base) ** 2;
	}
	return { reliability, resolution, uncertainty: base * (1 - base) };
}

function rowsOf(bins: readonly CalibrationBin[]): number {
	return bins.reduce((sum, { rows }) => sum + rows, 0);
}

/** So that 0.07, a hundred times which is rounded above 7, stays in (0.06, 0.07]. */
const ROUNDING = 1e-12;

/** Which of `bins` bins of equal width over [0, 1] a value is in, from 0; NaN for NaN. Values outside are in the nearest. */
export function binOfWidth(value: number, bins: number): number {
	return Math.min(bins - 1, Math.max(0, Math.ceil(value * bins - ROUNDING) - 1));
}

function binsOfWidth(confidence: ArrayLike<number>, correct: ArrayLike<number>, bins: number): CalibrationBin[] {
	const rows = new Float64Array(bins);
	const confidences = new Float64Array(bins);
	const rights = new Float64Array(bins);
	for (let row = 0; row < confidence.length; row++) {
		const value = confidence[row] as number;
		if (Number.isNaN(value)) continue;
		const bin = binOfWidth(value, bins);
		rows[bin] = (rows[bin] as number) + 1;
		confidences[bin] = (confidences[bin] as number) + value;
		rights[bin] = (rights[bin] as number) + (correct[row] as number);
	}
	return Array.from(rows, (count, bin) => ({
		rows: count,
		...meansOf(count, confidences[bin] as number, rights[bin] as number),
		lower: bin / bins,
		upper: (bin + 1) / bins,
	}));
}

function binsOfMass(confidence: ArrayLike<number>, correct: ArrayLike<number>, bins: number): CalibrationBin[] {
	const ties = rankTies(confidence);
	const rightOf = meanByRank(ties.ranks, correct, ties.values.length);
	const sorted = sortByRank(ties).filter((row) => ties.ranks[row] !== -1);
	const count = Math.min(bins, sorted.length);
	return Array.from({ length: count }, (_, bin) => {
		const inside = sorted.subarray(
			Math.floor((bin * sorted.length) / count),
			Math.floor(((bin + 1) * sorted.length) / count),
		);
		let [sum, right] = [0, 0];
		for (const row of inside) {
			sum += confidence[row] as number;
			right += rightOf[ties.ranks[row] as number] as number;
		}
		return {
			rows: inside.length,
			...meansOf(inside.length, sum, right),
			lower: confidence[inside[0] as number] as number,
			upper: confidence[inside.at(-1) as number] as number,
		};
	});
}

function meanByRank(ranks: Int32Array, correct: ArrayLike<number>, distinct: number): Float64Array {
	const rows = new Float64Array(distinct);
	const rights = new Float64Array(distinct);
	for (const [row, rank] of ranks.entries()) {
		if (rank < 0) continue;
		rows[rank] = (rows[rank] as number) + 1;
		rights[rank] = (rights[rank] as number) + (correct[row] as number);
	}
	return rights.map((right, rank) => right / (rows[rank] as number));
}

function meansOf(rows: number, confidences: number, rights: number): Pick<CalibrationBin, "confidence" | "accuracy"> {
	return rows === 0
		? { confidence: null, accuracy: null }
		: { confidence: confidences / rows, accuracy: rights / rows };
}
