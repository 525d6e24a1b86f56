import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { drawRows, oneRowPerGroup } from "../../../src/tuning/selection/sample-rows.ts";

const seeds = fc.integer({ min: 0, max: 1_000_000 });

describe("one row of each group", () => {
	it("is a row of each, and every row that is in none", () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: -1, max: 8 })), seeds, (groups, seed) => {
				const rows = oneRowPerGroup(Int32Array.from(groups), seededRandom(seed));
				const inGroups = [...rows].filter((row) => (groups[row] ?? -1) >= 0).map((row) => groups[row]);
				expect(inGroups.toSorted()).toEqual([...new Set(groups.filter((group) => group >= 0))].toSorted());
				expect([...rows].filter((row) => groups[row] === -1)).toHaveLength(
					groups.filter((group) => group === -1).length,
				);
				expect([...rows]).toEqual([...new Set(rows)].toSorted((left, right) => left - right));
			}),
		);
	});

	it("is any of them with the same chance", () => {
		const random = seededRandom(3);
		const drawn = Array.from({ length: 8_000 }, () => oneRowPerGroup(Int32Array.of(5, 5, 5, 5), random)[0]);
		for (const row of [0, 1, 2, 3]) expect(drawn.filter((other) => other === row).length / 8_000).toBeCloseTo(0.25, 1);
	});
});

describe("drawing rows", () => {
	it("divides the positions, in order, and draws as many as asked for where there are so many", () => {
		fc.assert(
			fc.property(fc.uniqueArray(fc.nat(500)), fc.nat(40), seeds, (list, size, seed) => {
				const positions = Int32Array.from(list).sort();
				const { drawn, rest } = drawRows(positions, size, seededRandom(seed));
				expect(drawn).toHaveLength(Math.min(size, list.length));
				expect(Int32Array.of(...drawn, ...rest).sort()).toEqual(positions);
				expect(drawn).toEqual(drawn.toSorted());
				expect(rest).toEqual(rest.toSorted());
			}),
		);
	});

	it("draws each with the same chance", () => {
		const random = seededRandom(11);
		const times = new Map<number, number>();
		for (let trial = 0; trial < 8_000; trial++)
			for (const row of drawRows(Int32Array.of(0, 1, 2, 3, 4), 2, random).drawn)
				times.set(row, (times.get(row) ?? 0) + 1);
		for (const row of [0, 1, 2, 3, 4]) expect((times.get(row) ?? 0) / 8_000).toBeCloseTo(0.4, 1);
	});
});
