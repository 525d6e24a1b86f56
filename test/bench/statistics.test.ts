import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bootstrapMedian, spreadOf } from "../../bench/statistics.ts";

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 12 });

describe("the median of rounds", () => {
	it("is the middle value, or the mean of the two in the middle", () => {
		expect(spreadOf([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3 });
		expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, low: 1, high: 4 });
		expect(spreadOf([7])).toEqual({ median: 7, low: 7, high: 7 });
	});

	it("does not know in which order the rounds came", () => {
		fc.assert(
			fc.property(values, (list) => {
				expect(spreadOf(list.toReversed())).toEqual(spreadOf(list));
			}),
		);
	});
});

describe("its interval by bootstrap", () => {
	it("holds the median, and is within the least and the greatest round", () => {
		fc.assert(
			fc.property(values, (list) => {
				const { median, low, high } = bootstrapMedian(list);
				expect(median).toBe(spreadOf(list).median);
				expect(low).toBeGreaterThanOrEqual(Math.min(...list));
				expect(low).toBeLessThanOrEqual(median);
				expect(high).toBeGreaterThanOrEqual(median);
				expect(high).toBeLessThanOrEqual(Math.max(...list));
			}),
			{ numRuns: 20 },
		);
	});

	it("is the same each time, and a point where the rounds do not differ", () => {
		expect(bootstrapMedian([1, 5, 2, 8, 3])).toEqual(bootstrapMedian([1, 5, 2, 8, 3]));
		expect(bootstrapMedian([1.2, 1.2, 1.2])).toEqual({ median: 1.2, low: 1.2, high: 1.2 });
	});

	it("leaves out what one round in many has alone", () => {
		const rounds = [...Array.from({ length: 20 }, (_, round) => 1 + round / 100), 50];
		expect(bootstrapMedian(rounds).high).toBeLessThan(1.2);
	});
});
