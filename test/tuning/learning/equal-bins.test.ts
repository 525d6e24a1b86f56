import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalBins } from "../../../src/tuning/learning/equal-bins.ts";

describe("bins of equal number", () => {
	it("hold every reading once, tied ones together, from low to high", () => {
		const rows = fc.array(fc.tuple(fc.constantFrom(0, 0.25, 0.5, 0.75, 1, Number.NaN), fc.constantFrom(0, 1)));
		fc.assert(
			fc.property(rows, fc.integer({ min: 1, max: 8 }), (rows, most) => {
				const scores = Float64Array.from(rows, ([score]) => score);
				const bins = equalBins(
					scores,
					Uint8Array.from(rows, ([, wrong]) => wrong),
					most,
				);
				const readings = rows.filter(([score]) => !Number.isNaN(score));
				expect(bins.length).toBeLessThanOrEqual(most);
				for (const [index, { lowest, highest, rows: count, wrong }] of bins.entries()) {
					const inside = readings.filter(([score]) => score >= lowest && score <= highest);
					expect(inside.length).toBe(count);
					expect(inside.filter(([, value]) => value === 1).length).toBe(wrong);
					if (index > 0) expect(lowest).toBeGreaterThan((bins[index - 1] as { highest: number }).highest);
				}
				expect(bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(readings.length);
			}),
		);
	});

	it("are of the same size where no scores tie", () => {
		const scores = Float64Array.from({ length: 100 }, (_, row) => ((row * 37) % 100) / 100);
		expect(equalBins(scores, new Uint8Array(100), 10).map(({ rows }) => rows)).toEqual(
			Array.from({ length: 10 }, () => 10),
		);
	});

	it("are a positive whole number", () => {
		expect(() => equalBins(Float64Array.of(1), Uint8Array.of(0), 0)).toThrow(RangeError);
		expect(() => equalBins(Float64Array.of(1), Uint8Array.of(0), 1.5)).toThrow(RangeError);
	});
});
