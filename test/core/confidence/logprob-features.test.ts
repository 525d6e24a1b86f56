import { describe, expect, it } from "vitest";
import { ANSWER_FEATURES, answerFeatures, entropyOf } from "../../../src/core/confidence/logprob-features.ts";
import { readDistribution } from "../../../src/core/confidence/margin-confidence.ts";
import type { ChatRequest, Completion, TokenLogprob } from "../../../src/core/completion.ts";
import vectors from "../../fixtures/confidence-vectors.json" with { type: "json" };
import { exampleAnswer, exampleRequest, garbageTokens, token, tokensWith } from "../examples.ts";

const reference = vectors.logprob_features;

/** A token that lists itself alone, so that only its log-probability says anything. */
const alone = (logprob: number): TokenLogprob => ({ token: "t", logprob, top_logprobs: [{ token: "t", logprob }] });

/** The features of an answer that must have them. */
function featuresOf(answer: Completion, request: ChatRequest = exampleRequest()) {
	const features = answerFeatures(request, answer);
	if (!features.ok) throw new Error(`no features: ${features.error}`);
	return features.value;
}

const withTokens = (...tokens: readonly TokenLogprob[]) => featuresOf(exampleAnswer({ tokens }));

/** The reference's list of alternatives, the first of them emitted. */
const referenceToken: TokenLogprob = {
	token: "a",
	logprob: reference.topk_entropy.top_logprobs[0] ?? 0,
	top_logprobs: reference.topk_entropy.top_logprobs.map((logprob, index) => ({
		token: "abcde".charAt(index),
		logprob,
	})),
};

/** The entropy at one token. */
function entropyAt(given: TokenLogprob): number {
	const distribution = readDistribution(given);
	if (distribution === null) throw new Error("no distribution");
	return entropyOf(distribution);
}

describe("the features of an answer", () => {
	const features = withTokens(...reference.logprobs.map(alone));

	it("count its tokens", () => {
		expect(features.tokenCount).toBe(8);
		expect(features.logTokenCount).toBeCloseTo(Math.log(8), 12);
	});

	it("hold the mean, least and low quantiles of its log-probabilities", () => {
		expect(features.meanLogprob).toBeCloseTo(reference.mean, 12);
		expect(features.meanLogprob * features.tokenCount).toBeCloseTo(reference.sum, 12);
		expect(features.minLogprob).toBe(reference.min);
		expect(features.quantile10).toBeCloseTo(reference.quantiles_type7["0.1"], 12);
		expect(features.quantile20).toBeCloseTo(reference.quantiles_type7["0.2"], 12);
		expect(features.quantile50).toBeCloseTo(reference.quantiles_type7["0.5"], 12);
	});

	it("hold the share of tokens that were less likely than not", () => {
		expect(features.shareBelowHalf).toBe(reference["frac_below_ln0.5"]);
		expect(withTokens(alone(-Math.LN2)).shareBelowHalf).toBe(0);
	});

	it("hold the margins, mean and first", () => {
		const read = withTokens(referenceToken, token("b", 0.5, { b: 0.5, c: 0.4, d: 0.1 }));
		expect(read.firstTokenMargin).toBeCloseTo(reference.margin_prob, 12);
		expect(read.meanMargin).toBeCloseTo((reference.margin_prob + 0.1) / 2, 12);
	});

	it("hold the entropies, mean and greatest", () => {
		const read = withTokens(token("x", 1, { x: 1 }), referenceToken, token("y", 0.5, { y: 0.5, z: 0.5 }));
		const { with_leftover_mass_nats: entropy } = reference.topk_entropy;
		expect(read.maxEntropy).toBeCloseTo(entropy, 12);
		expect(read.meanEntropy).toBeCloseTo((entropy + Math.LN2) / 3, 12);
	});

	it("tell an answer that stopped by itself, and a request for JSON", () => {
		const tokens = [alone(-0.1)];
		const formatted = (response_format: unknown) =>
			featuresOf(exampleAnswer({ tokens }), exampleRequest({ body: { response_format } })).formatted;
		expect(featuresOf(exampleAnswer({ tokens })).stopped).toBe(1);
		expect(featuresOf(exampleAnswer({ tokens, finishReason: "tool_calls" })).stopped).toBe(0);
		expect(formatted({ type: "json_object" })).toBe(1);
		expect(formatted({ type: "json_schema", json_schema: {} })).toBe(1);
		expect(formatted({ type: "text" })).toBe(0);
		expect(formatted(undefined)).toBe(0);
		expect(formatted(null)).toBe(0);
	});

	it("hold the length of all messages, as a logarithm that is 0 for none", () => {
		const lengthOf = (...messages: ChatRequest["messages"]) =>
			featuresOf(exampleAnswer({ tokens: [alone(-0.1)] }), exampleRequest({ messages })).logPromptCharacters;
		expect(lengthOf()).toBe(0);
		expect(lengthOf({ role: "system", content: "abc" }, { role: "user", content: "defg" })).toBeCloseTo(
			Math.log(8),
			12,
		);
	});

	it("are all there, under the names that a policy weighs", () => {
		expect(Object.keys(features)).toEqual([...ANSWER_FEATURES]);
		expect(ANSWER_FEATURES).toHaveLength(15);
		expect(Object.values(features).every(Number.isFinite)).toBe(true);
	});

	it("do not depend on how many more alternatives the client asked for", () => {
		const all = { a: 0.4, b: 0.2, c: 0.15, d: 0.1, e: 0.08, f: 0.05, g: 0.02 };
		const five = { a: 0.4, b: 0.2, c: 0.15, d: 0.1, e: 0.08 };
		expect(withTokens(token("a", 0.4, all))).toEqual(withTokens(token("a", 0.4, five)));
		// A sampled token that is not among the five counts all the same.
		expect(withTokens(token("g", 0.02, all))).toEqual(withTokens(token("g", 0.02, five)));
	});

	it("are minus infinity, and finite where that does not matter, for an answer with an impossible token", () => {
		const read = withTokens(alone(-0.1), alone(Number.NEGATIVE_INFINITY), alone(-0.1));
		expect(read.meanLogprob).toBe(Number.NEGATIVE_INFINITY);
		expect(read.minLogprob).toBe(Number.NEGATIVE_INFINITY);
		expect(read.quantile10).toBe(Number.NEGATIVE_INFINITY);
		expect(read.quantile50).toBe(-0.1);
		for (const name of ["shareBelowHalf", "meanEntropy", "maxEntropy", "meanMargin", "firstTokenMargin"] as const)
			expect(read[name], name).toSatisfy(Number.isFinite);
	});

	it("cannot be had without log-probabilities and alternatives at every token", () => {
		const causeOf = (tokens: readonly TokenLogprob[] | null) =>
			answerFeatures(exampleRequest(), exampleAnswer({ tokens }));
		expect(causeOf(null)).toEqual({ ok: false, error: "no-logprobs" });
		expect(causeOf([])).toEqual({ ok: false, error: "no-logprobs" });
		expect(causeOf([alone(-0.1), ...tokensWith(-0.1)])).toEqual({ ok: false, error: "no-logprobs" });
		expect(causeOf([alone(Number.NaN)])).toEqual({ ok: false, error: "bad-logprobs" });
		const badAlternative = { token: "a", logprob: -0.1, top_logprobs: [{ token: "b", logprob: 0.5 }] };
		expect(causeOf(garbageTokens(badAlternative))).toEqual({ ok: false, error: "bad-logprobs" });
	});
});

