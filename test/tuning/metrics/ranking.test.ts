import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/local/sample.ts";
import { areaUnderRoc, bootstrapAurocInterval } from "../../../src/tuning/metrics/ranking.ts";
import vectors from "../../fixtures/confidence-vectors.json" with { type: "json" };

const { ranking } = vectors;
const classes = (...marks: readonly number[]) => marks.map((mark) => mark === 1);
const confidences = ranking.conf;
const correct = classes(...ranking.correct);
const options = { level: 0.95, replicates: 2_000, random: seededRandom(1, "auroc") };

/** The definition, over every pair. */
function areaByPairs(scores: readonly number[], positives: readonly boolean[]): number {
	const won = scores.flatMap((high, i) =>
		positives[i] === true
			? scores.flatMap((low, j) => (positives[j] === false ? [high > low ? 1 : high === low ? 0.5 : 0] : []))
			: [],
	);
	return won.reduce((sum: number, share) => sum + share, 0) / won.length;
}

describe("the area under the ROC curve", () => {
	it("is the reference's", () => {
		expect(areaUnderRoc(confidences, correct)).toBeCloseTo(ranking.auroc, 14);
	});

	it("counts half for a tie", () => {
		const { c, y, auroc } = ranking.auroc_ties_example;
		expect(areaUnderRoc(c, classes(...y))).toBeCloseTo(auroc, 14);
		expect(areaUnderRoc([0.7, 0.7, 0.7], [true, false, true])).toBe(0.5);
	});

	it("is 1 where every positive is above every negative, 0 where it is below", () => {
		expect(areaUnderRoc([1, 2, 3, 4], classes(0, 0, 1, 1))).toBe(1);
		expect(areaUnderRoc([1, 2, 3, 4], classes(1, 1, 0, 0))).toBe(0);
	});

	it("is undefined where a class is empty: no pair can be compared", () => {
		expect(areaUnderRoc([], [])).toBeUndefined();
		expect(areaUnderRoc([1, 2], [true, true])).toBeUndefined();
		expect(areaUnderRoc([1, 2], [false, false])).toBeUndefined();
	});

	it("is undefined where a score is NaN, which has no rank", () => {
		expect(areaUnderRoc([Number.NaN, 1], [true, false])).toBeUndefined();
	});

	it("ranks infinite scores like any other, and ties them with themselves", () => {
		const { NEGATIVE_INFINITY, POSITIVE_INFINITY } = Number;
		expect(areaUnderRoc([NEGATIVE_INFINITY, 0, POSITIVE_INFINITY], classes(0, 1, 1))).toBe(1);
		expect(areaUnderRoc([NEGATIVE_INFINITY, NEGATIVE_INFINITY], classes(0, 1))).toBe(0.5);
		expect(areaUnderRoc([0, -0], classes(0, 1))).toBe(0.5);
	});

	it("sorts by value, not by spelling, and leaves its input as it was", () => {
		const scores = [10, 9, 2];
		expect(areaUnderRoc(scores, classes(1, 0, 0))).toBe(1);
		expect(scores).toEqual([10, 9, 2]);
	});

	it("needs a class for each score", () => {
		expect(() => areaUnderRoc([1, 2], [true])).toThrow(RangeError);
	});

	const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), { maxLength: 30 });
	const hasBoth = (marks: readonly boolean[]) => marks.includes(true) && marks.includes(false);

	it("is the definition's, whatever the ties", () => {
		fc.assert(
			fc.property(rows, (pairs) => {
				const scores = pairs.map(([score]) => score);
				const marks = pairs.map(([, mark]) => mark);
				fc.pre(hasBoth(marks));
				expect(areaUnderRoc(scores, marks)).toBeCloseTo(areaByPairs(scores, marks), 12);
			}),
			{ seed: 1, numRuns: 300 },
		);
	});

	it("depends on the order of the scores alone, and turns over with them", () => {
		fc.assert(
			fc.property(rows, (pairs) => {
				const scores = pairs.map(([score]) => score);
				const marks = pairs.map(([, mark]) => mark);
				fc.pre(hasBoth(marks));
				const area = areaUnderRoc(scores, marks) ?? Number.NaN;
				expect(
					areaUnderRoc(
						scores.map((score) => Math.exp(score) - 3),
						marks,
					),
				).toBe(area);
				expect(
					areaUnderRoc(
						scores.map((score) => -score),
						marks,
					),
				).toBeCloseTo(1 - area, 12);
			}),
			{ seed: 2, numRuns: 200 },
		);
	});

	it("is quick for a hundred thousand scores", () => {
		const random = seededRandom(3, "many");
		const scores = Array.from({ length: 100_000 }, random);
		const startedAt = performance.now();
		expect(
			areaUnderRoc(
				scores,
				scores.map((score) => random() < score),
			),
		).toBeCloseTo(5 / 6, 2);
		expect(performance.now() - startedAt).toBeLessThan(2_000);
	});
});

