import { array, assert, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { MOST_POINTS, thinPoints } from "../../../src/cli/report/thin-points.ts";

const itself = (value: number): number => value;

describe("thinning a curve", () => {
	it("leaves a curve alone that is thin enough", () => {
		const points = Array.from({ length: MOST_POINTS }, (_, index) => index);
		expect(thinPoints(points, itself)).toBe(points);
	});

	it("keeps the first, the last, the least and the greatest point, in their order, and no more than asked", () => {
		assert(
			property(
				array(integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 300 }),
				integer({ min: 4, max: 50 }),
				(values, most) => {
					const points = values.map((value, index) => ({ value, index }));
					const thin = thinPoints(points, ({ value }) => value, most);
					expect(thin.length).toBeLessThanOrEqual(Math.max(most, 1));
					expect([thin[0], thin.at(-1)]).toEqual([points[0], points.at(-1)]);
					const kept = thin.map(({ value }) => value);
					expect([Math.min(...kept), Math.max(...kept)]).toEqual([Math.min(...values), Math.max(...values)]);
					const indices = thin.map(({ index }) => index);
					expect(indices).toEqual([...new Set(indices)].sort((left, right) => left - right));
				},
			),
		);
	});

	it("keeps a spike of one point in a million", () => {
		const values = Array.from({ length: 1_000_000 }, () => 0);
		values[123_456] = 1;
		expect(thinPoints(values, itself)).toContain(1);
	});

	it("refuses to draw a curve of fewer than four points", () => {
		expect(() => thinPoints([1, 2, 3, 4, 5], itself, 3)).toThrow(RangeError);
	});
});
