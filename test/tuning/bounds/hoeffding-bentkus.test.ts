import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binomialCdf } from "../../../src/tuning/bounds/binomial.ts";
import { hoeffdingBentkusPValue } from "../../../src/tuning/bounds/hoeffding-bentkus.ts";
import vectors from "../../fixtures/tuning-vectors-bounds.json" with { type: "json" };
import { relativeError } from "../relative-error.ts";

describe("the Hoeffding-Bentkus p-value", () => {
	it.each(vectors.hoeffding_bentkus)("is the reference's at a mean of $rhat over $n", ({ rhat, n, alpha, p }) => {
		expect(relativeError(hoeffdingBentkusPValue(rhat, n, alpha), p)).toBeLessThan(1e-12);
	});

	it("counts seven losses of a hundred as seven, though 0.07 · 100 is more", () => {
		expect(0.07 * 100).toBeGreaterThan(7);
		expect(hoeffdingBentkusPValue(0.07, 100, 0.14)).toBeCloseTo(Math.E * binomialCdf(7, 100, 0.14), 14);
	});

	it("does so at any number of rows", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
				const losses = Math.floor(share * n * 0.05);
				expect(hoeffdingBentkusPValue(losses / n, n, 0.06)).toBeLessThanOrEqual(
					Math.min(1, Math.E * binomialCdf(losses, n, 0.06) * (1 + 1e-9)),
				);
			}),
		);
	});

	it("is never smaller than the exact one for losses of 0 and 1", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 2_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
				const losses = Math.floor(share * n);
				expect(hoeffdingBentkusPValue(losses / n, n, 0.1)).toBeGreaterThanOrEqual(
					binomialCdf(losses, n, 0.1) * (1 - 1e-9),
				);
			}),
		);
	});

	it("is 1 without rows and at a mean that reaches the target", () => {
		expect(hoeffdingBentkusPValue(0, 0, 0.1)).toBe(1);
		expect(hoeffdingBentkusPValue(1, 10, 0.1)).toBe(1);
	});

	it.each([
		[0.1, 1.5, 0.1],
		[-0.1, 10, 0.1],
		[Number.NaN, 10, 0.1],
		[0.1, 10, 0],
		[0.1, 10, 1],
	])("refuses a mean of %d over %d at %d", (mean, n, target) => {
		expect(() => hoeffdingBentkusPValue(mean, n, target)).toThrow(RangeError);
	});
});