describe("the bootstrap interval of the area", () => {
	it("lies around the area, within [0, 1]", () => {
		const interval = bootstrapAurocInterval(confidences, correct, options);
		expect(interval?.lower).toBeGreaterThan(0.5);
		expect(interval?.lower).toBeLessThan(ranking.auroc);
		expect(interval?.upper).toBeGreaterThan(ranking.auroc);
		expect(interval?.upper).toBeLessThanOrEqual(1);
	});

	it("is as wide as the area's own standard error says (Hanley and McNeil)", () => {
		const random = seededRandom(4, "normal");
		// Uniform scores whose positives are those of a coin of that bias: true area 5/6.
		const scores = Array.from({ length: 400 }, random);
		const marks = scores.map((score) => random() < score);
		const area = areaUnderRoc(scores, marks) ?? Number.NaN;
		const [m, n] = [marks.filter(Boolean).length, marks.filter((mark) => !mark).length];
		const q1 = area / (2 - area);
		const q2 = (2 * area ** 2) / (1 + area);
		const variance = (area * (1 - area) + (m - 1) * (q1 - area ** 2) + (n - 1) * (q2 - area ** 2)) / (m * n);
		const interval = bootstrapAurocInterval(scores, marks, { ...options, random });
		const width = (interval?.upper ?? 0) - (interval?.lower ?? 0);
		expect(width / (2 * 1.96 * Math.sqrt(variance))).toBeCloseTo(1, 0);
		expect(width).toBeGreaterThan(1.5 * 1.96 * Math.sqrt(variance));
	});

	it("repeats with the same randomness", () => {
		const draw = () =>
			bootstrapAurocInterval(confidences, correct, { level: 0.9, replicates: 200, random: seededRandom(9, "same") });
		expect(draw()).toEqual(draw());
	});

	it("widens with its level", () => {
		const width = (level: number) => {
			const interval = bootstrapAurocInterval(confidences, correct, {
				level,
				replicates: 1_000,
				random: seededRandom(5, "level"),
			});
			return (interval?.upper ?? 0) - (interval?.lower ?? 0);
		};
		expect(width(0.5)).toBeLessThan(width(0.9));
		expect(width(0.9)).toBeLessThan(width(0.99));
	});

	it("keeps the size of each class, so that no replicate is undefined", () => {
		const marks = classes(1, 0, 0, 0, 0, 0, 0, 0);
		const interval = bootstrapAurocInterval([8, 1, 2, 3, 4, 5, 6, 7], marks, options);
		expect(interval).toEqual({ lower: 1, upper: 1 });
	});

	it("is a point where every draw is the first of its class", () => {
		// The least negative, 0.1, against the least positive, 0.2, in every replicate.
		const interval = bootstrapAurocInterval([0.1, 0.2, 0.5, 0.9], classes(0, 1, 0, 1), {
			level: 0.95,
			replicates: 3,
			random: () => 0,
		});
		expect(interval).toEqual({ lower: 1, upper: 1 });
	});

	it("is undefined where the area is", () => {
		expect(bootstrapAurocInterval([], [], options)).toBeUndefined();
		expect(bootstrapAurocInterval([1, 2], [true, true], options)).toBeUndefined();
		expect(bootstrapAurocInterval([Number.NaN, 2], [true, false], options)).toBeUndefined();
	});

	it("needs a level within (0, 1) and at least one replicate", () => {
		for (const level of [0, 1, -1, 2, Number.NaN])
			expect(() => bootstrapAurocInterval([1, 2], [true, false], { ...options, level })).toThrow(RangeError);
		for (const replicates of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
			expect(() => bootstrapAurocInterval([1, 2], [true, false], { ...options, replicates })).toThrow(RangeError);
	});
});
