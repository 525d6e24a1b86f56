import { describe, expect, it } from "vitest";
import type { LabelScore } from "../../../src/core/task.ts";
import { readClassification } from "../../../src/openai/classifications/encode-classifications.ts";
import { exampleAnswer, token } from "../../core/examples.ts";

const LABELS = ["Ham", "spam"];
const scored = (...scores: readonly (readonly [string, unknown])[]) =>
	exampleAnswer({ text: "spam", scores: scores.map(([label, score]) => ({ label, score })) as LabelScore[] });

describe("a label read from an answer", () => {
	it("is in the request's spelling", () => {
		expect(readClassification(exampleAnswer({ text: ' "HAM".' }), LABELS)?.label).toBe("Ham");
	});

	it("is none where the answer is none", () => {
		expect(readClassification(exampleAnswer({ text: "spam or ham" }), LABELS)).toBeUndefined();
	});

	it("has a classifier's scores, in the request's order", () => {
		const tokens = [token("spam", 0.6, { spam: 0.6, ham: 0.4 })];
		expect(readClassification({ ...scored(["spam", 0.9], ["Ham", 0.1]), tokens }, LABELS)).toEqual({
			label: "spam",
			score: 0.9,
			scores: [
				{ label: "Ham", score: 0.1 },
				{ label: "spam", score: 0.9 },
			],
		});
	});

	it("has its log-probabilities' scores where there is no classifier", () => {
		const answer = exampleAnswer({ text: "spam", tokens: [token("spam", 0.6, { spam: 0.6, ham: 0.4 })] });
		const classification = readClassification(answer, LABELS);
		expect(classification?.score).toBeCloseTo(0.6, 12);
		expect(classification?.scores[0]?.score).toBeCloseTo(0.4, 12);
	});

	it("has the score null for a label that the model has not weighed", () => {
		const answer = exampleAnswer({ text: "spam", tokens: [token("spam", 1, { spam: 1 })] });
		expect(readClassification(answer, LABELS)?.scores).toEqual([
			{ label: "Ham", score: null },
			{ label: "spam", score: 1 },
		]);
	});

	it.each([Number.NaN, -0.1, 1.1, "0.9", null])("has no score %o, which is none", (score) => {
		expect(readClassification(scored(["spam", score]), LABELS)?.score).toBeNull();
	});
});
