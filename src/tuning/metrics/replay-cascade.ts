import type { CascadeLog, StageColumns } from "../log/cascade-log.ts";

/**
 * For each row the position of the stage that answers: the first whose confidence reaches its threshold, else the last. One
 * threshold for each stage but the last; null accepts nothing, and neither is a stage without a reading accepted. Throws a
 * RangeError where there are not so many thresholds.
 */
export function answeringStages(
	{ rows, stages }: Pick<CascadeLog, "rows" | "stages">,
	thresholds: readonly (number | null)[],
): Uint8Array {
	if (stages.length === 0 || thresholds.length !== stages.length - 1)
		throw new RangeError("each stage but the last needs a threshold");
	const answering = new Uint8Array(rows).fill(stages.length - 1);
	for (let position = stages.length - 2; position >= 0; position--) {
		const { confidence } = stages[position] as StageColumns;
		const threshold = thresholds[position] ?? Number.POSITIVE_INFINITY;
		for (let row = 0; row < rows; row++) if ((confidence[row] as number) >= threshold) answering[row] = position;
	}
	return answering;
}

/** For each row the sum of a column over the stages asked, up to the one that answers; NaN where a part is unknown. */
export function spentByRow(columns: readonly Float64Array[], answering: Uint8Array): Float64Array {
	return Float64Array.from(answering, (last, row) => {
		let sum = 0;
		for (let position = 0; position <= last; position++) sum += (columns[position] as Float64Array)[row] as number;
		return sum;
	});
}
