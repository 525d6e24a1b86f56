/** Mean of the values that are known; NaN where none is. */
export function meanKnown(column: Float64Array): number {
	const known = column.filter((value) => !Number.isNaN(value));
	return known.reduce((sum, value) => sum + value, 0) / known.length;
}
