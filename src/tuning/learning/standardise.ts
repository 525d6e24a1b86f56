/** Columns of mean 0 and (population) standard deviation 1, without those that are constant. */
export interface StandardisedColumns {
	readonly columns: readonly Float64Array[];
	/** Which of the given columns each one is. */
	readonly positions: readonly number[];
	readonly means: readonly number[];
	readonly deviations: readonly number[];
}

/** Relative to the largest value: what a constant column's deviation is after rounding. */
const CONSTANT = 1e-12;

/** Standardises columns of finite numbers; a constant one says nothing and is left out. */
export function standardise(columns: readonly Float64Array[]): StandardisedColumns {
	const kept = columns.map((column, position) => ({ column, position, ...momentsOf(column) }));
	const varying = kept.filter(({ deviation, largest }) => deviation > CONSTANT * largest);
	return {
		columns: varying.map(({ column, mean, deviation }) => column.map((value) => (value - mean) / deviation)),
		positions: varying.map(({ position }) => position),
		means: varying.map(({ mean }) => mean),
		deviations: varying.map(({ deviation }) => deviation),
	};
}

function momentsOf(column: Float64Array): { mean: number; deviation: number; largest: number } {
	const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
	const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
	const largest = column.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
	return { mean, deviation: Math.sqrt(variance), largest };
}

/** Brings columns to a mean square of 1 and leaves none out; one of zeros stays as it is. */
export function scaleOnly(columns: readonly Float64Array[]): StandardisedColumns {
	const deviations = columns.map((column) => {
		const square = column.reduce((sum, value) => sum + value * value, 0) / column.length;
		return square > 0 ? Math.sqrt(square) : 1;
	});
	return {
		columns: columns.map((column, position) => column.map((value) => value / (deviations[position] as number))),
		positions: columns.map((_, position) => position),
		means: columns.map(() => 0),
		deviations,
	};
}
