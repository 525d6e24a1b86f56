import { describe, expect, it } from "vitest";
import { fitLogisticRegression } from "../../../tools/mail-job/logistic-regression.ts";

/** `times` rows with this x, of which `right` are right. */
function rows(x: number, times: number, right: number) {
	return Array.from({ length: times }, (_, index) => ({ row: { x, constant: 7, copy: 2 * x }, right: index < right }));
}

/** Log-odds of 1/4 at x = 0 and of 3/4 at x = 2, so without a penalty the line through both fits exactly. */
const EXAMPLES = [...rows(0, 40, 10), ...rows(2, 40, 30)];

function fit<Feature extends "x" | "constant" | "copy">(features: readonly Feature[], ridge: number) {
	return fitLogisticRegression<Feature>(
		EXAMPLES.map(({ row }) => row),
		EXAMPLES.map(({ right }) => right),
		features,
		ridge,
	);
}

describe("fitLogisticRegression", () => {
	it("finds the log-odds that the rows have where the penalty is next to nothing", () => {
		const { bias, weights } = fit(["x"], 1e-9);
		expect(bias).toBeCloseTo(-Math.log(3), 6);
		expect(weights.x).toBeCloseTo(Math.log(3), 6);
	});

	it("makes the gradient of the penalised likelihood zero", () => {
		const ridge = 5;
		const { bias, weights } = fit(["x"], ridge);
		const residuals = EXAMPLES.map(({ row, right }) => Number(right) - 1 / (1 + Math.exp(-(bias + weights.x * row.x))));
		// The deviation of x is 1, so its standardised weight is its weight.
		const slope = residuals.reduce((sum, residual, index) => sum + residual * ((EXAMPLES[index]?.row.x ?? 0) - 1), 0);
		expect(residuals.reduce((sum, residual) => sum + residual, 0)).toBeCloseTo(0, 8);
		expect(slope - ridge * weights.x).toBeCloseTo(0, 8);
	});

	it("gives a feature that never varies no weight", () => {
		const { bias, weights } = fit(["constant", "x"], 1e-9);
		expect(weights.constant).toBe(0);
		expect(bias).toBeCloseTo(-Math.log(3), 6);
	});

	it("shares a weight between two features of which one is a copy of the other", () => {
		const { weights } = fit(["x", "copy"], 1e-6);
		expect(weights.x).toBeCloseTo(Math.log(3) / 2, 4);
		expect(weights.copy).toBeCloseTo(Math.log(3) / 4, 4);
	});

	it("stays finite where one threshold parts right from wrong", () => {
		const separable = [...rows(0, 5, 0), ...rows(1, 5, 5)];
		const { bias, weights } = fitLogisticRegression(
			separable.map(({ row }) => row),
			separable.map(({ right }) => right),
			["x"],
			1,
		);
		expect(Number.isFinite(bias)).toBe(true);
		expect(weights.x).toBeGreaterThan(0);
	});
});
