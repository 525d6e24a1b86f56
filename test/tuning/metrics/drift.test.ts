import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	cumulativeSum,
	kolmogorovSmirnov,
	populationStabilityIndex,
	scoreStability,
} from "../../../src/tuning/metrics/drift.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import vectors from "../../fixtures/tuning-vectors-metrics.json" with { type: "json" };
import { expectClose } from "./close-to.ts";

const { psi, ks, cusum_page } = vectors;
const scores = fc.array(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, Number.NaN)), {
	minLength: 1,
});

describe("the population stability index", () => {
	it("is the reference's", () => {
		expectClose(populationStabilityIndex(psi.ref, psi.cur), psi.psi);
	});

	it("clips empty bins", () => {
		expectClose(populationStabilityIndex([1, 0], [0, 1]), 2 * (1 - 1e-4) * Math.log(1e4));
		expect(() => populationStabilityIndex([1], [0.5, 0.5])).toThrow(RangeError);
	});

	it("of scores cuts at the reference's quantiles and sees missing readings", () => {
		const reference = Array.from({ length: 100 }, (_, row) => (row + 1) / 100);
		expect(scoreStability(reference, reference)).toBe(0);
		// All in the tenth bin, as 0.91 to 1 are.
		const expected = 9 * (1e-4 - 0.1) * Math.log(1e-4 / 0.1) + 0.9 * Math.log(10);
		expectClose(scoreStability(reference, [0.95, 1, 7]), expected);
		expectClose(scoreStability([0.5], [Number.NaN]), 2 * (1 - 1e-4) * Math.log(1e4));
	});

	it("of scores works where all are tied, is undefined without rows, and refuses no bins", () => {
		expect(scoreStability([1, 1, 1], [1])).toBe(0);
		expect(scoreStability([], [1])).toBeUndefined();
		expect(scoreStability([1], [])).toBeUndefined();
		expect(() => scoreStability([1], [1], 0)).toThrow(RangeError);
	});

	it("is never below 0, and 0 for the same scores in another order", () => {
		fc.assert(
			fc.property(scores, scores, (before, now) => {
				expect(scoreStability(before, now)).toBeGreaterThanOrEqual(0);
				expect(scoreStability(before, before.toReversed())).toBeCloseTo(0, 12);
			}),
		);
	});
});

describe("the Kolmogorov-Smirnov test", () => {
	it("is the reference's", () => {
		const test = kolmogorovSmirnov(ks.a, ks.b);
		expectClose(test?.distance, ks.D);
		expectClose(test?.pValue, ks.p_asymptotic_stephens);
	});

	it("finds no distance between equal samples and the whole between separate ones, ties and all", () => {
		expect(kolmogorovSmirnov([0.5, 0.5, 1], [1, 0.5, 0.5])).toEqual({ distance: 0, pValue: 1 });
		expect(kolmogorovSmirnov([0, 0], [1])?.distance).toBe(1);
		expect(kolmogorovSmirnov([0, 1], [1, 1])?.distance).toBe(0.5);
	});

	it("leaves out rows without a reading, and is undefined where none is left", () => {
		expect(kolmogorovSmirnov([0, Number.NaN, 1], [1, 1])).toEqual(kolmogorovSmirnov([0, 1], [1, 1]));
		expect(kolmogorovSmirnov([Number.NaN], [1])).toBeUndefined();
		expect(kolmogorovSmirnov([1], [])).toBeUndefined();
	});

	it("has p-values that fall with the distance, through the change of series, and stay in [0, 1]", () => {
		// Two samples of 100: a shift by k rows is a distance of k/100.
		const first = Array.from({ length: 100 }, (_, row) => row);
		const pValues = Array.from({ length: 101 }, (_, shift) => {
			const test = kolmogorovSmirnov(
				first,
				first.map((row) => row + shift),
			);
			expect(test?.distance).toBeCloseTo(shift / 100, 12);
			return test?.pValue as number;
		});
		expect(pValues[0]).toBe(1);
		for (const [shift, pValue] of pValues.entries()) {
			expect(pValue).toBeGreaterThanOrEqual(0);
			expect(pValue).toBeLessThanOrEqual(pValues[shift - 1] ?? 1);
		}
		// Kolmogorov's distribution has its median at 0.8276 and its upper 5% at 1.3581.
		const scale = Math.sqrt(50) + 0.12 + 0.11 / Math.sqrt(50);
		expect(pValues[Math.round((100 * 0.8276) / scale)]).toBeCloseTo(0.5, 0);
		expect(pValues[Math.round((100 * 1.3581) / scale)]).toBeCloseTo(0.05, 1);
	});

	it("rejects about as often as it says where nothing changed", () => {
		const random = seededRandom(4);
		const sample = () => Array.from({ length: 150 }, random);
		const rejections = Array.from({ length: 400 }, () => kolmogorovSmirnov(sample(), sample())?.pValue ?? 0).filter(
			(pValue) => pValue <= 0.1,
		);
		expect(rejections.length / 400).toBeLessThan(0.15);
		expect(rejections.length / 400).toBeGreaterThan(0.05);
	});
});

describe("the cumulative sum", () => {
	it("is the reference's", () => {
		expectClose(cumulativeSum(cusum_page.x, { target: cusum_page.target, slack: cusum_page.slack_k }), cusum_page.S);
	});

	it("never goes below 0", () => {
		expect([...cumulativeSum([0, 0, 0], { target: 0.1, slack: 0 })]).toEqual([0, 0, 0]);
	});
});
