import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cosineSimilarity } from "../../../src/core/evidence/cosine-similarity.ts";

describe("the cosine of two vectors", () => {
	it("is 1 for the same direction, 0 for a right angle, -1 for the opposite", () => {
		expect(cosineSimilarity([3, 4], [6, 8])).toBeCloseTo(1, 12);
		expect(cosineSimilarity([1, 0], [0, 5])).toBe(0);
		expect(cosineSimilarity([1, 2], [-2, -4])).toBeCloseTo(-1, 12);
		expect(cosineSimilarity([1, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 12);
	});

	it.each([
		[[], []],
		[
			[0, 0],
			[1, 1],
		],
		[[1], [1, 0]],
		[[1, 0], [1]],
		[
			[Number.NaN, 1],
			[1, 1],
		],
		[
			[1, 1],
			[Number.POSITIVE_INFINITY, 1],
		],
	])("is none of %j and %j", (left, right) => {
		expect(cosineSimilarity(left, right)).toBeNull();
	});

	it("is at most 1 on either side, the same both ways and at any length of the vectors", () => {
		const vector = fc.array(
			fc.double({ min: -10, max: 10, noNaN: true }).filter((x) => x === 0 || Math.abs(x) > 1e-6),
			{
				minLength: 3,
				maxLength: 3,
			},
		);
		fc.assert(
			fc.property(vector, vector, fc.constantFrom(1e-3, 7, 1e150), (left, right, factor) => {
				const similarity = cosineSimilarity(left, right);
				if (similarity === null) return;
				expect(Math.abs(similarity)).toBeLessThanOrEqual(1 + 1e-12);
				expect(cosineSimilarity(right, left)).toBeCloseTo(similarity, 12);
				const scale = (values: readonly number[]) => values.map((value) => value * factor);
				expect(cosineSimilarity(scale(left), scale(right))).toBeCloseTo(similarity, 9);
			}),
		);
	});
});
