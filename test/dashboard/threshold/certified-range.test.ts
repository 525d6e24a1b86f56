import { describe, expect, it } from "vitest";
import { certifiedRange, nearestCandidate } from "../../../src/dashboard/views/threshold/certified-range.ts";

const candidate = (threshold: number, certified = false) => ({
	threshold,
	certified,
	coverage: 0.5,
	logEvidence: 0,
	labels: 10,
	wrong: 1,
});

describe("the certified range", () => {
	it("is from the loosest to the strictest certified threshold", () => {
		const candidates = [candidate(0.9), candidate(0.8, true), candidate(0.7, true), candidate(0.6)];
		expect(certifiedRange(candidates)).toEqual({ from: 0.7, to: 0.8 });
	});

	it("is none where nothing is certified", () => {
		expect(certifiedRange([candidate(0.9)])).toBeNull();
		expect(certifiedRange([])).toBeNull();
	});
});

describe("the nearest evaluated threshold", () => {
	it("is the one least away, and of two as near the looser one", () => {
		const candidates = [candidate(0.75), candidate(0.5), candidate(0.25)];
		expect(nearestCandidate(candidates, 0.7)?.threshold).toBe(0.75);
		expect(nearestCandidate(candidates, 0.625)?.threshold).toBe(0.5);
		expect(nearestCandidate(candidates.toReversed(), 0.625)?.threshold).toBe(0.5);
		expect(nearestCandidate(candidates, 0)?.threshold).toBe(0.25);
	});

	it("is none where none is evaluated", () => {
		expect(nearestCandidate([], 0.5)).toBeNull();
	});
});
