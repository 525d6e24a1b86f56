import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binOf, CONFIDENCE_BINS } from "../../../src/core/ledger/confidence-bins.ts";

describe("the bin of a confidence reading", () => {
	it.each([
		[0, 0],
		[0.049_999, 0],
		[0.05, 1],
		[0.15, 3],
		[0.35, 7],
		[0.55, 11],
		[0.95, 19],
		[1, 19],
	])("of %d is %d", (confidence, bin) => {
		expect(binOf(confidence)).toBe(bin);
	});

	it("holds its lower end, so that a threshold there divides readings as the bins do", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 19 }), fc.double({ min: 0, max: 1, noNaN: true }), (edge, confidence) => {
				const threshold = edge / CONFIDENCE_BINS;
				expect(binOf(confidence) >= edge).toBe(confidence >= threshold);
			}),
		);
	});

	it("of what no method gives is the nearer end's", () => {
		expect(binOf(-0.5)).toBe(0);
		expect(binOf(1.5)).toBe(CONFIDENCE_BINS - 1);
	});
});
