import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Completion } from "../../../src/core/completion.ts";
import { planConfidence, readConfidence, type ConfidenceMethod } from "../../../src/core/confidence/method.ts";
import { exampleAnswer, exampleRequest, garbageTokens, token, tokensWith } from "../examples.ts";

const METHODS: readonly ConfidenceMethod[] = [
	{ method: "mean-logprob" },
	{ method: "min-logprob" },
	{ method: "quantile-logprob", quantile: 0.2 },
	{ method: "token-margin" },
	{ method: "label-margin", labels: ["spam", "ham"] },
	{ method: "agreement", samples: 3, temperature: 1, match: "exact" },
	{ method: "agreement", samples: 3, temperature: 1, match: "normalised" },
	{ method: "agreement", samples: 3, temperature: 1, match: "json" },
	{ method: "verify", model: "@cf/checker" },
];

const request = exampleRequest();
const noExtra = { samples: [], verdict: null };

describe("what a method needs", () => {
	it("is log-probabilities alone for the methods that read emitted tokens", () => {
		for (const method of METHODS.slice(0, 3))
			expect(planConfidence(method, request)).toEqual({ topLogprobs: 0, samples: null, verify: null });
	});

	it("is alternatives too for the margins: the runner-up, and as many labels as a model lists", () => {
		expect(planConfidence({ method: "token-margin" }, request).topLogprobs).toBe(2);
		expect(planConfidence({ method: "label-margin", labels: ["a", "b"] }, request).topLogprobs).toBe(20);
	});

	it("is one sample fewer than agreement compares, since the answer itself is one", () => {
		const plan = planConfidence({ method: "agreement", samples: 3, temperature: 0.7, match: "exact" }, request);
		expect(plan).toEqual({ topLogprobs: null, samples: { count: 2, temperature: 0.7 }, verify: null });
	});

	it("is a question to the checker, made once the answer is there", () => {
		const plan = planConfidence({ method: "verify", model: "@cf/checker" }, request);
		expect(plan.topLogprobs).toBeNull();
		expect(plan.verify?.model).toBe("@cf/checker");
		expect(plan.verify?.messages(exampleAnswer({ text: "five" }))[1]?.content).toContain("<answer>\nfive\n</answer>");
	});
});

describe("reading a confidence", () => {
	it("takes each method to its own formula", () => {
		const answer = exampleAnswer({
			text: "spam",
			tokens: [token("spam", 0.64, { spam: 0.64, ham: 0.32 }), token("!", 0.25, { "!": 0.25, "?": 0.25 })],
		});
		const samples = [exampleAnswer({ text: "spam" }), exampleAnswer({ text: "Spam" })];
		const verdict = exampleAnswer({ text: "no" });
		const readings = METHODS.map((method) => {
			const reading = readConfidence(method, { answer, samples, verdict });
			return reading.kind === "measured" ? reading.confidence : reading.cause;
		});
		expect(readings.slice(0, 2)).toEqual([expect.closeTo(0.4, 12), expect.closeTo(0.25, 12)]);
		// Type 7 at 0.2 of two values: ln 0.25 + 0.2 (ln 0.64 - ln 0.25).
		expect(readings[2]).toBeCloseTo(0.25 * (0.64 / 0.25) ** 0.2, 12);
		expect(readings.slice(3, 5)).toEqual([expect.closeTo(0.16, 12), expect.closeTo(1 / 3, 12)]);
		expect(readings.slice(5)).toEqual([expect.closeTo(2 / 3, 12), 1, "not-applicable", 0]);
	});

	it("does not count a lost sample as one that agreed, nor leave it out", () => {
		const method: ConfidenceMethod = { method: "agreement", samples: 3, temperature: 1, match: "exact" };
		const unavailable = { kind: "unavailable", cause: "extra-call-failed" };
		expect(
			readConfidence(method, { answer: exampleAnswer(), samples: [exampleAnswer(), null], verdict: null }),
		).toEqual(unavailable);
		expect(readConfidence(method, { answer: exampleAnswer(), samples: [exampleAnswer()], verdict: null })).toEqual(
			unavailable,
		);
	});

	it("has no verdict where the checker could not be asked", () => {
		const reading = readConfidence({ method: "verify", model: "m" }, { answer: exampleAnswer(), ...noExtra });
		expect(reading).toEqual({ kind: "unavailable", cause: "extra-call-failed" });
	});

	it("is unavailable from an answer without log-probabilities by every method that needs them", () => {
		for (const method of METHODS.slice(0, 5))
			expect(readConfidence(method, { answer: exampleAnswer(), ...noExtra })).toEqual({
				kind: "unavailable",
				cause: "no-logprobs",
			});
	});

	it("is the mean's 1 for tokens that were certain", () => {
		const answer = exampleAnswer({ tokens: tokensWith(0, 0) });
		expect(readConfidence({ method: "mean-logprob" }, { answer, ...noExtra })).toEqual({
			kind: "measured",
			confidence: 1,
		});
	});
});

