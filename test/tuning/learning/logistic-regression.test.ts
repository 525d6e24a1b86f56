import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitLogistic, meanLogLoss, predictLogistic } from "../../../src/tuning/learning/logistic-regression.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import vectors from "../../fixtures/tuning-vectors-learning.json" with { type: "json" };
import { relativeError } from "../relative-error.ts";

const logit = (probability: number) => Math.log(probability / (1 - probability));
const columns = (...lists: readonly (readonly number[])[]) => lists.map((list) => Float64Array.from(list));

/** Rows whose labels follow a known regression. */
function drawnRows(rows: number, bias: number, weights: readonly number[], seed: number) {
	const random = seededRandom(seed);
	const drawn = weights.map((_, column) =>
		Float64Array.from({ length: rows }, () => (random() - 0.5) * 10 ** column + 3),
	);
	const probabilities = predictLogistic({ bias, weights }, drawn, rows);
	return { drawn, targets: Uint8Array.from(probabilities, (probability) => (random() < probability ? 1 : 0)) };
}

/** Derivative of the penalised loss by the intercept and each standardised weight, from the definition. */
function gradientOf(
	drawn: readonly Float64Array[],
	targets: ArrayLike<number>,
	ridge: number,
	fit: { bias: number; weights: readonly number[] },
) {
	const rows = targets.length;
	const residuals = predictLogistic(fit, drawn, rows).map(
		(probability, row) => (probability - (targets[row] as number)) / rows,
	);
	const byWeight = drawn.map((column, index) => {
		const mean = column.reduce((sum, value) => sum + value, 0) / rows;
		const deviation = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows);
		const slope = residuals.reduce(
			(sum, residual, row) => sum + (residual * ((column[row] as number) - mean)) / deviation,
			0,
		);
		return slope + ridge * (fit.weights[index] as number) * deviation;
	});
	return [residuals.reduce((sum, residual) => sum + residual, 0), ...byWeight];
}

describe("logistic regression", () => {
	it("finds Platt's unsmoothed sigmoid on one feature without ridge", () => {
		const fit = fitLogistic([Float64Array.from(vectors.conf, logit)], Uint8Array.from(vectors.correct), { ridge: 0 });
		if (!fit.ok) throw new Error(fit.error.kind);
		expect(relativeError(fit.value.weights[0] as number, vectors.platt_unsmoothed.a)).toBeLessThan(1e-9);
		expect(relativeError(fit.value.bias, vectors.platt_unsmoothed.b)).toBeLessThan(1e-9);
	});

	it("takes fractions as targets: Platt's smoothed sigmoid", () => {
		const [high, low] = vectors.platt_smoothed.targets as [number, number];
		const targets = Float64Array.from(vectors.correct, (correct) => (correct === 1 ? high : low));
		const fit = fitLogistic([Float64Array.from(vectors.conf, logit)], targets, { ridge: 0 });
		if (!fit.ok) throw new Error(fit.error.kind);
		expect(relativeError(fit.value.weights[0] as number, vectors.platt_smoothed.a)).toBeLessThan(1e-9);
		expect(relativeError(fit.value.bias, vectors.platt_smoothed.b)).toBeLessThan(1e-9);
	});

	it.each([0, 1e-3, 0.1, 10])("leaves no slope at its minimum, ridge %d", (ridge) => {
		const { drawn, targets } = drawnRows(400, 1, [0.6, -0.2, 0.01], 5);
		const fit = fitLogistic(drawn, targets, { ridge });
		if (!fit.ok) throw new Error(fit.error.kind);
		for (const slope of gradientOf(drawn, targets, ridge, fit.value)) expect(Math.abs(slope)).toBeLessThan(1e-12);
	});

	it("recovers the regression that drew the labels", () => {
		const { drawn, targets } = drawnRows(40_000, -1, [0.8, -0.3], 11);
		const fit = fitLogistic(drawn, targets, { ridge: 0 });
		if (!fit.ok) throw new Error(fit.error.kind);
		expect(Math.abs((fit.value.weights[0] as number) - 0.8)).toBeLessThan(0.15);
		expect(Math.abs((fit.value.weights[1] as number) + 0.3)).toBeLessThan(0.02);
	});

	it("takes a ridge of 0.001 where none is given", () => {
		const { drawn, targets } = drawnRows(100, 0, [1], 2);
		expect(fitLogistic(drawn, targets)).toEqual(fitLogistic(drawn, targets, { ridge: 1e-3 }));
		expect(fitLogistic(drawn, targets)).not.toEqual(fitLogistic(drawn, targets, { ridge: 0 }));
	});

	it("predicts the same whatever the unit of a feature, ridge and all", () => {
		fc.assert(
			fc.property(
				fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
				fc.double({ min: -5, max: 5, noNaN: true }),
				(scale, shift) => {
					const { drawn, targets } = drawnRows(80, 0, [1], 3);
					const other = drawn.map((column) => column.map((value) => scale * (value + shift)));
					const [fit, same] = [fitLogistic(drawn, targets), fitLogistic(other, targets)];
					if (!fit.ok || !same.ok) throw new Error("must fit");
					const expected = predictLogistic(fit.value, drawn, 80);
					for (const [row, probability] of predictLogistic(same.value, other, 80).entries())
						expect(Math.abs(probability - (expected[row] as number))).toBeLessThan(1e-7);
				},
			),
			{ numRuns: 30 },
		);
	});

	it("gives a constant feature weight 0 and the others what they would have without it", () => {
		const { drawn, targets } = drawnRows(200, 0, [1], 4);
		const fit = fitLogistic([new Float64Array(200).fill(0.1), ...drawn], targets);
		const without = fitLogistic(drawn, targets);
		if (!fit.ok || !without.ok) throw new Error("must fit");
		expect(fit.value.weights).toEqual([0, ...without.value.weights]);
		expect(fit.value.bias).toBe(without.value.bias);
	});

	it("is the share of ones where there is no feature", () => {
		const fit = fitLogistic([], Uint8Array.of(1, 0, 0, 0));
		if (!fit.ok) throw new Error(fit.error.kind);
		expect(fit.value.bias).toBeCloseTo(Math.log(1 / 3), 12);
	});

	describe("says why it cannot fit", () => {
		const separable = columns([1, 2, 3, 4]);
		it.each([
			["no rows", columns([]), Uint8Array.of(), {}, { kind: "no-rows" }],
			["columns of other lengths", columns([1, 2]), Uint8Array.of(0, 1, 1), {}, { kind: "length-mismatch" }],
			["a negative ridge", columns([1, 2]), Uint8Array.of(0, 1), { ridge: -1 }, { kind: "bad-ridge" }],
			[
				"an endless ridge",
				columns([1, 2]),
				Uint8Array.of(0, 1),
				{ ridge: Number.POSITIVE_INFINITY },
				{ kind: "bad-ridge" },
			],
			["NaN", columns([1, 2], [1, Number.NaN]), Uint8Array.of(0, 1), {}, { kind: "not-finite", column: 1, row: 1 }],
			[
				"infinity",
				columns([Number.NEGATIVE_INFINITY, 2]),
				Uint8Array.of(0, 1),
				{},
				{ kind: "not-finite", column: 0, row: 0 },
			],
			["a target above 1", columns([1, 2]), Uint8Array.of(0, 2), {}, { kind: "bad-target", row: 1 }],
			["a target that is NaN", columns([1, 2]), Float64Array.of(Number.NaN, 1), {}, { kind: "bad-target", row: 0 }],
			["only ones", columns([1, 2]), Uint8Array.of(1, 1), {}, { kind: "one-class" }],
			["only zeros, ridge or not", columns([1, 2]), Uint8Array.of(0, 0), { ridge: 1 }, { kind: "one-class" }],
			["classes that a feature divides", separable, Uint8Array.of(0, 0, 1, 1), { ridge: 0 }, { kind: "separable" }],
			[
				"classes that touch in one value",
				columns([1, 2, 2, 3]),
				Uint8Array.of(0, 0, 1, 1),
				{ ridge: 0 },
				{ kind: "separable" },
			],
			[
				"a feature twice",
				columns([1, 2, 3, 4], [2, 4, 6, 8]),
				Uint8Array.of(0, 1, 0, 1),
				{ ridge: 0 },
				{ kind: "collinear" },
			],
		] as const)("%s", (_, drawn, targets, options, failure) => {
			expect(fitLogistic(drawn, targets, options)).toEqual({ ok: false, error: failure });
		});

		it("but not where a ridge makes one answer best", () => {
			expect(fitLogistic(separable, Uint8Array.of(0, 0, 1, 1)).ok).toBe(true);
			const twice = fitLogistic(columns([1, 2, 3, 4], [2, 4, 6, 8]), Uint8Array.of(0, 1, 0, 1));
			if (!twice.ok) throw new Error(twice.error.kind);
			const [left, right] = twice.value.weights as [number, number];
			expect(left).toBeCloseTo(2 * right, 10);
		});
	});
});

