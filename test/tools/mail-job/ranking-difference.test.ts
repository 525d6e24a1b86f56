import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areaUnderRoc } from "../../../src/tuning/metrics/ranking.ts";
import { rankingDifference } from "../../../tools/mail-job/ranking-difference.ts";

const answers = fc.array(
	fc.record({ score: fc.integer({ min: 0, max: 6 }), other: fc.integer({ min: 0, max: 6 }), right: fc.boolean() }),
	{ minLength: 1, maxLength: 40 },
);

describe("rankingDifference", () => {
	it("is the difference of the two areas under the ROC curve, ties counted half", () => {
		fc.assert(
			fc.property(answers, (list) => {
				const right = list.map((answer) => answer.right);
				const scores = list.map(({ score }) => score);
				const others = list.map(({ other }) => other);
				const count = right.filter(Boolean).length;
				const found = rankingDifference(scores, others, right);
				if (count < 2 || right.length - count < 2) expect(found).toBeUndefined();
				else
					expect(found?.difference).toBeCloseTo(
						(areaUnderRoc(scores, right) ?? 0) - (areaUnderRoc(others, right) ?? 0),
						10,
					);
			}),
		);
	});

	it("is nothing, with certainty, between scores of the same order", () => {
		const right = [true, false, true, false, true];
		const scores = [0.9, 0.2, 0.4, 0.4, 0.8];
		const found = rankingDifference(
			scores,
			scores.map((score) => score ** 3),
			right,
		);
		expect(found).toEqual({ difference: 0, lower: 0, upper: 0 });
	});

	it("has the interval that DeLong's formula gives by hand", () => {
		// Against scores that are all alike each placement is a half. Of the right ones 1, 1/2 of the wrong are below; of
		// the wrong ones 1, 1/2 of the right are above: variances 1/8 each, and so an error of the root of 1/8.
		const found = rankingDifference([3, 1, 2, 0], [5, 5, 5, 5], [true, true, false, false]);
		expect(found?.difference).toBeCloseTo(0.25, 12);
		expect(found?.upper).toBeCloseTo(0.25 + 1.959964 * Math.sqrt(1 / 8), 6);
		expect(found?.lower).toBeCloseTo(0.25 - 1.959964 * Math.sqrt(1 / 8), 6);
	});
});
