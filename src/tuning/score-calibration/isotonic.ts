import { err, ok } from "../../core/result.ts";
import { rankTies } from "../metrics/ties.ts";
import type { Calibrator, CalibratorResult } from "./calibrator.ts";
import { scoredRows } from "./scored-rows.ts";

/**
 * The non-decreasing sequence with the least weighted squared distance to `values`, by pooling adjacent violators (Ayer et
 * al., Annals of Mathematical Statistics 26, 1955). O(n). Weights are above 0, 1 each where not given.
 */
export function poolAdjacentViolators(values: ArrayLike<number>, weights?: ArrayLike<number>): Float64Array {
	const sums = new Float64Array(values.length);
	const masses = new Float64Array(values.length);
	const lengths = new Uint32Array(values.length);
	let blocks = 0;
	const meanOf = (block: number): number => (sums[block] as number) / (masses[block] as number);
	for (let index = 0; index < values.length; index++) {
		const weight = weights === undefined ? 1 : (weights[index] as number);
		sums[blocks] = (values[index] as number) * weight;
		masses[blocks] = weight;
		lengths[blocks] = 1;
		blocks++;
		while (blocks > 1 && meanOf(blocks - 2) >= meanOf(blocks - 1)) {
			blocks--;
			for (const column of [sums, masses, lengths])
				column[blocks - 1] = (column[blocks - 1] as number) + (column[blocks] as number);
		}
	}
	const fitted = new Float64Array(values.length);
	let next = 0;
	for (let block = 0; block < blocks; block++) {
		fitted.fill(meanOf(block), next, next + (lengths[block] as number));
		next += lengths[block] as number;
	}
	return fitted;
}

/**
 * Isotonic regression of right answers on the score (Zadrozny & Elkan, KDD 2002). Equal scores are one point with the mean of
 * their verdicts, weighted by their number, before violators are pooled; otherwise the fit would depend on the order of the
 * rows. Between two scores the value lies on a straight line, outside all it is the nearest one's. Wants about 1,000
 * rows; with fewer its steps follow chance. Fails with `no-rows` only.
 */
export function fitIsotonic(scores: ArrayLike<number>, correct: ArrayLike<number>): CalibratorResult {
	const rows = scoredRows(scores, correct);
	if (rows.scores.length === 0) return err("no-rows");
	const { values, ranks } = rankTies(rows.scores);
	const counts = new Float64Array(values.length);
	const rights = new Float64Array(values.length);
	for (const [row, rank] of ranks.entries()) {
		counts[rank] = (counts[rank] as number) + 1;
		rights[rank] = (rights[rank] as number) + (rows.correct[row] as number);
	}
	const means = rights.map((right, rank) => right / (counts[rank] as number));
	const fitted = poolAdjacentViolators(means, counts);
	// Between the ends of a level stretch its other points say nothing.
	const isCorner = (_: number, index: number): boolean =>
		fitted[index - 1] !== fitted[index] || fitted[index + 1] !== fitted[index];
	return ok(isotonicCalibrator(Array.from(values.filter(isCorner)), Array.from(fitted.filter(isCorner))));
}

/** The map through these points; scores ascend, values do not fall. */
export function isotonicCalibrator(scores: readonly number[], values: readonly number[]): Calibrator {
	return {
		kind: "isotonic",
		parameters: { kind: "isotonic", scores, values },
		calibrate: (score) => interpolate(score, scores, values),
	};
}

function interpolate(score: number, scores: readonly number[], values: readonly number[]): number {
	if (Number.isNaN(score)) return Number.NaN;
	let low = 0;
	let high = scores.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((scores[middle] as number) < score) low = middle + 1;
		else high = middle;
	}
	const above = values[low];
	const below = values[low - 1];
	if (above === undefined) return below as number;
	if (below === undefined || above === below || scores[low] === score) return above;
	const from = scores[low - 1] as number;
	return below + ((score - from) / ((scores[low] as number) - from)) * (above - below);
}
