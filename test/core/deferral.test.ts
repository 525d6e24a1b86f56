import { describe, expect, it } from "vitest";
import { decideDeferral } from "../../src/core/deferral.ts";
import { unavailable } from "../../src/core/reading.ts";

const decide = (confidence: number, threshold: number) => decideDeferral({ kind: "measured", confidence }, threshold);
const deferred = { kind: "defer", reason: "low-confidence" };

describe("the deferral rule", () => {
	it("accepts an answer above its threshold and defers one below it", () => {
		expect(decide(0.9, 0.8)).toEqual({ kind: "accept", confidence: 0.9 });
		expect(decide(0.7, 0.8)).toEqual(deferred);
	});

	it("accepts a tie", () => {
		expect(decide(0.8, 0.8)).toEqual({ kind: "accept", confidence: 0.8 });
		expect(decide(0, 0)).toEqual({ kind: "accept", confidence: 0 });
		expect(decide(1, 1)).toEqual({ kind: "accept", confidence: 1 });
		expect(decide(-0, 0).kind).toBe("accept");
	});

	it("does not round: the nearest number below a threshold is below it", () => {
		expect(decide(0.8 - Number.EPSILON / 2, 0.8)).toEqual(deferred);
	});

	it("defers where either side is NaN", () => {
		expect(decide(Number.NaN, 0)).toEqual(deferred);
		expect(decide(1, Number.NaN)).toEqual(deferred);
		expect(decide(Number.NaN, Number.NaN)).toEqual(deferred);
	});

	it("defers everything at an infinite threshold", () => {
		expect(decide(1, Number.POSITIVE_INFINITY)).toEqual(deferred);
	});

	it("defers an answer whose confidence could not be measured, even at threshold 0", () => {
		for (const cause of [
			"no-logprobs",
			"bad-logprobs",
			"no-label",
			"extra-call-failed",
			"no-verdict",
			"not-applicable",
		] as const)
			expect(decideDeferral(unavailable(cause), 0)).toEqual({ kind: "defer", reason: "confidence-unavailable" });
	});
});
