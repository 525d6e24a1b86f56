import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { thresholdPath } from "../../../src/tuning/selection/threshold-path.ts";

const hundred = Float64Array.from({ length: 100 }, (_, index) => ((index * 37) % 100) / 100);
const scoreLists = fc.array(
	fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 30 }) }, fc.constant(Number.NaN)),
	{
		maxLength: 80,
	},
);
// Of thousandths: shares within rounding of a coverage are a matter of rounding.
const shares = fc.array(
	fc.integer({ min: 0, max: 1_000 }).map((share) => share / 1_000),
	{ minLength: 1, maxLength: 3 },
);

describe("a path of thresholds", () => {
	it("goes through the quantiles of the scores, strict to loose, and starts at a fifth", () => {
		const { thresholds, starts } = thresholdPath(hundred, { steps: 10 });
		expect([...thresholds]).toEqual([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0]);
		expect(starts).toEqual([1]);
	});

	it("has a hundred steps where nobody says otherwise", () => {
		expect(thresholdPath(Float64Array.from({ length: 1_000 }, (_, index) => index)).thresholds).toHaveLength(100);
	});

	it("has a threshold at each start, also between its steps", () => {
		const { thresholds, starts } = thresholdPath(hundred, { steps: 4, startCoverages: [0.6, 0.03] });
		expect([...thresholds]).toEqual([0.97, 0.75, 0.5, 0.4, 0.25, 0]);
		expect(starts).toEqual([0, 3]);
	});

	it("takes ties together: scores of 0 and 1 alone are two thresholds", () => {
		const scores = Float64Array.of(1, 0, 1, 1, 0, 0, 1, 1, 0, 1);
		expect(thresholdPath(scores)).toEqual({ thresholds: Float64Array.of(1, 0), starts: [0] });
		expect(thresholdPath(scores, { startCoverages: [0.2, 0.5, 0.9] }).starts).toEqual([0, 1]);
	});

	it("starts before ties that overshoot what is wanted, where the threshold before them falls short by a standard error at most", () => {
		// Of a hundred scores 0.2 is known to within 0.04.
		const tied = (ones: number) => Float64Array.from({ length: 100 }, (_, index) => (index < ones ? 1 : 0));
		expect(thresholdPath(tied(17)).starts).toEqual([0]);
		expect(thresholdPath(tied(16)).starts).toEqual([0]);
		expect(thresholdPath(tied(15)).starts).toEqual([1]);
	});

	it("counts missing scores as never accepted", () => {
		const scores = Float64Array.from({ length: 100 }, (_, index) => (index < 50 ? Number.NaN : index));
		// A fifth of all are twenty of the fifty that have a score.
		const { thresholds, starts } = thresholdPath(scores, { steps: 10 });
		expect([...thresholds]).toEqual([90, 80, 70, 60, 50]);
		expect(starts).toEqual([1]);
		expect(thresholdPath(scores, { steps: 10, startCoverages: [0.8] }).starts).toEqual([4]);
	});

	it("is empty where there are no scores", () => {
		const nothing = { thresholds: new Float64Array(0), starts: [] };
		expect(thresholdPath(new Float64Array(0))).toEqual(nothing);
		expect(thresholdPath(Float64Array.of(Number.NaN, Number.NaN))).toEqual(nothing);
	});

	it("is of scores that occurred, falling, ends at the least, and starts next to where the coverage asked for is reached", () => {
		fc.assert(
			fc.property(scoreLists, shares, fc.integer({ min: 1, max: 50 }), (list, startCoverages, steps) => {
				const scores = Float64Array.from(list);
				const { thresholds, starts } = thresholdPath(scores, { startCoverages, steps });
				const readings = list.filter((score) => !Number.isNaN(score));
				expect(thresholds.every((threshold) => readings.includes(threshold))).toBe(true);
				expect([...thresholds]).toEqual([...new Set(thresholds)].toSorted((left, right) => right - left));
				if (readings.length === 0) return;
				expect(thresholds.at(-1)).toBe(Math.min(...readings));
				const coverageOf = (index: number) =>
					readings.filter((score) => score >= (thresholds[index] ?? Number.NaN)).length / list.length;
				const allowed = startCoverages.map((coverage) => {
					const first = [...thresholds.keys()].find((index) => coverageOf(index) >= coverage - 1e-9);
					const reaching = first ?? thresholds.length - 1;
					// Where ties overshoot by more than the one before falls short, that is by a standard error at most.
					const short = coverage - coverageOf(reaching - 1);
					const standardError = Math.sqrt((coverage * (1 - coverage)) / list.length);
					const isBefore = reaching > 0 && short < coverageOf(reaching) - coverage && short <= standardError + 1e-9;
					return isBefore ? reaching - 1 : reaching;
				});
				expect(starts).toEqual([...new Set(allowed)].toSorted((left, right) => left - right));
			}),
		);
	});

	it("does not depend on the order of scores", () => {
		expect(thresholdPath(hundred.toSorted())).toEqual(thresholdPath(hundred));
	});

	it("does not disturb the scores", () => {
		const scores = Float64Array.of(0.3, 0.9, 0.1);
		thresholdPath(scores);
		expect([...scores]).toEqual([0.3, 0.9, 0.1]);
	});

	it.each([
		{ steps: 0 },
		{ steps: 1.5 },
		{ startCoverages: [] },
		{ startCoverages: [1.1] },
		{ startCoverages: [Number.NaN] },
	])("refuses %j", (options) => {
		expect(() => thresholdPath(hundred, options)).toThrow(RangeError);
	});
});
