import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelMarginConfidence, tokenMarginConfidence } from "../../../src/core/confidence/margin-confidence.ts";
import vectors from "../../fixtures/confidence-vectors.json" with { type: "json" };
import { garbageTokens, token, tokensWith } from "../examples.ts";

const measured = (confidence: number) => ({ kind: "measured", confidence: expect.closeTo(confidence, 12) });
const unavailable = (cause: string) => ({ kind: "unavailable", cause });

describe("token-margin", () => {
	it("cannot be read without tokens or without alternatives", () => {
		expect(tokenMarginConfidence(null)).toEqual(unavailable("no-logprobs"));
		expect(tokenMarginConfidence([])).toEqual(unavailable("no-logprobs"));
		expect(tokenMarginConfidence(tokensWith(-0.1))).toEqual(unavailable("no-logprobs"));
		expect(tokenMarginConfidence([token("a", 0.9, { a: 0.9, b: 0.1 }), token("b", 0.9)])).toEqual(
			unavailable("no-logprobs"),
		);
	});

	it.each([
		["NaN", { token: "b", logprob: Number.NaN }],
		["positive", { token: "b", logprob: 0.5 }],
		["missing", { token: "b" }],
		["text", { token: "b", logprob: "-1" }],
		["in place of an object, null", null],
		["in place of an object, a number", 7],
	])("refuses an alternative whose log-probability is %s", (_case, alternative) => {
		const tokens = garbageTokens({
			token: "a",
			logprob: -0.1,
			top_logprobs: [{ token: "a", logprob: -0.1 }, alternative],
		});
		expect(tokenMarginConfidence(tokens)).toEqual(unavailable("bad-logprobs"));
	});

	it("is the gap between the two likeliest tokens of a greedy answer", () => {
		const { topk_entropy, margin_prob } = vectors.logprob_features;
		const [first = 0, second = 0] = topk_entropy.top_logprobs;
		const tokens = garbageTokens({
			token: "a",
			logprob: first,
			top_logprobs: topk_entropy.top_logprobs.map((logprob, index) => ({ token: "abcde".charAt(index), logprob })),
		});
		expect(Math.exp(first) - Math.exp(second)).toBeCloseTo(margin_prob, 12);
		expect(tokenMarginConfidence(tokens)).toEqual(measured(margin_prob));
	});

	it("averages over the tokens", () => {
		const tokens = [token("a", 0.9, { a: 0.9, b: 0.1 }), token("c", 0.6, { c: 0.6, d: 0.4 })];
		expect(tokenMarginConfidence(tokens)).toEqual(measured((0.8 + 0.2) / 2));
	});

	it("gives the rest of the mass to an unseen rival where the emitted token is the only one listed", () => {
		// 0.9 listed leaves 0.1 for one rival; 0.3 leaves 0.7, but a rival above 0.3 would itself head the list.
		expect(tokenMarginConfidence([token("a", 0.9, { a: 0.9 })])).toEqual(measured(0.8));
		expect(tokenMarginConfidence([token("a", 0.3, { a: 0.3 })])).toEqual(measured(0));
	});

	it("is 0, never negative, where a less likely token was sampled", () => {
		expect(tokenMarginConfidence([token("b", 0.2, { a: 0.8, b: 0.2 })])).toEqual(measured(0));
	});

	it("reads a sampled token that is outside the list", () => {
		expect(tokenMarginConfidence([token("z", 0.05, { a: 0.6, b: 0.3 })])).toEqual(measured(0));
	});

	it("takes minus infinity and -9999 for an impossible alternative", () => {
		const tokens = garbageTokens({
			token: "a",
			logprob: 0,
			top_logprobs: [
				{ token: "a", logprob: 0 },
				{ token: "b", logprob: Number.NEGATIVE_INFINITY },
				{ token: "c", logprob: -9999 },
			],
		});
		expect(tokenMarginConfidence(tokens)).toEqual(measured(1));
	});
});

