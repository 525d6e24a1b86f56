import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelProbabilities } from "../../src/core/label-probabilities.ts";
import { garbageTokens, token, tokensWith } from "./examples.ts";

const LABELS = ["spam", "ham", "unsure"];

const asMap = (scores: ReturnType<typeof labelProbabilities>) =>
	new Map((scores ?? []).map(({ label, score }) => [label, score]));

describe("the probabilities of labels", () => {
	it("are those at the token that begins the label, renormalised over the labels listed there", () => {
		const tokens = [token("spam", 0.6, { spam: 0.6, ham: 0.2, the: 0.2 })];
		const scores = labelProbabilities(tokens, LABELS, "spam");
		expect(scores?.[0]?.label).toBe("spam");
		expect(asMap(scores).get("spam")).toBeCloseTo(0.75, 12);
		expect(asMap(scores).get("ham")).toBeCloseTo(0.25, 12);
	});

	it("leave out a label that the model did not list", () => {
		const tokens = [token("spam", 0.6, { spam: 0.6, ham: 0.4 })];
		expect(labelProbabilities(tokens, LABELS, "spam")?.map(({ label }) => label)).toEqual(["spam", "ham"]);
	});

	it("add up the spellings of one label", () => {
		const tokens = [token("spam", 0.5, { spam: 0.5, " Spam": 0.25, ham: 0.25 })];
		expect(asMap(labelProbabilities(tokens, LABELS, "spam")).get("spam")).toBeCloseTo(0.75, 12);
	});

	it("are read past what comes before the label", () => {
		const tokens = [token('"', 1, { '"': 1 }), token("ham", 0.8, { ham: 0.8, spam: 0.2 }), token('"', 1, { '"': 1 })];
		expect(asMap(labelProbabilities(tokens, LABELS, "ham")).get("ham")).toBeCloseTo(0.8, 12);
	});

	it("put the answered label first although a sampled one is not the likeliest", () => {
		const tokens = [token("ham", 0.1, { spam: 0.9, ham: 0.1 })];
		expect(labelProbabilities(tokens, LABELS, "ham")?.map(({ label }) => label)).toEqual(["ham", "spam"]);
	});

	it.each([
		["without log-probabilities", null],
		["of no tokens", []],
		["without alternatives", tokensWith(-0.1)],
		["of a token that begins no label", [token("the", 0.9, { the: 0.9 })]],
		["of a token that begins another label than the answer's", [token("ham", 0.9, { ham: 0.9 })]],
		[
			"of absurd numbers",
			garbageTokens({ token: "spam", logprob: 0.5, top_logprobs: [{ token: "spam", logprob: 0.5 }] }),
		],
		["of what is no token", garbageTokens({ token: 5, logprob: -1 })],
		[
			"of probability 0",
			garbageTokens({ token: "spam", logprob: -Infinity, top_logprobs: [{ token: "a", logprob: -1 }] }),
		],
	])("are null %s", (_what, tokens) => {
		expect(labelProbabilities(tokens, LABELS, "spam")).toBeNull();
	});

	it("are in [0, 1] and sum to 1, whatever the model listed", () => {
		const logprob = fc.double({ min: -50, max: 0, noNaN: true });
		const name = fc.constantFrom("spam", "ham", "unsure", "the", " Ham");
		const alternatives = fc.array(fc.record({ token: name, logprob }), { minLength: 1, maxLength: 20 });
		fc.assert(
			fc.property(logprob, alternatives, (own, top_logprobs) => {
				const scores = labelProbabilities([{ token: "spam", logprob: own, top_logprobs }], LABELS, "spam") ?? [];
				expect(scores.every(({ score }) => score >= 0 && score <= 1)).toBe(true);
				expect(scores.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 9);
			}),
		);
	});
});
