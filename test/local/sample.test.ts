import { describe, expect, it } from "vitest";
import { chooseToken, largestPositions, seededRandom } from "../../src/local/sample.ts";

const logprobs = [Math.log(0.1), Math.log(0.6), Math.log(0.3)];

describe("choosing a token", () => {
	it("takes the likeliest at temperature 0, the first on a tie", () => {
		expect(chooseToken(logprobs, 0, 1, () => 0.99)).toBe(1);
		expect(chooseToken([-1, -1], 0, 1, () => 0.99)).toBe(0);
	});

	it("divides the unit interval by probability", () => {
		expect(chooseToken(logprobs, 1, 1, () => 0.05)).toBe(0);
		expect(chooseToken(logprobs, 1, 1, () => 0.15)).toBe(1);
		expect(chooseToken(logprobs, 1, 1, () => 0.95)).toBe(2);
	});

	it("never takes a token outside the nucleus", () => {
		const random = seededRandom(1, "");
		const drawn = new Set(Array.from({ length: 500 }, () => chooseToken(logprobs, 1, 0.8, random)));
		expect([...drawn].toSorted()).toEqual([1, 2]);
	});

	it("survives an impossible token", () => {
		expect(chooseToken([Number.NEGATIVE_INFINITY, 0], 1, 1, () => 0)).toBe(1);
	});
});

describe("seeded randomness", () => {
	it("repeats for the same seed and text, and differs for another", () => {
		const draws = (seed: number, text: string) => Array.from({ length: 5 }, seededRandom(seed, text));
		expect(draws(1, "a")).toEqual(draws(1, "a"));
		expect(draws(1, "a")).not.toEqual(draws(2, "a"));
		expect(draws(1, "a")).not.toEqual(draws(1, "b"));
	});

	it("is spread evenly over the unit interval", () => {
		const random = seededRandom(42, "");
		const draws = Array.from({ length: 10_000 }, random);
		expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
		expect(Math.max(...draws)).toBeLessThan(1);
		expect(draws.reduce((sum, draw) => sum + draw, 0) / draws.length).toBeCloseTo(0.5, 1);
	});
});

describe("the largest positions", () => {
	it("come largest first, earlier first on a tie", () => {
		expect(largestPositions([3, 9, 5, 9, 1], 3)).toEqual([1, 3, 2]);
		expect(largestPositions([1], 5)).toEqual([0]);
		expect(largestPositions([1, 2], 0)).toEqual([]);
	});
});
