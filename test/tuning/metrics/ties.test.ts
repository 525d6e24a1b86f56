import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rankTies, sortByRank } from "../../../src/tuning/metrics/ties.ts";

describe("ties", () => {
	it("are groups of equal scores, ascending; NaN is in none", () => {
		const { values, ranks } = rankTies([0.5, Number.NaN, -0, 0.25, 0, 0.5, Infinity, -Infinity]);
		expect([...values]).toEqual([-Infinity, 0, 0.25, 0.5, Infinity]);
		expect([...ranks]).toEqual([3, -1, 1, 2, 1, 3, 4, 0]);
	});

	it("sort rows by score, those without one first, and keep the order of rows within a tie", () => {
		expect([...sortByRank(rankTies([0.5, Number.NaN, 0.1, 0.5, Number.NaN, 0.1]))]).toEqual([1, 4, 2, 5, 0, 3]);
		expect([...sortByRank(rankTies([]))]).toEqual([]);
		expect([...sortByRank(rankTies([Number.NaN]))]).toEqual([0]);
	});

	it("give each score its own value back", () => {
		const score = fc.oneof(fc.constantFrom(0, -0, 1), fc.double({ noNaN: true }));
		fc.assert(
			fc.property(fc.array(score), (scores) => {
				const ties = rankTies(scores);
				expect(Array.from(ties.ranks, (rank) => ties.values[rank])).toEqual(scores.map((value) => value + 0));
				const sorted = Array.from(sortByRank(ties), (row) => (scores[row] as number) + 0);
				expect(sorted).toEqual(
					scores.map((value) => value + 0).toSorted((left, right) => (left < right ? -1 : left > right ? 1 : 0)),
				);
			}),
		);
	});
});
