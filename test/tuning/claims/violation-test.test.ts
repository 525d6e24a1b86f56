import { describe, expect, it } from "vitest";
import { keepsPromise, violationPValue } from "../../../tools/guarantee/violation-test.ts";

describe("the one-sided binomial test of a promise", () => {
	it("gives P(X >= violations)", () => {
		expect(violationPValue(0, 10, 0.1)).toBe(1);
		expect(violationPValue(1, 2, 0.1)).toBeCloseTo(0.19, 12);
		expect(violationPValue(2, 2, 0.1)).toBeCloseTo(0.01, 12);
	});

	it("lets a promise stand that is kept exactly, and rejects one that is missed by a little in many trials", () => {
		expect(keepsPromise(200, 2_000, 0.1, 432)).toBe(true);
		expect(keepsPromise(260, 2_000, 0.1, 432)).toBe(true);
		expect(keepsPromise(290, 2_000, 0.1, 432)).toBe(false);
	});

	it("divides its level by the number of cells", () => {
		expect(keepsPromise(250, 2_000, 0.1, 1)).toBe(false);
		expect(keepsPromise(250, 2_000, 0.1, 432)).toBe(true);
	});
});
