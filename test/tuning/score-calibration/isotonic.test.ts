import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Calibrator } from "../../../src/tuning/score-calibration/calibrator.ts";
import { fitIsotonic, poolAdjacentViolators } from "../../../src/tuning/score-calibration/isotonic.ts";
import vectors from "../../fixtures/tuning-vectors-metrics.json" with { type: "json" };
import { expectClose } from "../metrics/close-to.ts";
import { fitted } from "./fitted.ts";

const { isotonic_with_ties: ties } = vectors;

/** The optimum by definition: fit_i = max over starts ≤ i of min over ends ≥ i of the weighted mean between them. */
function minMax(values: readonly number[], weights: readonly number[]): number[] {
	const meanOf = (from: number, to: number): number => {
		let [sum, mass] = [0, 0];
		for (let index = from; index <= to; index++) {
			sum += (values[index] as number) * (weights[index] as number);
			mass += weights[index] as number;
		}
		return sum / mass;
	};
	return values.map((_, index) => {
		const starts = Array.from({ length: index + 1 }, (__, start) => start);
		const ends = Array.from({ length: values.length - index }, (__, end) => index + end);
		return Math.max(...starts.map((start) => Math.min(...ends.map((end) => meanOf(start, end)))));
	});
}

describe("pooling adjacent violators", () => {
	it("is the reference's, with weights and without", () => {
		for (const { y, w, fit } of vectors.pava) expectClose(poolAdjacentViolators(y, w), fit);
	});

	it("never falls and is the least-squares optimum", () => {
		const point = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 4 }));
		fc.assert(
			fc.property(fc.array(point, { maxLength: 12 }), (points) => {
				const [values, weights] = [points.map(([value]) => value), points.map(([, weight]) => weight)];
				const fit = poolAdjacentViolators(values, weights);
				expectClose(fit, minMax(values, weights));
				expect(fit.every((value, index) => value >= (fit[index - 1] ?? -Infinity))).toBe(true);
			}),
		);
	});
});

describe("isotonic calibration", () => {
	it("is the reference's where scores are tied", () => {
		const { calibrate } = fitted(fitIsotonic(ties.score, ties.y));
		expectClose(ties.unique.map(calibrate), ties.fit);
	});

	it("goes straight between two scores and stays level outside all", () => {
		const { calibrate } = fitted(fitIsotonic([0.2, 0.6], [0, 1]));
		expect([0.2, 0.3, 0.4, 0.6].map(calibrate)).toEqual([0, expect.closeTo(0.25, 14), expect.closeTo(0.5, 14), 1]);
		expect([-5, 0, 0.9, Infinity].map(calibrate)).toEqual([0, 0, 1, 1]);
		expect(calibrate(Number.NaN)).toBeNaN();
	});

	it("keeps only the ends of level stretches, which changes nothing", () => {
		const { parameters } = fitted(fitIsotonic([0.1, 0.2, 0.3, 0.4], [0, 0, 0, 1]));
		expect(parameters).toEqual({ kind: "isotonic", scores: [0.1, 0.3, 0.4], values: [0, 0, 1] });
	});

	it("leaves out rows without a score, and has no map where none is left", () => {
		expect(fitted(fitIsotonic([0.2, Number.NaN, 0.6], [0, 0, 1])).parameters).toEqual(
			fitted(fitIsotonic([0.2, 0.6], [0, 1])).parameters,
		);
		expect(fitIsotonic([Number.NaN], [1])).toEqual({ ok: false, error: "no-rows" });
		expect(() => fitIsotonic([0.5], [])).toThrow(RangeError);
	});

	it("is monotone, keeps the mean, and does not depend on the order of the rows", () => {
		const score = fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true }));
		fc.assert(
			fc.property(fc.array(fc.tuple(score, fc.constantFrom(0, 1)), { minLength: 1, maxLength: 30 }), (rows) => {
				const fit = (list: typeof rows): Calibrator =>
					fitted(
						fitIsotonic(
							list.map(([value]) => value),
							list.map(([, verdict]) => verdict),
						),
					);
				const { calibrate, parameters } = fit(rows);
				expect(fit(rows.toReversed()).parameters).toEqual(parameters);
				const values = rows.map(([value]) => value);
				const mapped = values.toSorted((left, right) => left - right).map(calibrate);
				expect(mapped.every((value, index) => value >= (mapped[index - 1] ?? 0))).toBe(true);
				const sum = (list: readonly number[]) => list.reduce((total, value) => total + value, 0);
				expect(sum(values.map(calibrate))).toBeCloseTo(sum(rows.map(([, verdict]) => verdict)), 9);
			}),
		);
	});
});
