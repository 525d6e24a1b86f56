import { hash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sharedRows, sketchRows } from "../../../src/tuning/log/row-sketch.ts";

const hashesOf = (from: number, to: number) =>
	Array.from({ length: to - from }, (_, row) => hash("sha1", String(from + row)).slice(0, 10));
const sketchOf = (from: number, to: number) => sketchRows(hashesOf(from, to));

describe("a sketch of rows", () => {
	it("has the least hashes, rising, whatever the order of the rows, and never more than 256", () => {
		const hashes = hashesOf(0, 5_000);
		const { rows, least } = sketchRows(hashes);
		expect(rows).toBe(5_000);
		expect(least).toEqual(hashes.toSorted().slice(0, 256));
		expect(sketchRows(hashes.toReversed())).toEqual({ rows, least });
		expect(sketchOf(0, 10).least).toHaveLength(10);
		expect(sketchRows([])).toEqual({ rows: 0, least: [] });
	});

	it("knows exactly how many rows two small logs share", () => {
		const ends = fc.tuple(fc.nat(120), fc.integer({ min: 1, max: 120 }));
		fc.assert(
			fc.property(ends, ends, ([from, length], [otherFrom, otherLength]) => {
				const [to, otherTo] = [from + length, otherFrom + otherLength];
				const shared = Math.max(0, Math.min(to, otherTo) - Math.max(from, otherFrom));
				expect(sharedRows(sketchOf(from, to), sketchOf(otherFrom, otherTo))).toBeCloseTo(
					shared / Math.min(length, otherLength),
					12,
				);
			}),
		);
	});

	it("estimates it of large ones, as a share of the smaller", () => {
		const large = sketchOf(0, 20_000);
		expect(sharedRows(large, large)).toBe(1);
		expect(sharedRows(large, sketchOf(0, 4_000))).toBe(1);
		expect(sharedRows(sketchOf(0, 100), large)).toBe(1);
		expect(sharedRows(large, sketchOf(10_000, 30_000))).toBeGreaterThan(0.38);
		expect(sharedRows(large, sketchOf(10_000, 30_000))).toBeLessThan(0.62);
		expect(sharedRows(large, sketchOf(19_000, 39_000))).toBeLessThan(0.12);
		expect(sharedRows(large, sketchOf(20_000, 40_000))).toBe(0);
		expect(sharedRows(large, sketchRows([]))).toBe(0);
	});
});
