import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MOST_CANDIDATES, nextPath, SCORE_EDGES, scoreBin } from "../../../src/tuning/evidence/next-path.ts";

function binsOf(scores: readonly number[]): number[] {
	const bins = SCORE_EDGES.map(() => 0);
	for (const score of scores) bins[scoreBin(score)] = (bins[scoreBin(score)] ?? 0) + 1;
	return bins;
}

const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 300 });

describe("the edges of scores", () => {
	it("rise from 0 to 1, finer towards the ends", () => {
		expect(SCORE_EDGES[0]).toBe(0);
		expect(SCORE_EDGES.at(-1)).toBe(1);
		for (let index = 1; index < SCORE_EDGES.length; index++)
			expect(SCORE_EDGES[index]).toBeGreaterThan(SCORE_EDGES[index - 1] as number);
		expect(scoreBin(0.99999)).not.toBe(scoreBin(0.99998));
	});

	it("hold each score in the bin from its edge up to the next", () => {
		fc.assert(
			fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (score) => {
				const bin = scoreBin(score);
				expect(score).toBeGreaterThanOrEqual(SCORE_EDGES[bin] as number);
				expect(score).toBeLessThan(SCORE_EDGES[bin + 1] ?? 2);
			}),
		);
		for (const [bin, edge] of SCORE_EDGES.entries()) expect(scoreBin(edge)).toBe(bin);
	});
});

describe("the path of an epoch", () => {
	it("goes from a fifth of the requests to all of them, evenly", () => {
		const bins = binsOf(Array.from({ length: 1_000 }, (_, index) => (index + 0.5) / 1_000));
		const laid = nextPath({ bins, unreadable: 0 });
		expect(laid?.start).toBe(0);
		expect(laid?.path).toHaveLength(41);
		expect(laid?.path[0]).toBe(0.8);
		expect(laid?.path[1]).toBe(0.78);
		expect(laid?.path[20]).toBeCloseTo(0.4, 10);
		expect(laid?.path.at(-1)).toBeLessThanOrEqual(0.0005);
	});

	it("falls strictly, starts at the start's coverage and ends with every reading", () => {
		fc.assert(
			fc.property(
				scores,
				fc.nat({ max: 50 }),
				fc.double({ min: 0, max: 1, noNaN: true }),
				fc.integer({ min: 1, max: MOST_CANDIDATES }),
				(drawn, unreadable, startCoverage, steps) => {
					const { path } = nextPath({ bins: binsOf(drawn), unreadable, startCoverage, steps }) ?? { path: [] };
					expect(path.length).toBeGreaterThanOrEqual(1);
					expect(path.length).toBeLessThanOrEqual(steps);
					for (let index = 1; index < path.length; index++) expect(path[index]).toBeLessThan(path[index - 1] as number);
					const covered = (threshold: number) => drawn.filter((score) => score >= threshold).length;
					const wanted = Math.min(startCoverage * (drawn.length + unreadable), drawn.length);
					expect(covered(path[0] as number)).toBeGreaterThanOrEqual(wanted - 1e-6);
					// No stricter edge would do.
					const stricter = drawn.filter((score) => scoreBin(score) > scoreBin(path[0] as number)).length;
					expect(stricter).toBeLessThan(Math.max(1, wanted + 1e-6));
				},
			),
		);
	});

	it("counts requests without a reading as never accepted", () => {
		const bins = binsOf(Array.from({ length: 100 }, (_, index) => (index + 0.5) / 100));
		// A fifth of 200 requests are 40 of 100 readings.
		expect(nextPath({ bins, unreadable: 100 })?.path[0]).toBe(0.605);
		expect(nextPath({ bins: binsOf([0.5]), unreadable: 99 })?.path).toEqual([0.5]);
	});

	it("has one candidate for scores that are all the same, and none without scores", () => {
		expect(nextPath({ bins: binsOf([1, 1, 1]), unreadable: 0 })).toEqual({ path: [1], start: 0 });
		expect(nextPath({ bins: binsOf([]), unreadable: 10 })).toBe(null);
	});

	it("refuses what is no histogram and no share", () => {
		expect(() => nextPath({ bins: [1], unreadable: 0 })).toThrow(RangeError);
		expect(() => nextPath({ bins: binsOf([]), unreadable: 0, startCoverage: 2 })).toThrow(RangeError);
		expect(() => nextPath({ bins: binsOf([]), unreadable: 0, steps: 65 })).toThrow(RangeError);
	});
});
