import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { learnedConfidence, type LearnedModel } from "../../../src/core/confidence/learned.ts";
import { ANSWER_FEATURES, answerFeatures } from "../../../src/core/confidence/logprob-features.ts";
import { exampleAnswer, exampleRequest, token, tokensWith } from "../examples.ts";

const request = exampleRequest();
const answer = exampleAnswer({
	tokens: [token("a", 0.8, { a: 0.8, b: 0.2 }), token("c", 0.5, { c: 0.5, d: 0.3, e: 0.1 })],
});
const read = (model: LearnedModel, given = answer) => learnedConfidence(request, given, model);
const measured = (confidence: number) => ({ kind: "measured", confidence: expect.closeTo(confidence, 12) });

describe("learned", () => {
	it("is the logistic of the bias where no feature has a weight", () => {
		expect(read({ bias: 0, weights: {} })).toEqual(measured(0.5));
		expect(read({ bias: Math.log(3), weights: {} })).toEqual(measured(0.75));
	});

	it("adds each feature by its weight", () => {
		// tokenCount 2, minLogprob ln 0.5, firstTokenMargin 0.6: 1 + 0.5 * 2 + 2 * ln 0.5 - 0.6.
		const model = { bias: 1, weights: { tokenCount: 0.5, minLogprob: 2, firstTokenMargin: -1 } };
		expect(read(model)).toEqual(measured(1 / (1 + Math.exp(-(1.4 - 2 * Math.LN2)))));
	});

	it("reads every feature that a policy can weigh", () => {
		const features = answerFeatures(request, answer);
		if (!features.ok) throw new Error(features.error);
		for (const name of ANSWER_FEATURES)
			expect(read({ bias: 0.1, weights: { [name]: 0.3 } }), name).toEqual(
				measured(1 / (1 + Math.exp(-(0.1 + 0.3 * features.value[name])))),
			);
	});

	it("goes to 0 and 1 and no further, however large the sum", () => {
		expect(read({ bias: 1e6, weights: { tokenCount: 1e6 } })).toEqual({ kind: "measured", confidence: 1 });
		expect(read({ bias: -1e6, weights: { tokenCount: -1e6 } })).toEqual({ kind: "measured", confidence: 0 });
	});

	it("cannot be read where a feature that it weighs is minus infinity, and can where it weighs none", () => {
		const impossible = exampleAnswer({
			tokens: [
				{ token: "a", logprob: Number.NEGATIVE_INFINITY, top_logprobs: [{ token: "b", logprob: 0 }] },
				token("a", 0.9, { a: 0.9 }),
				token("a", 0.9, { a: 0.9 }),
			],
		});
		const badLogprobs = { kind: "unavailable", cause: "bad-logprobs" };
		for (const name of ["meanLogprob", "minLogprob", "quantile10"] as const) {
			expect(read({ bias: 0, weights: { [name]: 1 } }, impossible), name).toEqual(badLogprobs);
			expect(read({ bias: 0, weights: { [name]: -1 } }, impossible), name).toEqual(badLogprobs);
		}
		expect(read({ bias: 0, weights: { minLogprob: 0, tokenCount: 1 } }, impossible)).toEqual(
			measured(1 / (1 + Math.exp(-3))),
		);
	});

	it("cannot be read without log-probabilities and alternatives", () => {
		const noLogprobs = { kind: "unavailable", cause: "no-logprobs" };
		expect(read({ bias: 0, weights: {} }, exampleAnswer())).toEqual(noLogprobs);
		expect(read({ bias: 0, weights: {} }, exampleAnswer({ tokens: tokensWith(-0.1) }))).toEqual(noLogprobs);
	});

	it("never falls where a feature with a positive weight rises", () => {
		const probability = fc.double({ min: 0.01, max: 0.99, noNaN: true });
		fc.assert(
			fc.property(probability, probability, (left, right) => {
				const confidences = [left, right]
					.toSorted((a, b) => a - b)
					.map((p) => {
						const reading = read(
							{ bias: 0, weights: { meanLogprob: 1 } },
							exampleAnswer({ tokens: [token("a", p, { a: p })] }),
						);
						return reading.kind === "measured" ? reading.confidence : Number.NaN;
					});
				expect(confidences[0]).toBeLessThanOrEqual(confidences[1] ?? Number.NaN);
			}),
			{ seed: 5, numRuns: 200 },
		);
	});
});
