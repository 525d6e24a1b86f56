import { describe, expect, it } from "vitest";
import {
	meanLogprobConfidence,
	minLogprobConfidence,
	quantileLogprobConfidence,
	sampleQuantile,
} from "../../../src/core/confidence/logprob-confidence.ts";
import type { TokenLogprob } from "../../../src/core/completion.ts";
import type { ConfidenceReading } from "../../../src/core/reading.ts";
import vectors from "../../fixtures/confidence-vectors.json" with { type: "json" };
import { garbageTokens, tokensWith } from "../examples.ts";

const reference = vectors.logprob_features;
const referenceTokens = tokensWith(...reference.logprobs);

const methods: Readonly<Record<string, (tokens: readonly TokenLogprob[] | null) => ConfidenceReading>> = {
	"mean-logprob": meanLogprobConfidence,
	"min-logprob": minLogprobConfidence,
	"quantile-logprob": (tokens) => quantileLogprobConfidence(tokens, 0.2),
};

describe.each(Object.entries(methods))("%s", (_name, read) => {
	it("cannot be read where the model gave no log-probabilities", () => {
		expect(read(null)).toEqual({ kind: "unavailable", cause: "no-logprobs" });
	});

	it("cannot be read from an answer without tokens", () => {
		expect(read([])).toEqual({ kind: "unavailable", cause: "no-logprobs" });
	});

	it.each([
		["NaN", Number.NaN],
		["positive infinity", Number.POSITIVE_INFINITY],
		["positive, so a probability above 1", 0.001],
		["missing", undefined],
		["null", null],
		["text", "-0.1"],
		["a list", [-0.1]],
	])("refuses the whole answer where one log-probability is %s", (_case, logprob) => {
		const tokens = garbageTokens({ token: "a", logprob: -0.1 }, { token: "b", logprob }, { token: "c", logprob: -0.1 });
		expect(read(tokens)).toEqual({ kind: "unavailable", cause: "bad-logprobs" });
	});

	it("is 1 where every token was certain, be its zero negative or not", () => {
		expect(read(tokensWith(0, 0, -0))).toEqual({ kind: "measured", confidence: 1 });
	});

	it("is 0, not an error, where every token was impossible", () => {
		const impossible = tokensWith(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY);
		expect(read(impossible)).toEqual({ kind: "measured", confidence: 0 });
	});

	it("takes OpenAI's -9999 as a probability of nothing", () => {
		expect(read(tokensWith(-9999, -9999))).toEqual({ kind: "measured", confidence: 0 });
	});

	it("is the token's own probability where there is one token", () => {
		expect(read(tokensWith(Math.log(0.25)))).toEqual({ kind: "measured", confidence: expect.closeTo(0.25, 12) });
	});
});

describe("mean-logprob", () => {
	it("is the geometric mean of the token probabilities", () => {
		expect(meanLogprobConfidence(referenceTokens)).toEqual({
			kind: "measured",
			confidence: expect.closeTo(reference.geo_mean_prob, 12),
		});
	});

	it("is 0 as soon as one token was impossible", () => {
		expect(meanLogprobConfidence(tokensWith(0, Number.NEGATIVE_INFINITY, 0))).toEqual({
			kind: "measured",
			confidence: 0,
		});
	});
});

describe("min-logprob", () => {
	it("is the probability of the least likely token", () => {
		expect(minLogprobConfidence(referenceTokens)).toEqual({
			kind: "measured",
			confidence: expect.closeTo(Math.exp(reference.min), 12),
		});
	});

	it("holds no more than one number, so a long answer cannot overflow the stack", () => {
		const tokens = tokensWith(...Array.from({ length: 10_000 }, () => -0.5));
		const long = Array.from({ length: 30 }, () => tokens).flat();
		expect(minLogprobConfidence(long)).toEqual({ kind: "measured", confidence: Math.exp(-0.5) });
	});
});

describe("quantile-logprob", () => {
	it.each(Object.entries(reference.quantiles_type7))(
		"at quantile %s is that of R and NumPy (type 7)",
		(quantile, logprob) => {
			expect(quantileLogprobConfidence(referenceTokens, Number(quantile))).toEqual({
				kind: "measured",
				confidence: expect.closeTo(Math.exp(logprob), 12),
			});
		},
	);
});

describe("the sample quantile", () => {
	it.each(Object.entries(reference.quantiles_type7))(
		"at %s interpolates between order statistics",
		(quantile, value) => {
			expect(sampleQuantile(reference.logprobs, Number(quantile))).toBeCloseTo(value, 12);
		},
	);

	it("of one value is that value at every quantile", () => {
		for (const quantile of [0, 0.1, 0.5, 1]) expect(sampleQuantile([-3], quantile)).toBe(-3);
	});

	it("does not turn two equal infinities into NaN", () => {
		const values = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, -1];
		expect(sampleQuantile(values, 0.25)).toBe(Number.NEGATIVE_INFINITY);
	});

	it("between minus infinity and a number is minus infinity, and that number at its own rank", () => {
		expect(sampleQuantile([-1, Number.NEGATIVE_INFINITY], 0.5)).toBe(Number.NEGATIVE_INFINITY);
		expect(sampleQuantile([-1, Number.NEGATIVE_INFINITY], 1)).toBe(-1);
		// Rank 1 of 3 exactly: nothing of the value below it belongs to the quantile.
		expect(sampleQuantile([Number.NEGATIVE_INFINITY, -2, -1], 0.5)).toBe(-2);
	});

	it("sorts by value, not by spelling, and leaves its input as it was", () => {
		const values = [-10, -9, -2];
		expect(sampleQuantile(values, 0)).toBe(-10);
		expect(values).toEqual([-10, -9, -2]);
	});
});
