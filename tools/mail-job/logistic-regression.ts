/** Weights of a logistic regression over named features. */
export interface LogisticWeights<Feature extends string> {
	readonly bias: number;
	readonly weights: Readonly<Record<Feature, number>>;
}

/**
 * Fits P(right) = 1 / (1 + exp(-(bias + sum w x))) by Newton's method (iteratively reweighted least squares: Hastie,
 * Tibshirani & Friedman, The Elements of Statistical Learning, 2009, 4.4.1), with the penalty ridge / 2 x sum of squared
 * weights of the standardised features, the bias free. The weights that it returns are for the features as they are. A
 * feature that never varies has weight 0. Needs at least one row of each class, and a ridge above 0.
 */
export function fitLogisticRegression<Feature extends string>(
	rows: readonly Readonly<Record<Feature, number>>[],
	right: readonly boolean[],
	features: readonly Feature[],
	ridge: number,
): LogisticWeights<Feature> {
	const means = features.map((feature) => mean(rows.map((row) => row[feature])));
	const deviations = features.map((feature, column) =>
		Math.sqrt(mean(rows.map((row) => (row[feature] - at(means, column)) ** 2))),
	);
	const standardised = rows.map((row) => [
		1,
		...features.map((feature, column) =>
			at(deviations, column) > 0 ? (row[feature] - at(means, column)) / at(deviations, column) : 0,
		),
	]);
	const fitted = newton(standardised, right, ridge);
	const weights = features.map((_, column) =>
		at(deviations, column) > 0 ? at(fitted, column + 1) / at(deviations, column) : 0,
	);
	return {
		bias: at(fitted, 0) - weights.reduce((sum, weight, column) => sum + weight * at(means, column), 0),
		weights: Object.fromEntries(features.map((feature, column) => [feature, at(weights, column)])) as Record<
			Feature,
			number
		>,
	};
}

const MOST_STEPS = 50;
const SMALL_STEP = 1e-10;

function newton(rows: readonly (readonly number[])[], right: readonly boolean[], ridge: number): number[] {
	const width = rows[0]?.length ?? 0;
	let weights = Array.from({ length: width }, () => 0);
	for (let step = 0; step < MOST_STEPS; step++) {
		const penalty = (column: number) => (column === 0 ? 0 : ridge);
		const gradient = weights.map((weight, column) => -penalty(column) * weight);
		const curvature = weights.map((_, row) => weights.map((_, column) => (row === column ? penalty(column) : 0)));
		for (const [index, row] of rows.entries()) {
			const probability = 1 / (1 + Math.exp(-row.reduce((sum, value, column) => sum + value * at(weights, column), 0)));
			const residual = (right[index] === true ? 1 : 0) - probability;
			const spread = probability * (1 - probability);
			for (const [column, value] of row.entries()) {
				gradient[column] = at(gradient, column) + residual * value;
				const line = curvature[column] ?? [];
				for (const [other, otherValue] of row.entries()) line[other] = at(line, other) + spread * value * otherValue;
			}
		}
		const change = solve(curvature, gradient);
		weights = weights.map((weight, column) => weight + at(change, column));
		if (Math.max(...change.map(Math.abs)) < SMALL_STEP) break;
	}
	return weights;
}

/** Gauss-Jordan elimination without exchanges: the matrix is positive definite. */
function solve(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
	const lines = matrix.map((line, index) => [...line, at(vector, index)]);
	for (const [column, pivot] of lines.entries()) {
		for (const line of lines) {
			if (line === pivot) continue;
			const factor = at(line, column) / at(pivot, column);
			for (let cell = column; cell < pivot.length; cell++) line[cell] = at(line, cell) - factor * at(pivot, cell);
		}
	}
	return lines.map((line, row) => at(line, lines.length) / at(line, row));
}

function at(values: readonly number[] | undefined, index: number): number {
	return values?.[index] ?? 0;
}

function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}
