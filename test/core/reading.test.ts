import { describe, expect, it } from "vitest";
import { measured, unavailable } from "../../src/core/reading.ts";

describe("a confidence reading", () => {
	it("holds any number from 0 to 1", () => {
		for (const confidence of [0, Number.MIN_VALUE, 0.5, 1])
			expect(measured(confidence)).toEqual({ kind: "measured", confidence });
	});

	it("holds nothing else", () => {
		for (const number of [
			Number.NaN,
			Number.POSITIVE_INFINITY,
			Number.NEGATIVE_INFINITY,
			-Number.MIN_VALUE,
			1 + Number.EPSILON,
		])
			expect(measured(number)).toEqual({ kind: "unavailable", cause: "bad-logprobs" });
	});

	it("says why there is none", () => {
		for (const cause of ["no-label", "no-statement", "no-scores", "bad-scores", "no-values"] as const)
			expect(unavailable(cause)).toEqual({ kind: "unavailable", cause });
	});
});
