import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { selectByEValues } from "../../../src/tuning/evidence/ebh.ts";

const eValues = fc.array(fc.oneof(fc.double({ min: 0, max: 500, noNaN: true }), fc.constant(0)), { maxLength: 30 });

describe("claims selected by e-values", () => {
	it("are those of greatest e-value, each at least K/(alpha k) where k are selected", () => {
		fc.assert(
			fc.property(eValues, (values) => {
				const selected = selectByEValues(values, 0.1);
				const [least, rest] = [
					Math.min(...selected.map((index) => values[index] as number)),
					values.filter((_, index) => !selected.includes(index)),
				];
				if (selected.length > 0) expect(least * 0.1 * selected.length).toBeGreaterThanOrEqual(values.length);
				// One more, however great among the rest, would not do.
				for (const value of rest)
					expect(value <= least && value * 0.1 * (selected.length + 1) < values.length).toBe(true);
			}),
		);
	});

	it("are, of one claim, that which 1/alpha certifies", () => {
		expect(selectByEValues([10], 0.1)).toEqual([0]);
		expect(selectByEValues([9.99], 0.1)).toEqual([]);
		expect(selectByEValues([], 0.1)).toEqual([]);
		expect(selectByEValues([Number.POSITIVE_INFINITY, 0], 0.1)).toEqual([0]);
	});

	it("include a weak one whose neighbours are strong enough for it", () => {
		expect(selectByEValues([10, 10, 10], 0.1)).toEqual([0, 1, 2]);
		expect(selectByEValues([10, 1, 1], 0.1)).toEqual([]);
	});

	it("are refused where there are no e-values", () => {
		expect(() => selectByEValues([-1], 0.1)).toThrow(RangeError);
		expect(() => selectByEValues([Number.NaN], 0.1)).toThrow(RangeError);
		expect(() => selectByEValues([1], 0)).toThrow(RangeError);
	});
});
