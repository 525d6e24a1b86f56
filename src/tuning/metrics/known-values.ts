/** Mean of the values that are known, of all rows or of these; NaN where none is. */
export function meanKnown(column: Float64Array, rows?: Int32Array): number {
	const values = rows === undefined ? column : Float64Array.from(rows, (row) => column[row] as number);
	const known = values.filter((value) => !Number.isNaN(value));
	return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/**
 * The column with `mean` where a value is unknown, its own mean of the known ones unless another is given; NaN everywhere where
 * none is known. The one rule for prices that a log lacks: whoever uses it says that its figures are estimated.
 */
export function withUnknownAtMean(column: Float64Array, mean?: number): Float64Array {
	if (!column.some(Number.isNaN)) return column;
	const stand = mean ?? meanKnown(column);
	return column.map((value) => (Number.isNaN(value) ? stand : value));
}

/** Whether a column has both known and unknown values, so that its mean stands for some. */
export function isPartlyKnown(column: Float64Array): boolean {
	return column.some(Number.isNaN) && !column.every(Number.isNaN);
}
