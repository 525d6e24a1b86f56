import type { CascadeLog } from "../log/cascade-log.ts";
import type { AcceptanceCounts } from "./risk.ts";

/** Which rows count: 1 for each that does, or a question asked of each position. Absent: all. */
export type RowFilter = Uint8Array | ((row: number) => boolean);

/**
 * What becomes of the rows of a two-stage cascade at each of many thresholds: a row is accepted where
 * `confidence >= threshold`, the one comparison that the Worker makes too, and so never without a reading (NaN). `wrong`
 * and `lastWrong` are 1 where the small and the last model are wrong.
 *
 * O(n log J): each row is counted once, at the strictest threshold that accepts it, and the counts are summed along the
 * thresholds. Throws a RangeError where thresholds do not fall from strict to loose or columns differ in length.
 */
export function countAcceptances(
	confidence: Float64Array,
	wrong: Uint8Array,
	lastWrong: Uint8Array,
	thresholds: Float64Array,
	only?: RowFilter,
): AcceptanceCounts[] {
	if (wrong.length !== confidence.length || lastWrong.length !== confidence.length)
		throw new RangeError("columns must have the same rows");
	if (!areFalling(thresholds)) throw new RangeError("thresholds must fall from strict to loose");
	const isCounted = asMask(only, confidence.length);
	// For each threshold four counters: small wrong (2) + last wrong (1).
	const counters = new Uint32Array(4 * (thresholds.length + 1));
	let rows = 0;
	for (let row = 0; row < confidence.length; row++) {
		if (isCounted !== undefined && isCounted[row] !== 1) continue;
		rows++;
		const step = strictestReached(confidence[row] as number, thresholds);
		const counter = 4 * step + 2 * (wrong[row] as number) + (lastWrong[row] as number);
		counters[counter] = (counters[counter] as number) + 1;
	}
	return sumAlong(counters, thresholds.length, rows);
}

/**
 * What becomes of the rows of a cascade of any length at one vector of thresholds, one for each stage but the last: the
 * first stage whose confidence reaches its threshold answers. Throws a RangeError where there are not so many thresholds.
 */
export function countVector(log: CascadeLog, thresholds: readonly number[], only?: RowFilter): AcceptanceCounts {
	const last = log.stages.at(-1);
	if (last === undefined || thresholds.length !== log.stages.length - 1)
		throw new RangeError("each stage but the last needs a threshold");
	const isCounted = asMask(only, log.rows);
	let [rows, accepted, wrong, worse, better] = [0, 0, 0, 0, 0];
	for (let row = 0; row < log.rows; row++) {
		if (isCounted !== undefined && isCounted[row] !== 1) continue;
		rows++;
		const answering = answeringStage(log, thresholds, row);
		if (answering === undefined) continue;
		accepted++;
		const isWrong = answering.wrong[row] === 1;
		const isLastWrong = last.wrong[row] === 1;
		if (isWrong) wrong++;
		if (isWrong && !isLastWrong) worse++;
		if (!isWrong && isLastWrong) better++;
	}
	return { rows, accepted, wrong, worse, better };
}

function answeringStage(log: CascadeLog, thresholds: readonly number[], row: number) {
	for (let position = 0; position < thresholds.length; position++) {
		const stage = log.stages[position];
		if (stage !== undefined && (stage.confidence[row] as number) >= (thresholds[position] as number)) return stage;
	}
	return undefined;
}

/** The first position whose threshold the score reaches; the number of thresholds where it reaches none, as NaN does. */
function strictestReached(score: number, thresholds: Float64Array): number {
	let low = 0;
	let high = thresholds.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (score >= (thresholds[middle] as number)) high = middle;
		else low = middle + 1;
	}
	return low;
}

function sumAlong(counters: Uint32Array, steps: number, rows: number): AcceptanceCounts[] {
	let [accepted, wrong, worse, better] = [0, 0, 0, 0];
	return Array.from({ length: steps }, (_, step) => {
		const [bothRight, lastOnly, smallOnly, bothWrong] = counters.subarray(4 * step, 4 * step + 4) as unknown as [
			number,
			number,
			number,
			number,
		];
		accepted += bothRight + lastOnly + smallOnly + bothWrong;
		wrong += smallOnly + bothWrong;
		worse += smallOnly;
		better += lastOnly;
		return { rows, accepted, wrong, worse, better };
	});
}

function areFalling(thresholds: Float64Array): boolean {
	return thresholds.every((threshold, index) =>
		index === 0 ? !Number.isNaN(threshold) : threshold < (thresholds[index - 1] as number),
	);
}

function asMask(only: RowFilter | undefined, rows: number): Uint8Array | undefined {
	if (typeof only !== "function") return only;
	return Uint8Array.from({ length: rows }, (_, row) => (only(row) ? 1 : 0));
}
