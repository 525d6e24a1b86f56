/** A pivot that keeps less than this share of its diagonal entry is rounding, not information. */
const LEAST_PIVOT = 1e-11;

/**
 * Solves A x = b for a symmetric positive definite A of `size` rows, given row by row (only the lower triangle is read), by
 * Cholesky's factorisation. Null where A is not positive definite to within rounding, or holds a number that is not finite.
 */
export function solvePositiveDefinite(matrix: Float64Array, vector: Float64Array, size: number): Float64Array | null {
	const factor = new Float64Array(size * size);
	const solution = vector.slice();
	for (let row = 0; row < size; row++) {
		for (let column = 0; column <= row; column++) {
			let rest = matrix[row * size + column] as number;
			for (let inner = 0; inner < column; inner++)
				rest -= (factor[row * size + inner] as number) * (factor[column * size + inner] as number);
			if (row !== column) {
				factor[row * size + column] = rest / (factor[column * size + column] as number);
				continue;
			}
			if (!(rest > LEAST_PIVOT * (matrix[row * size + row] as number) && rest < Number.POSITIVE_INFINITY)) return null;
			factor[row * size + row] = Math.sqrt(rest);
		}
	}
	for (let row = 0; row < size; row++) {
		let rest = solution[row] as number;
		for (let inner = 0; inner < row; inner++)
			rest -= (factor[row * size + inner] as number) * (solution[inner] as number);
		solution[row] = rest / (factor[row * size + row] as number);
	}
	for (let row = size - 1; row >= 0; row--) {
		let rest = solution[row] as number;
		for (let inner = row + 1; inner < size; inner++)
			rest -= (factor[inner * size + row] as number) * (solution[inner] as number);
		solution[row] = rest / (factor[row * size + row] as number);
	}
	return solution;
}
