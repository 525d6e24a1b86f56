import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CascadeLog } from "../../../src/tuning/log/cascade-log.ts";
import { splitRows } from "../../../src/tuning/log/split-rows.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";

const logOf = (rows: number, groups?: Int32Array): CascadeLog => ({ rows, ids: [], stages: [], groups });

describe("a split of rows", () => {
	it("has every row on one side, and the share on the first", () => {
		fc.assert(
			fc.property(fc.nat(300), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1_000), (rows, share, seed) => {
				const { drawn, rest } = splitRows(logOf(rows), share, seededRandom(seed));
				expect(drawn).toHaveLength(Math.round(share * rows));
				expect([...drawn, ...rest].sort((left, right) => left - right)).toEqual(
					Array.from({ length: rows }).map((_, row) => row),
				);
				expect([...drawn]).toEqual([...drawn].sort((left, right) => left - right));
			}),
		);
	});

	it("draws every row alike", () => {
		const drawnOften = new Int32Array(10);
		for (let seed = 0; seed < 4_000; seed++)
			for (const row of splitRows(logOf(10), 0.3, seededRandom(seed)).drawn)
				drawnOften[row] = (drawnOften[row] ?? 0) + 1;
		// Binomial(4000, 0.3): a standard deviation is 29.
		for (const often of drawnOften) expect(Math.abs(often - 1_200)).toBeLessThan(150);
	});

	it("keeps groups together, and rows of no group apart", () => {
		const groups = Int32Array.from({ length: 60 }, (_, row) => (row < 20 ? -1 : row % 8));
		for (let seed = 0; seed < 50; seed++) {
			const { drawn, rest } = splitRows(logOf(60, groups), 0.5, seededRandom(seed));
			const drawnGroups = new Set(Array.from(drawn, (row) => groups[row]).filter((group) => group !== -1));
			for (const row of rest) expect(drawnGroups.has(groups[row])).toBe(false);
			expect(drawn.length).toBeGreaterThan(0);
		}
	});
});
