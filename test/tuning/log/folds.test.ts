import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { cutFolds } from "../../../src/tuning/log/folds.ts";

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

describe("folds", () => {
	it("are disjoint, rising, and together all rows", () => {
		fc.assert(
			fc.property(fc.nat(200), seeds, (rows, seed) => {
				const folds = cutFolds(rows, [0.3, 0.5, 0.2], seededRandom(seed));
				for (const fold of folds) expect([...fold]).toEqual([...fold].sort((left, right) => left - right));
				const all = folds.flatMap((fold) => [...fold]).sort((left, right) => left - right);
				expect(all).toEqual(Array.from({ length: rows }, (_, row) => row));
			}),
		);
	});

	it("have their shares to within a row where rows stand alone", () => {
		fc.assert(
			fc.property(fc.nat(500), seeds, (rows, seed) => {
				const [first, second] = cutFolds(rows, [0.3, 0.7], seededRandom(seed)) as [Int32Array, Int32Array];
				expect(Math.abs(first.length - 0.3 * rows)).toBeLessThanOrEqual(1);
				expect(Math.abs(second.length - 0.7 * rows)).toBeLessThanOrEqual(1);
			}),
		);
	});

	it("never divide a group", () => {
		const groups = fc.array(fc.integer({ min: -1, max: 12 }), { maxLength: 80 });
		fc.assert(
			fc.property(groups, seeds, (groupOf, seed) => {
				const folds = cutFolds(groupOf.length, [0.5, 0.5], seededRandom(seed), Int32Array.from(groupOf));
				const foldsOf = new Map<number, Set<number>>();
				for (const [fold, rows] of folds.entries()) {
					for (const row of rows) {
						const group = groupOf[row] as number;
						if (group >= 0) foldsOf.set(group, (foldsOf.get(group) ?? new Set()).add(fold));
					}
				}
				for (const folds of foldsOf.values()) expect(folds.size).toBe(1);
			}),
		);
	});

	it("let rows with a negative group stand alone", () => {
		const [first, second] = cutFolds(100, [0.5, 0.5], seededRandom(3), new Int32Array(100).fill(-1)) as [
			Int32Array,
			Int32Array,
		];
		expect([first.length, second.length]).toEqual([50, 50]);
	});

	it("are the same for a seed and differ between seeds", () => {
		const cut = (seed: number) => [...(cutFolds(50, [0.5, 0.5], seededRandom(seed))[0] as Int32Array)];
		expect(cut(7)).toEqual(cut(7));
		expect(cut(7)).not.toEqual(cut(8));
	});

	it("give every row the same chance of each fold", () => {
		const times = new Float64Array(10);
		for (let seed = 0; seed < 2_000; seed++)
			for (const row of cutFolds(10, [0.3, 0.7], seededRandom(seed))[0] as Int32Array) times[row]!++;
		for (const count of times) expect(Math.abs(count / 2_000 - 0.3)).toBeLessThan(0.045);
	});

	it.each([[[0.5, 0.4]], [[1.2, -0.2]], [[0, 1]], [[Number.NaN, 1]], [[]]])(
		"need shares that sum to 1: %j",
		(shares) => {
			expect(() => cutFolds(10, shares, seededRandom(1))).toThrow(RangeError);
		},
	);
});
