import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { solvePositiveDefinite } from "../../../src/tuning/learning/linear-system.ts";

describe("a positive definite system", () => {
	it("is solved", () => {
		const entries = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 12, maxLength: 12 });
		fc.assert(
			fc.property(entries, (entries) => {
				const [factor, wanted] = [entries.slice(0, 9), entries.slice(9)];
				const at = (row: number, column: number) => factor[row * 3 + column] as number;
				// F Fᵀ + 1 is positive definite whatever F is.
				const matrix = Float64Array.from({ length: 9 }, (_, place) => {
					const [row, column] = [Math.floor(place / 3), place % 3];
					const product = [0, 1, 2].reduce((sum, inner) => sum + at(row, inner) * at(column, inner), 0);
					return product + (row === column ? 1 : 0);
				});
				const vector = Float64Array.from([0, 1, 2], (row) =>
					wanted.reduce((sum, value, column) => sum + (matrix[row * 3 + column] as number) * value, 0),
				);
				const solution = solvePositiveDefinite(matrix, vector, 3) as Float64Array;
				for (const [index, value] of wanted.entries()) expect(solution[index]).toBeCloseTo(value, 8);
			}),
		);
	});

	it("is refused where it is singular, indefinite or not finite", () => {
		expect(solvePositiveDefinite(Float64Array.of(1, 1, 1, 1), Float64Array.of(1, 1), 2)).toBeNull();
		expect(solvePositiveDefinite(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1), 2)).toBeNull();
		expect(solvePositiveDefinite(Float64Array.of(Number.NaN), Float64Array.of(1), 1)).toBeNull();
		expect(solvePositiveDefinite(Float64Array.of(0), Float64Array.of(1), 1)).toBeNull();
	});
});