describe("whatever an upstream sends in place of log-probabilities", () => {
	const number = fc.oneof(
		fc.double(),
		fc.double({ min: -20, max: 0, noNaN: true }),
		fc.constantFrom(
			0,
			-0,
			-9999,
			Number.NEGATIVE_INFINITY,
			Number.POSITIVE_INFINITY,
			Number.NaN,
			Number.MIN_VALUE,
			1e-17,
		),
	);
	const text = fc.oneof(fc.constantFrom("spam", "ham", " Spam", "yes", "No", "", "sp", '{"'), fc.string());
	const wrong = fc.constantFrom<unknown[]>(null, undefined, 7, "text", {}, []);
	const alternative = fc.oneof(
		{ weight: 6, arbitrary: fc.record({ token: text, logprob: number }) },
		{ weight: 1, arbitrary: fc.record({ token: fc.oneof(text, wrong), logprob: fc.oneof(number, wrong) }) },
		{ weight: 1, arbitrary: wrong },
	);
	// `normaliseCompletion` lets only objects with a token through; everything inside them is the upstream's.
	const tokenLike = fc.record(
		{
			token: text,
			logprob: fc.oneof({ weight: 8, arbitrary: number }, { weight: 1, arbitrary: wrong }),
			top_logprobs: fc.oneof(
				{ weight: 8, arbitrary: fc.array(alternative, { maxLength: 6 }) },
				{ weight: 1, arbitrary: wrong },
			),
		},
		{ requiredKeys: ["token"] },
	);
	const completion: fc.Arbitrary<Completion> = fc
		.record({ text, tokens: fc.option(fc.array(tokenLike, { maxLength: 6 })) })
		.map(({ text: words, tokens }) =>
			exampleAnswer({ text: words, tokens: tokens === null ? null : garbageTokens(...tokens) }),
		);
	const inputs = fc.record({
		answer: completion,
		samples: fc.array(fc.option(completion), { maxLength: 3 }),
		verdict: fc.option(completion),
	});

	it.each(METHODS.map((method) => [JSON.stringify(method), method] as const))(
		"%s returns, within [0, 1] or unavailable",
		(_name, method) => {
			fc.assert(
				fc.property(inputs, (given) => {
					const reading = readConfidence(method, given);
					if (reading.kind === "unavailable") return;
					expect(reading.confidence).toBeGreaterThanOrEqual(0);
					expect(reading.confidence).toBeLessThanOrEqual(1);
				}),
				{ seed: 7, numRuns: 1000 },
			);
		},
	);

	it("a reading survives sensible log-probabilities of any length", () => {
		const sensible = fc.array(fc.double({ min: -50, max: 0, noNaN: true }), { minLength: 1, maxLength: 200 });
		fc.assert(
			fc.property(sensible, (logprobs) => {
				for (const method of METHODS.slice(0, 3))
					expect(
						readConfidence(method, { answer: exampleAnswer({ tokens: tokensWith(...logprobs) }), ...noExtra }).kind,
					).toBe("measured");
			}),
			{ seed: 8, numRuns: 200 },
		);
	});
});
