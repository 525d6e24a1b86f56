import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { proportion } from "../../../src/core/ledger/wilson-interval.ts";

describe("a proportion's 95% interval", () => {
	// Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I.
	it.each([
		[81, 263, 0.2553, 0.3662],
		[15, 148, 0.0624, 0.1605],
		[0, 20, 0, 0.1611],
		[1, 29, 0.0061, 0.1718],
	])("is Newcombe's for %i of %i", (count, of, low, high) => {
		const interval = proportion(count, of);
		expect(interval.share).toBe(count / of);
		expect(interval.low).toBeCloseTo(low, 4);
		expect(interval.high).toBeCloseTo(high, 4);
	});

	it("is everything where there was no trial", () => {
		expect(proportion(0, 0)).toEqual({ count: 0, of: 0, share: null, low: 0, high: 1 });
	});

	const trials = fc
		.integer({ min: 1, max: 1_000_000 })
		.chain((of) => fc.tuple(fc.integer({ min: 0, max: of }), fc.constant(of)));

	it("holds the share, lies within 0 and 1, and reaches an end only where the share does", () => {
		fc.assert(
			fc.property(trials, ([count, of]) => {
				const { share, low, high } = proportion(count, of);
				expect(low).toBeLessThanOrEqual(share ?? Number.NaN);
				expect(high).toBeGreaterThanOrEqual(share ?? Number.NaN);
				expect([low === 0, high === 1]).toEqual([count === 0, count === of]);
			}),
		);
	});

	it("of what did not happen is the mirror image", () => {
		fc.assert(
			fc.property(trials, ([count, of]) => {
				const [one, other] = [proportion(count, of), proportion(of - count, of)];
				expect(1 - one.high).toBeCloseTo(other.low, 12);
				expect(1 - one.low).toBeCloseTo(other.high, 12);
			}),
		);
	});

	it("narrows with trials: at 80% from twelve to a million, by the square root", () => {
		const widths = [15, 150, 1_000_000].map((of) => {
			const { low, high } = proportion(0.8 * of, of);
			return high - low;
		});
		expect(widths[0]).toBeGreaterThan(0.35);
		expect(widths[1]).toBeLessThan(0.13);
		expect(widths[2]).toBeCloseTo((2 * 1.96 * 0.4) / 1_000, 5);
	});
});