describe("predictions", () => {
	it("are NaN exactly where a value that has a weight is not finite", () => {
		const model = { bias: 0, weights: [0, 1] };
		const values = columns([Number.NaN, 1, 1], [0, Number.NEGATIVE_INFINITY, 0]);
		expect(predictLogistic(model, values, 3)).toEqual(Float64Array.of(0.5, Number.NaN, 0.5));
	});
});

describe("log loss", () => {
	it("is the mean surprise, finite even where a probability rounded to 0 or 1", () => {
		expect(meanLogLoss(Float64Array.of(0.5, 0.25), [1, 0])).toBeCloseTo((Math.LN2 - Math.log(0.75)) / 2, 12);
		expect(meanLogLoss(Float64Array.of(1), [1])).toBeCloseTo(0, 12);
		expect(meanLogLoss(Float64Array.of(1), [0])).toBeGreaterThan(30);
		expect(Number.isFinite(meanLogLoss(Float64Array.of(0), [1]))).toBe(true);
	});

	it("goes through one half at zero without an intercept, with the gradient of its weights at 0", () => {
		const { drawn, targets } = drawnRows(2_000, 1, [0.8, -0.1], 9);
		const fit = fitLogistic(drawn, targets, { ridge: 0, hasIntercept: false });
		if (!fit.ok) throw new Error(fit.error.kind);
		expect(fit.value.bias).toBe(0);
		const probabilities = predictLogistic(fit.value, drawn, targets.length);
		for (const column of drawn) {
			const slope = column.reduce(
				(sum, value, row) => sum + value * ((probabilities[row] ?? 0) - (targets[row] ?? 0)),
				0,
			);
			expect(slope / targets.length).toBeCloseTo(0, 9);
		}
		// All right has a best slope where scores lie on both sides of zero, and a column of zeros none.
		expect(fitLogistic(columns([2, -1, 1]), Uint8Array.of(1, 1, 1), { ridge: 0, hasIntercept: false }).ok).toBe(true);
		expect(fitLogistic(columns([0, 0]), Uint8Array.of(1, 0), { ridge: 0, hasIntercept: false })).toEqual({
			ok: false,
			error: { kind: "collinear" },
		});
	});
});
