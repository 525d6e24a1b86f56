import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isMaxConcurrent, MAX_CONCURRENT_RULE, MOST_CONCURRENT } from "../../src/core/origin-concurrency.ts";

describe("how many calls may wait for an origin at once", () => {
	it("is any whole number from 1 to 10,000", () => {
		fc.assert(fc.property(fc.integer({ min: 1, max: 10_000 }), (count) => isMaxConcurrent(count)));
		expect([1, 10_000].map(isMaxConcurrent)).toEqual([true, true]);
	});

	it.each([0, -1, 1.5, 10_001, Number.NaN, Number.POSITIVE_INFINITY, "8", null, undefined, true, [8], {}])(
		"is not %j",
		(value) => {
			expect(isMaxConcurrent(value)).toBe(false);
		},
	);

	it("is said with its bounds", () => {
		expect(MAX_CONCURRENT_RULE).toContain(`from 1 to ${MOST_CONCURRENT.toLocaleString("en-US")}`);
	});
});