describe("label-margin", () => {
	const labels = ["spam", "ham"];

	it("cannot be read without tokens, without a label in them, or without alternatives at the label", () => {
		expect(labelMarginConfidence(null, labels)).toEqual(unavailable("no-logprobs"));
		expect(labelMarginConfidence([], labels)).toEqual(unavailable("no-logprobs"));
		expect(labelMarginConfidence([token("perhaps", 0.9, { perhaps: 0.9 })], labels)).toEqual(unavailable("no-label"));
		expect(labelMarginConfidence([token("spam", 0.9)], labels)).toEqual(unavailable("no-logprobs"));
	});

	it("is unavailable, never surer, where a label's log-probability is no log-probability", () => {
		const bad = garbageTokens({ token: "spam", logprob: -0.1, top_logprobs: [{ token: "ham", logprob: Number.NaN }] });
		expect(labelMarginConfidence(bad, labels)).toEqual(unavailable("bad-logprobs"));
	});

	it("is unavailable where an alternative has no text", () => {
		for (const alternative of [{ token: 5, logprob: -3 }, { logprob: -3 }, null]) {
			const bad = garbageTokens({
				token: "spam",
				logprob: -0.1,
				top_logprobs: [{ token: "spam", logprob: -0.1 }, alternative],
			});
			expect(labelMarginConfidence(bad, labels)).toEqual(unavailable("bad-logprobs"));
		}
	});

	it("renormalises over the labels: what else the model might have said does not count", () => {
		// (0.6 - 0.2) / (0.6 + 0.2)
		expect(labelMarginConfidence([token("spam", 0.6, { spam: 0.6, ham: 0.2, the: 0.2 })], labels)).toEqual(
			measured(0.5),
		);
	});

	it("adds up the spellings of a label", () => {
		// spam 0.5 + 0.2, ham 0.1: (0.7 - 0.1) / 0.8
		const tokens = [token("spam", 0.5, { spam: 0.5, " Spam": 0.2, ham: 0.1 })];
		expect(labelMarginConfidence(tokens, labels)).toEqual(measured(0.75));
	});

	it("sets aside letter case and quotes of the token", () => {
		for (const text of ["SPAM", " Spam", '"spam', "'spam'", "`spam`", "spam.", "(spam)", '\n"Spam"'])
			expect(labelMarginConfidence([token(text, 0.75, { [text]: 0.75, ham: 0.25 })], labels)).toEqual(measured(0.5));
	});

	it("sets aside letter case of the policy's labels", () => {
		expect(labelMarginConfidence([token("spam", 0.75, { spam: 0.75, ham: 0.25 })], ["SPAM", "Ham"])).toEqual(
			measured(0.5),
		);
	});

	it("reads a label from its first token, the rest of it being decided by then", () => {
		const tokens = [token("sp", 0.75, { sp: 0.75, ha: 0.25 }), token("am", 1, { am: 1 })];
		expect(labelMarginConfidence(tokens, labels)).toEqual(measured(0.5));
	});

	it("passes over the structure tokens of a JSON answer", () => {
		const tokens = [
			token('{"', 1, { '{"': 1 }),
			token("verdict", 0.99, { verdict: 0.99 }),
			token('":', 1, { '":': 1 }),
			token(' "', 1, { ' "': 1 }),
			token("spam", 0.75, { spam: 0.75, ham: 0.25 }),
			token('"}', 1, { '"}': 1 }),
		];
		expect(labelMarginConfidence(tokens, labels)).toEqual(measured(0.5));
	});

	it("passes over a token that begins two labels, and reads where they part", () => {
		const tokens = [token("not", 0.9, { not: 0.9 }), token("not_safe", 0.75, { not_safe: 0.75, not_sure: 0.25 })];
		expect(labelMarginConfidence(tokens, ["not_safe", "not_sure"])).toEqual(measured(0.5));
		expect(labelMarginConfidence(tokens.slice(0, 1), ["not_safe", "not_sure"])).toEqual(unavailable("no-label"));
	});

	it("cannot be read where the first token that names a label names another than the one answered", () => {
		const tokens = [token("ham", 0.9, { ham: 0.9, spam: 0.1 }), token("spam", 0.75, { spam: 0.75, ham: 0.25 })];
		expect(labelMarginConfidence(tokens, labels, "spam")).toEqual(unavailable("no-label"));
		expect(labelMarginConfidence(tokens.slice(1), labels, "spam")).toEqual(measured(0.5));
		expect(labelMarginConfidence(tokens, labels)).toEqual(measured(0.8));
	});

	it("gives a label outside the list the mass that is left, but no more than the least of the list", () => {
		// 0.1 is left for "ham".
		expect(labelMarginConfidence([token("spam", 0.6, { spam: 0.6, the: 0.3 })], labels)).toEqual(measured(0.5 / 0.7));
		// 0.4 is left, but a token above 0.1 would have been listed.
		expect(labelMarginConfidence([token("spam", 0.5, { spam: 0.5, the: 0.1 })], labels)).toEqual(measured(0.4 / 0.6));
	});

	it("is unavailable where every label was impossible", () => {
		const tokens = garbageTokens({
			token: "spam",
			logprob: Number.NEGATIVE_INFINITY,
			top_logprobs: [{ token: "the", logprob: 0 }],
		});
		expect(labelMarginConfidence(tokens, labels)).toEqual(unavailable("bad-logprobs"));
	});

	it("is 0 where the answered label was the less likely one", () => {
		expect(labelMarginConfidence([token("ham", 0.2, { spam: 0.8, ham: 0.2 })], labels)).toEqual(measured(0));
	});

	it("never looks surer for a shorter list of alternatives", () => {
		const vocabulary = ["alpha", "beta", "gamma", "delta", "elsewise", "other"];
		const allowed = vocabulary.slice(0, 4);
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 6, maxLength: 6 }),
				fc.integer({ min: 1, max: 6 }),
				(weights, listed) => {
					const total = weights.reduce((sum, weight) => sum + weight, 0);
					const ranked = vocabulary
						.map((name, index) => ({ name, probability: (weights[index] ?? 0) / total }))
						.toSorted((left, right) => right.probability - left.probability);
					const answered = ranked.find(({ name }) => allowed.includes(name));
					if (answered === undefined) return;
					const readFrom = (count: number) => {
						const list = Object.fromEntries(ranked.slice(0, count).map(({ name, probability }) => [name, probability]));
						const reading = labelMarginConfidence([token(answered.name, answered.probability, list)], allowed);
						return reading.kind === "measured" ? reading.confidence : 0;
					};
					expect(readFrom(listed)).toBeLessThanOrEqual(readFrom(vocabulary.length) + 1e-9);
				},
			),
			{ seed: 1, numRuns: 500 },
		);
	});
});
