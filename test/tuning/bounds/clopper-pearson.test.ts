import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binomialCdf } from "../../../src/tuning/bounds/binomial.ts";
import { clopperPearsonLower, clopperPearsonUpper } from "../../../src/tuning/bounds/clopper-pearson.ts";
import vectors from "../../fixtures/tuning-vectors-bounds.json" with { type: "json" };
import { relativeError } from "../relative-error.ts";

const counts = fc
	.integer({ min: 1, max: 5_000 })
	.chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
const delta = fc.double({ min: 1e-4, max: 0.5, noNaN: true });

describe("Clopper-Pearson bounds", () => {
	it.each(vectors.clopper_pearson)(
		"are the reference's at $k of $n, delta = $delta",
		({ k, n, delta, upper, lower }) => {
			expect(relativeError(clopperPearsonUpper(k, n, delta), upper)).toBeLessThan(1e-13);
			expect(relativeError(clopperPearsonLower(k, n, delta), lower)).toBeLessThan(1e-13);
		},
	);

	it("are the proportions at which the counts become too unlikely", () => {
		fc.assert(
			fc.property(counts, delta, ([k, n], level) => {
				const upper = clopperPearsonUpper(k, n, level);
				const lower = clopperPearsonLower(k, n, level);
				// A bound next to 1 is as exact as numbers there are, and n of them lie in the power.
				if (k < n) expect(relativeError(binomialCdf(k, n, upper), level)).toBeLessThan(1e-9 + (n * 1e-15) / level);
				// One minus a sum near one has lost digits, more of them the smaller what is left.
				if (k > 0) expect(Math.abs(1 - binomialCdf(k - 1, n, lower) - level)).toBeLessThan(1e-9);
			}),
		);
	});

	it("lie on both sides of what was observed, further apart the smaller delta is", () => {
		fc.assert(
			fc.property(counts, delta, ([k, n], level) => {
				expect(clopperPearsonUpper(k, n, level)).toBeGreaterThan(k / n - 1e-15);
				expect(clopperPearsonLower(k, n, level)).toBeLessThan(k / n + 1e-15);
				expect(clopperPearsonUpper(k, n, level / 2)).toBeGreaterThanOrEqual(clopperPearsonUpper(k, n, level));
				expect(clopperPearsonLower(k, n, level / 2)).toBeLessThanOrEqual(clopperPearsonLower(k, n, level));
			}),
		);
	});

	it("say the same as the p-value", () => {
		fc.assert(
			fc.property(counts, delta, fc.double({ min: 0.01, max: 0.99, noNaN: true }), ([k, n], level, target) => {
				const pValue = binomialCdf(k, n, target);
				fc.pre(relativeError(pValue, level) > 1e-9);
				expect(clopperPearsonUpper(k, n, level) <= target).toBe(pValue <= level);
			}),
		);
	});

	it("say nothing where there is no row", () => {
		expect(clopperPearsonUpper(0, 0, 0.1)).toBe(1);
		expect(clopperPearsonLower(0, 0, 0.1)).toBe(0);
	});

	it("are found for a million rows and for the rarest errors", () => {
		expect(
			relativeError(binomialCdf(99_500, 1_000_000, clopperPearsonUpper(99_500, 1_000_000, 0.1)), 0.1),
		).toBeLessThan(1e-9);
		expect(relativeError(binomialCdf(1, 1_000_000, clopperPearsonUpper(1, 1_000_000, 0.001)), 0.001)).toBeLessThan(
			1e-9,
		);
		expect(clopperPearsonLower(1, 1_000_000, 0.1)).toBeCloseTo(1.0536e-7, 11);
	});

	it.each([
		[-1, 10, 0.1],
		[11, 10, 0.1],
		[1.5, 10, 0.1],
		[1, 10, 0],
		[1, 10, 1],
		[1, 10, Number.NaN],
	])("refuse %d of %d at %d", (wrong, n, level) => {
		expect(() => clopperPearsonUpper(wrong, n, level)).toThrow(RangeError);
		expect(() => clopperPearsonLower(wrong, n, level)).toThrow(RangeError);
	});
});
