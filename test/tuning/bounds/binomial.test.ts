import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binomialCdf, logBinomialCdf, logBinomialTails } from "../../../src/tuning/bounds/binomial.ts";
import vectors from "../../fixtures/tuning-vectors-bounds.json" with { type: "json" };
import { relativeError } from "../relative-error.ts";

/** Every term, each from the one before it: right for small n, where nothing underflows. */
function cdfBySum(k: number, n: number, p: number): number {
	let term = (1 - p) ** n;
	let sum = term;
	for (let i = 1; i <= k; i++) {
		term *= ((n - i + 1) / i) * (p / (1 - p));
		sum += term;
	}
	return sum;
}

const counts = fc
	.integer({ min: 1, max: 100 })
	.chain((n) => fc.tuple(fc.integer({ min: 0, max: n - 1 }), fc.constant(n)));
const proportion = fc.double({ min: 0.001, max: 0.99, noNaN: true });

describe("the binomial distribution", () => {
	it.each(vectors.binomial_cdf)("is the reference's at $k of $n, p = $p", ({ k, n, p, cdf }) => {
		expect(relativeError(binomialCdf(k, n, p), cdf)).toBeLessThan(1e-12);
	});

	// 60-digit sums of all terms (CPython's decimal).
	it.each([
		[98_000, 1_000_000, 0.1, -25.181040749050787],
		[99_500, 1_000_000, 0.1, -3.0391067215092016],
		[100_500, 1_000_000, 0.1, -0.048878576621504952],
		[80_000, 1_000_000, 0.1, -2374.1063394694261],
		[9_700, 1_000_000, 0.01, -6.6851388519592199],
		[50, 1_000_000, 0.0001, -17.545822161558412],
		[499_000, 1_000_000, 0.5, -3.7808127449926756],
	])("keeps its digits at %i of %i, p = %f", (k, n, p, log) => {
		expect(relativeError(logBinomialCdf(k, n, p), log)).toBeLessThan(1e-11);
	});

	it("is the sum of its masses", () => {
		fc.assert(
			fc.property(counts, proportion, ([k, n], p) => {
				expect(relativeError(binomialCdf(k, n, p), cdfBySum(k, n, p))).toBeLessThan(1e-10);
			}),
		);
	});

	it("has tails that mirror each other and add up to one", () => {
		fc.assert(
			fc.property(counts, proportion, ([k, n], p) => {
				const q = 1 - p;
				const { lower, upper } = logBinomialTails(k, n, p, q);
				const mirrored = logBinomialTails(n - k - 1, n, q, p);
				expect(Math.exp(lower) + Math.exp(upper)).toBeCloseTo(1, 12);
				expect(Math.exp(mirrored.upper)).toBeCloseTo(Math.exp(lower), 12);
				expect(Math.exp(mirrored.lower)).toBeCloseTo(Math.exp(upper), 12);
			}),
		);
	});

	it("rises with k and falls with p and with n", () => {
		fc.assert(
			fc.property(counts, proportion, proportion, ([k, n], one, other) => {
				const [low, high] = one < other ? [one, other] : [other, one];
				const slack = 1e-13;
				expect(binomialCdf(k, n, low)).toBeGreaterThanOrEqual(binomialCdf(k, n, high) - slack);
				expect(binomialCdf(k + 1, n, low)).toBeGreaterThanOrEqual(binomialCdf(k, n, low) - slack);
				expect(binomialCdf(k, n, low)).toBeGreaterThanOrEqual(binomialCdf(k, n + 1, low) - slack);
			}),
		);
	});

	it("is 0 below every count and 1 from all of them on, and knows certain outcomes", () => {
		expect(binomialCdf(-1, 10, 0.3)).toBe(0);
		expect(binomialCdf(10, 10, 0.3)).toBe(1);
		expect(binomialCdf(12, 10, 0.3)).toBe(1);
		expect(binomialCdf(0, 0, 0.3)).toBe(1);
		expect(binomialCdf(0, 10, 0)).toBe(1);
		expect(binomialCdf(9, 10, 1)).toBe(0);
		expect(binomialCdf(10, 10, 1)).toBe(1);
	});

	it("has a logarithm where the chance is below every double", () => {
		expect(binomialCdf(0, 100_000, 0.5)).toBe(0);
		expect(logBinomialCdf(0, 100_000, 0.5)).toBeCloseTo(100_000 * Math.log(0.5), 6);
	});

	it.each([
		[1.5, 10, 0.1],
		[1, 10.5, 0.1],
		[1, -1, 0.1],
		[Number.NaN, 10, 0.1],
		[1, 10, 1.1],
		[1, 10, Number.NaN],
	])("refuses %d of %d at %d", (k, n, p) => {
		expect(() => binomialCdf(k, n, p)).toThrow(RangeError);
	});
});
