import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	binOfWidth,
	calibrationBins,
	calibrationError,
	murphySplit,
} from "../../../src/tuning/metrics/calibration-error.ts";
import { brierScore, logLoss } from "../../../src/tuning/metrics/proper-scores.ts";
import vectors from "../../fixtures/tuning-vectors-metrics.json" with { type: "json" };
import { expectClose } from "./close-to.ts";

const { calibration_metrics: reference } = vectors;
const { conf, correct } = reference;
const binsOf = (count: number) => calibrationBins(conf, correct, "equal-width", count);

const confidence = fc.oneof(
	fc.integer({ min: 0, max: 10 }).map((tenth) => tenth / 10),
	fc.double({ min: 0, max: 1, noNaN: true }),
);
const rows = fc.array(fc.tuple(confidence, fc.constantFrom(0, 1)), { minLength: 1, maxLength: 40 });

describe("calibration errors", () => {
	it("are the reference's in bins of equal width", () => {
		expectClose(calibrationError(binsOf(10))?.expected, reference.ece_10);
		expectClose(calibrationError(binsOf(10))?.maximum, reference.mce_10);
		expectClose(calibrationError(binsOf(5))?.expected, reference.ece_5);
		expectClose(calibrationError(binsOf(5))?.maximum, reference.mce_5);
	});

	it("are the reference's in bins of equal mass", () => {
		expectClose(
			calibrationError(calibrationBins(conf, correct, "equal-mass", 5))?.expected,
			reference.ece_equal_mass_5,
		);
	});

	it("come from the reference's bins", () => {
		const bins = binsOf(10);
		expect(bins.map(({ rows: count }) => count)).toEqual(reference.bins_10.map(({ n }) => n));
		expectClose(
			bins.map((bin) => bin.confidence as number),
			reference.bins_10.map((bin) => bin.conf),
		);
		expectClose(
			bins.map((bin) => bin.accuracy as number),
			reference.bins_10.map((bin) => bin.acc),
		);
		expect(bins[3]).toMatchObject({ lower: 0.3, upper: 0.4 });
	});

	it("are undefined where no row has a reading", () => {
		const bins = calibrationBins([Number.NaN], [1], "equal-width");
		expect(calibrationError(bins)).toBeUndefined();
		expect(murphySplit(bins)).toBeUndefined();
		expect(bins[0]).toEqual({ rows: 0, confidence: null, accuracy: null, lower: 0, upper: 0.1 });
		expect(calibrationBins([Number.NaN], [1], "equal-mass")).toEqual([]);
		expect(brierScore([Number.NaN], [1])).toBeUndefined();
		expect(logLoss([], [])).toBeUndefined();
	});

	it("leave out rows without a reading", () => {
		const more = [[...conf, Number.NaN] as const, [...correct, 0] as const] as const;
		expect(calibrationBins(...more, "equal-width")).toEqual(binsOf(10));
		expect(calibrationBins(...more, "equal-mass", 5)).toEqual(calibrationBins(conf, correct, "equal-mass", 5));
		expect(brierScore(...more)).toBe(brierScore(conf, correct));
	});

	it("lie between 0 and 1, the expected one no higher than the greatest, whatever the bins", () => {
		fc.assert(
			fc.property(
				rows,
				fc.integer({ min: 1, max: 15 }),
				fc.constantFrom("equal-width", "equal-mass"),
				(given, bins, binning) => {
					const [scores, verdicts] = [given.map(([score]) => score), given.map(([, verdict]) => verdict)];
					const made = calibrationBins(scores, verdicts, binning, bins);
					const error = calibrationError(made);
					expect(error?.expected).toBeGreaterThanOrEqual(0);
					expect(error?.expected).toBeLessThanOrEqual((error?.maximum ?? -1) + 1e-12);
					expect(error?.maximum).toBeLessThanOrEqual(1);
					expect(made.reduce((sum, bin) => sum + bin.rows, 0)).toBe(given.length);
				},
			),
		);
	});

	it("do not depend on the order of the rows", () => {
		fc.assert(
			fc.property(rows, fc.constantFrom("equal-width", "equal-mass"), (given, binning) => {
				const errorOf = (list: typeof given) =>
					calibrationError(
						calibrationBins(
							list.map(([score]) => score),
							list.map(([, verdict]) => verdict),
							binning,
							4,
						),
					)?.expected;
				expect(errorOf(given.toReversed())).toBeCloseTo(errorOf(given) as number, 12);
			}),
		);
	});
});

describe("bins", () => {
	it("hold their upper end and not their lower one, 0 apart", () => {
		expect([0, 0.1, 0.1000001, 0.7, 1].map((value) => binOfWidth(value, 10))).toEqual([0, 0, 1, 6, 9]);
		// 0.07 · 100 is 7.000000000000001.
		expect(binOfWidth(0.07, 100)).toBe(6);
		expect(Array.from({ length: 10 }, (_, tenth) => binOfWidth((tenth + 1) / 10, 10))).toEqual([
			0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
		]);
	});

	it("of equal mass split a tie with the mean of its verdicts in both", () => {
		const bins = calibrationBins([0.5, 0.5, 0.5, 0.5], [1, 1, 0, 0], "equal-mass", 2);
		const half = { rows: 2, confidence: 0.5, accuracy: 0.5, lower: 0.5, upper: 0.5 };
		expect(bins).toEqual([half, half]);
	});

	it("of equal mass are no more than there are rows", () => {
		expect(calibrationBins([0.2, 0.8], [0, 1], "equal-mass", 5)).toHaveLength(2);
	});

	it("must be some, and each confidence needs its verdict", () => {
		expect(() => calibrationBins([0.5], [1], "equal-width", 0)).toThrow(RangeError);
		expect(() => calibrationBins([0.5], [1], "equal-width", 1.5)).toThrow(RangeError);
		expect(() => calibrationBins([0.5], [], "equal-width")).toThrow(RangeError);
		expect(() => brierScore([0.5], [])).toThrow(RangeError);
	});
});

describe("proper scores", () => {
	it("are the reference's", () => {
		expectClose(brierScore(conf, correct), reference.brier);
		expectClose(logLoss(conf, correct), reference.log_loss);
		const split = murphySplit(binsOf(5));
		expectClose(split?.reliability, reference.murphy_5.reliability);
		expectClose(split?.resolution, reference.murphy_5.resolution);
		expectClose(split?.uncertainty, reference.murphy_5.uncertainty);
	});

	it("stay finite for a wrong certainty", () => {
		expect(logLoss([1], [0])).toBeCloseTo(-Math.log(1e-15), 0);
		expect(logLoss([0], [1])).toBeCloseTo(-Math.log(1e-15), 10);
		expect(logLoss([1, 0], [1, 0])).toBeCloseTo(0, 14);
	});

	it("split into reliability − resolution + uncertainty where each bin holds one confidence", () => {
		const tenths = fc.array(fc.tuple(fc.integer({ min: 1, max: 10 }), fc.constantFrom(0, 1)), { minLength: 1 });
		fc.assert(
			fc.property(tenths, (given) => {
				const [scores, verdicts] = [given.map(([tenth]) => tenth / 10), given.map(([, verdict]) => verdict)];
				const split = murphySplit(calibrationBins(scores, verdicts, "equal-width", 10));
				const sum = (split?.reliability ?? 0) - (split?.resolution ?? 0) + (split?.uncertainty ?? 0);
				expect(sum).toBeCloseTo(brierScore(scores, verdicts) as number, 12);
			}),
		);
	});
});
