import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clopperPearsonUpper } from "../../../src/tuning/bounds/clopper-pearson.ts";
import { anytimeUpperBound, logMixtureEValue } from "../../../src/tuning/bounds/mixture.ts";
import vectors from "../../fixtures/tuning-vectors-bounds.json" with { type: "json" };
import { relativeError } from "../relative-error.ts";

const counts = fc
	.integer({ min: 1, max: 2_000 })
	.chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));

describe("the mixture e-value", () => {
	it.each(vectors.e_mixture.certify)("is the reference's at $k of $n, target $alpha", ({ k, n, alpha, logE }) => {
		expect(relativeError(logMixtureEValue(k, n, alpha), logE)).toBeLessThan(1e-11);
	});

	it.each(vectors.anytime_upper_bernoulli)(
		"bounds the risk at all times as the reference does at $k of $n",
		(vector) => {
			expect(relativeError(anytimeUpperBound(vector.k, vector.n, vector.delta), vector.upper)).toBeLessThan(1e-12);
		},
	);

	it("has a mean of 1 where the risk is the target", () => {
		const [target, n] = [0.1, 12];
		let mean = 0;
		let mass = (1 - target) ** n;
		for (let wrong = 0; wrong <= n; wrong++) {
			mean += mass * Math.exp(logMixtureEValue(wrong, n, target));
			mass *= ((n - wrong) / (wrong + 1)) * (target / (1 - target));
		}
		expect(mean).toBeCloseTo(1, 12);
	});

	it("pays for looking at any time with a wider bound than at one", () => {
		fc.assert(
			fc.property(counts, fc.double({ min: 0.001, max: 0.5, noNaN: true }), ([wrong, n], delta) => {
				const bound = anytimeUpperBound(wrong, n, delta);
				expect(bound).toBeGreaterThanOrEqual(clopperPearsonUpper(wrong, n, delta) * (1 - 1e-12));
				expect(bound).toBeLessThanOrEqual(1);
			}),
		);
	});

	it("knows nothing without labels", () => {
		expect(logMixtureEValue(0, 0, 0.1)).toBe(0);
		expect(anytimeUpperBound(0, 0, 0.1)).toBe(1);
		expect(anytimeUpperBound(5, 5, 0.1)).toBe(1);
	});

	it("refuses what are no counts and no proportions", () => {
		expect(() => logMixtureEValue(3, 2, 0.1)).toThrow(RangeError);
		expect(() => logMixtureEValue(1, 2, 0)).toThrow(RangeError);
		expect(() => logMixtureEValue(1, 2, 1)).toThrow(RangeError);
		expect(() => anytimeUpperBound(-1, 2, 0.1)).toThrow(RangeError);
		expect(() => anytimeUpperBound(1, 2, 1)).toThrow(RangeError);
	});
});
