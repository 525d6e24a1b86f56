import { describe, expect, it } from "vitest";
import type { Population } from "../../../tools/demonstration/population.ts";
import type { DemonstratedRequest } from "../../../tools/demonstration/run-demonstration.ts";
import { chapters, figuresOf, timeLine } from "../../../tools/demonstration/time-line.ts";

/** At 0.9 the good model is wrong in 3%, the worse one in 12%; at 0.8 twice as often. */
const population: Population = {
	large: [],
	risk: (model, threshold) => (model === "good" ? 0.03 : 0.12) * (threshold >= 0.9 ? 1 : 2),
	coverage: () => 0.5,
};

function request(number: number, given: Partial<DemonstratedRequest> = {}): DemonstratedRequest {
	const { threshold = null, accepted = threshold !== null } = given;
	return {
		number,
		sentAt: number / 2,
		model: "good",
		reason: accepted ? "accepted" : "audition",
		threshold,
		accepted,
		differs: false,
		mistaken: false,
		largeMistaken: false,
		costUsd: 1,
		largeCostUsd: 3,
		...given,
	};
}

const run = [
	request(1),
	request(2, { threshold: 0.9 }),
	request(3, { threshold: 0.8, differs: true, mistaken: true }),
	request(4, { threshold: 0.9, model: "worse", differs: true }),
	request(5, { model: "worse" }),
	request(6),
	request(7, { threshold: 0.9, accepted: false }),
];

describe("the time line of the demonstration", () => {
	it("has a chapter for each thing that was the case, in order", () => {
		expect(chapters(run, population, 0.05).map(({ chapter, first, last }) => [chapter, first, last])).toEqual([
			["audition", 1, 1],
			["certified", 2, 3],
			["drifted, not yet noticed", 4, 4],
			["alarm", 5, 5],
			["audition again", 6, 6],
			["certified again", 7, 7],
		]);
	});

	it("counts what was accepted while the true risk was above the target, at its own threshold and model", () => {
		const violating = chapters(run, population, 0.05).map((part) => part.violating);
		expect(violating).toEqual([0, 1, 1, 0, 0, 0]);
		expect(figuresOf(run, population, 0.05)).toMatchObject({
			requests: 7,
			seconds: 3,
			accepted: 3,
			differing: 2,
			violating: 2,
			mistaken: 1,
			costUsd: 7,
			largeCostUsd: 21,
		});
		expect(figuresOf(run, population, 0.05).trueRisk).toBeCloseTo((0.03 + 0.06 + 0.12) / 3);
		expect(figuresOf(run.slice(0, 1), population, 0.05).trueRisk).toBeNull();
	});

	it("is cut into pieces, each of the chapter of most of its requests", () => {
		expect(
			timeLine(run, population, 0.05, 3).map(({ chapter, last, threshold }) => [chapter, last, threshold]),
		).toEqual([
			["certified", 3, 0.8],
			["drifted, not yet noticed", 6, null],
			["certified again", 7, 0.9],
		]);
	});
});
