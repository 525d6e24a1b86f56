import { describe, expect, it } from "vitest";
import { attemptShare, plannedShare } from "../../../src/tuning/selection/attempt-share.ts";

describe("what an attempt may spend of delta", () => {
	it("is nine tenths for the first, and falls with the square for the others", () => {
		expect(attemptShare(0.1, 1)).toBeCloseTo(0.09, 15);
		expect(attemptShare(0.1, 2)).toBeCloseTo((0.01 * 6) / Math.PI ** 2, 15);
		expect(attemptShare(0.1, 5)).toBeCloseTo(attemptShare(0.1, 2) / 16, 15);
	});

	it("sums to delta over all attempts, and never beyond", () => {
		let sum = 0;
		for (let attempt = 1; attempt <= 100_000; attempt++) sum += attemptShare(0.1, attempt);
		expect(sum).toBeLessThan(0.1);
		expect(sum).toBeGreaterThan(0.1 - 1e-6);
	});

	it("is an equal part where the number of attempts was said before", () => {
		expect(plannedShare(0.1, 4)).toBe(0.025);
	});

	it("is of no attempt before the first", () => {
		for (const attempt of [0, -1, 1.5, Number.NaN]) {
			expect(() => attemptShare(0.1, attempt)).toThrow(RangeError);
			expect(() => plannedShare(0.1, attempt)).toThrow(RangeError);
		}
	});
});