describe("the entropy at a token", () => {
	it("counts the mass outside the list as one more token's", () => {
		expect(entropyAt(referenceToken)).toBeCloseTo(reference.topk_entropy.with_leftover_mass_nats, 12);
	});

	it("is that of the distribution where the list is whole", () => {
		expect(entropyAt(token("a", 0.5, { a: 0.5, b: 0.5 }))).toBeCloseTo(Math.LN2, 12);
		expect(entropyAt(token("a", 1, { a: 1 }))).toBe(0);
	});

	it("counts the emitted token once where it is listed, and too where it is not", () => {
		const listed = entropyAt(token("c", 0.1, { a: 0.6, b: 0.3, c: 0.1 }));
		expect(listed).toBeCloseTo(-(0.6 * Math.log(0.6) + 0.3 * Math.log(0.3) + 0.1 * Math.log(0.1)), 12);
		expect(entropyAt(token("c", 0.1, { a: 0.6, b: 0.3 }))).toBeCloseTo(listed, 12);
		// Five listed, the emitted 0.02, and 0.05 for the rest.
		const shares = [0.4, 0.2, 0.15, 0.1, 0.08, 0.02, 0.05];
		const sampled = token("z", 0.02, { a: 0.4, b: 0.2, c: 0.15, d: 0.1, e: 0.08 });
		expect(entropyAt(sampled)).toBeCloseTo(-shares.reduce((sum, p) => sum + p * Math.log(p), 0), 12);
	});

	it("takes an impossible alternative for none, and is not below 0 where the list adds up to more than 1", () => {
		const impossible = garbageTokens({
			token: "a",
			logprob: 0,
			top_logprobs: [
				{ token: "a", logprob: 0 },
				{ token: "b", logprob: Number.NEGATIVE_INFINITY },
				{ token: "c", logprob: -9999 },
			],
		});
		expect(impossible.map(entropyAt)).toEqual([0]);
		expect(entropyAt(token("a", 1, { a: 1, b: 1 }))).toBe(0);
		const excessive = -(0.8 * Math.log(0.8) + 0.4 * Math.log(0.4));
		expect(entropyAt(token("a", 0.8, { a: 0.8, b: 0.4 }))).toBeCloseTo(excessive, 12);
	});
});
