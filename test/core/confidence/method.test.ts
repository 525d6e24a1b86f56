import { describe, expect, it } from "vitest";
import type { ChatRequest } from "../../../src/core/completion.ts";
import {
	describeMethod,
	planConfidence,
	readConfidence,
	separateStatement,
	type ConfidenceMethod,
	type MethodCost,
} from "../../../src/core/confidence/method.ts";
import { exampleAnswer, exampleRequest, token, tokensWith } from "../examples.ts";

const agreement = { method: "agreement", samples: 3, temperature: 1, match: "exact", stopEarly: true } as const;
const METHODS: readonly ConfidenceMethod[] = [
	{ method: "mean-logprob" },
	{ method: "min-logprob" },
	{ method: "quantile-logprob", quantile: 0.2 },
	{ method: "token-margin" },
	{ method: "label-margin", labels: ["spam", "ham"] },
	{ method: "value-token", quantile: 0 },
	{ method: "learned", features: 1, bias: 0, weights: { minLogprob: 1 } },
	agreement,
	{ ...agreement, match: "normalised" },
	{ ...agreement, match: "json" },
	{ ...agreement, match: "label", labels: ["spam", "ham"] },
	{ method: "verify", model: "@cf/checker" },
	{ method: "verbalised" },
	{ method: "classifier-score" },
];
const FROM_LOGPROBS = METHODS.slice(0, 7);

const NONCE = "3fa9c07e";
const request = exampleRequest();
const noExtra = { request, stated: null, samples: [], verdict: null };
const nothing = { topLogprobs: null, scores: false, messages: null, samples: null, verify: null };
const classification = exampleRequest({ task: { kind: "classification", text: "…", labels: ["spam", "ham"] } });
const notApplicable = { kind: "unavailable", cause: "not-applicable" };

const plan = (method: ConfidenceMethod, asked: ChatRequest = request) => planConfidence(method, asked, NONCE);

describe("what a method needs", () => {
	it("is log-probabilities alone for the methods that read emitted tokens", () => {
		for (const method of [...METHODS.slice(0, 3), { method: "value-token", quantile: 0 } as const])
			expect(plan(method)).toEqual({ ok: true, value: { ...nothing, topLogprobs: 0 } });
	});

	it("is alternatives too for the margins and features: the runner-up, five, as many labels as a model lists", () => {
		const learned = { method: "learned", features: 1, bias: 0, weights: {} } as const;
		expect(plan({ method: "token-margin" })).toEqual({ ok: true, value: { ...nothing, topLogprobs: 2 } });
		expect(plan(learned)).toEqual({ ok: true, value: { ...nothing, topLogprobs: 5 } });
		expect(plan({ method: "label-margin", labels: ["a", "b"] })).toEqual({
			ok: true,
			value: { ...nothing, topLogprobs: 20 },
		});
	});

	it("is one sample fewer than agreement compares, since the answer itself is one", () => {
		expect(plan({ ...agreement, temperature: 0.7 })).toEqual({
			ok: true,
			value: { ...nothing, samples: { count: 2, temperature: 0.7 } },
		});
	});

	it("is a question to the checker, made once the answer is there", () => {
		const planned = plan({ method: "verify", model: "@cf/checker", logprobs: false });
		const verify = planned.ok ? planned.value.verify : null;
		expect(planned).toEqual({ ok: true, value: { ...nothing, verify } });
		expect(verify).toMatchObject({ model: "@cf/checker", declaredLogprobs: false });
		expect(verify?.messages(exampleAnswer({ text: "five" }))[1]?.content).toContain("<answer>\nfive\n</answer>");
	});

	it("is messages that ask for a statement, in place of the request's own", () => {
		const planned = plan({ method: "verbalised" });
		const messages = planned.ok ? planned.value.messages : null;
		expect(planned).toEqual({ ok: true, value: { ...nothing, messages } });
		expect(messages?.[0]?.content).toContain(`<confidence-${NONCE}>`);
		expect(messages?.slice(1)).toEqual(request.messages);
	});

	it("is a classifier's scores", () => {
		expect(plan({ method: "classifier-score" }, classification)).toEqual({
			ok: true,
			value: { ...nothing, scores: true },
		});
	});
});

describe("a request that a method can never read", () => {
	const refused = { ok: false, error: "not-applicable" };
	const labelAgreement: ConfidenceMethod = { ...agreement, match: "label" };

	it("has no labels, where the method has none either", () => {
		for (const method of [{ method: "label-margin" } as const, labelAgreement]) {
			expect(plan(method)).toEqual(refused);
			expect(plan(method, classification)).toMatchObject({ ok: true });
			expect(plan({ ...method, labels: ["a", "b"] })).toMatchObject({ ok: true });
			expect(
				readConfidence(method, { ...noExtra, answer: exampleAnswer(), samples: [exampleAnswer(), exampleAnswer()] }),
			).toEqual(notApplicable);
		}
		expect(plan(agreement)).toMatchObject({ ok: true });
	});

	it("is no task, for a method that reads classifiers", () => {
		expect(plan({ method: "classifier-score" })).toEqual(refused);
	});

	it("leaves no place for a statement", () => {
		expect(plan({ method: "verbalised" }, exampleRequest({ body: { stop: "." } }))).toEqual(refused);
	});
});

describe("separating the statement", () => {
	const answer = exampleAnswer({ text: `4\n<confidence-${NONCE}>90</confidence-${NONCE}>` });

	it("is for the method that asks for one", () => {
		expect(separateStatement({ method: "verbalised" }, answer, NONCE)).toMatchObject({
			answer: { text: "4" },
			stated: 0.9,
		});
	});

	it("leaves the answer as it is for every other", () => {
		for (const method of METHODS.filter((each) => each.method !== "verbalised")) {
			const separated = separateStatement(method, answer, NONCE);
			expect(separated.answer).toBe(answer);
			expect(separated.stated).toBeNull();
		}
	});
});

describe("reading a confidence", () => {
	it("takes each method to its own formula", () => {
		const answer = exampleAnswer({
			text: "spam",
			tokens: [token("spam", 0.64, { spam: 0.64, ham: 0.32 }), token("!", 0.25, { "!": 0.25, "?": 0.25 })],
			scores: [{ label: "spam", score: 0.77 }],
		});
		const samples = [exampleAnswer({ text: "spam" }), exampleAnswer({ text: "Spam" })];
		const verdict = exampleAnswer({ text: "no" });
		const readings = METHODS.map((method) => {
			const reading = readConfidence(method, { request, answer, stated: 0.35, samples, verdict });
			return reading.kind === "measured" ? reading.confidence : reading.cause;
		});
		expect(readings.slice(0, 2)).toEqual([expect.closeTo(0.4, 12), expect.closeTo(0.25, 12)]);
		// Type 7 at 0.2 of two values: ln 0.25 + 0.2 (ln 0.64 - ln 0.25).
		expect(readings[2]).toBeCloseTo(0.25 * (0.64 / 0.25) ** 0.2, 12);
		expect(readings.slice(3, 5)).toEqual([expect.closeTo(0.16, 12), expect.closeTo(1 / 3, 12)]);
		// The logistic of ln 0.25 is 0.2.
		expect(readings.slice(5, 7)).toEqual(["not-applicable", expect.closeTo(0.2, 12)]);
		expect(readings.slice(7)).toEqual([expect.closeTo(2 / 3, 12), 1, "not-applicable", 1, 0, 0.35, 0.77]);
	});

	it("reads values of JSON at the policy's quantile", () => {
		const answer = exampleAnswer({ text: "[1,2]", tokens: [token("[1", 0.4), token(",2]", 0.9)] });
		expect(readConfidence({ method: "value-token", quantile: 1 }, { ...noExtra, answer })).toEqual({
			kind: "measured",
			confidence: expect.closeTo(0.9, 12),
		});
	});

	it("takes labels from the request's task where the policy has none", () => {
		const answer = exampleAnswer({ text: "ham", tokens: [token("ham", 0.75, { ham: 0.75, spam: 0.25 })] });
		expect(readConfidence({ method: "label-margin" }, { ...noExtra, request: classification, answer })).toEqual({
			kind: "measured",
			confidence: expect.closeTo(0.5, 12),
		});
	});

	it("reads the label that is the answer where it is one of the request's, and no other that a token begins", () => {
		const thoughts = [
			token("ham", 1, { ham: 1, spam: 0 }),
			token(" no", 1),
			token("spam", 0.9, { spam: 0.9, ham: 0.1 }),
		];
		const read = (text: string, tokens = thoughts, labels?: readonly string[]) =>
			readConfidence(
				{ method: "label-margin", labels },
				{ ...noExtra, request: classification, answer: exampleAnswer({ text, tokens }) },
			);
		const noLabel = { kind: "unavailable", cause: "no-label" };
		expect(read("spam")).toEqual(noLabel);
		expect(read("spam", thoughts.slice(2))).toMatchObject({ kind: "measured", confidence: expect.closeTo(0.8, 12) });
		expect(read('"SPAM".', thoughts.slice(2))).toMatchObject({ kind: "measured" });
		expect(read("ham")).toMatchObject({ kind: "measured", confidence: 1 });
		expect(read("It is ham")).toEqual(noLabel);
		// The policy's own labels may be of something within the answer.
		expect(read("ham no spam", thoughts, ["spam", "ham"])).toMatchObject({ kind: "measured", confidence: 1 });
	});

	it("reads a moderation's verdict, whatever its categories", () => {
		const moderation = exampleRequest({ task: { kind: "moderation", text: "…" } });
		const tokens = [token("unsafe", 0.75, { unsafe: 0.75, safe: 0.25 }), token("\nS1", 1, { "\nS1": 1 })];
		const read = (text: string) =>
			readConfidence(
				{ method: "label-margin" },
				{ ...noExtra, request: moderation, answer: exampleAnswer({ text, tokens }) },
			);
		expect(read("unsafe\nS1")).toMatchObject({ kind: "measured", confidence: expect.closeTo(0.5, 12) });
		expect(read("safe")).toEqual({ kind: "unavailable", cause: "no-label" });
	});

	it("does not count a lost sample as one that agreed, nor leave it out", () => {
		const unavailable = { kind: "unavailable", cause: "extra-call-failed" };
		const given = { ...noExtra, answer: exampleAnswer() };
		expect(readConfidence(agreement, { ...given, samples: [exampleAnswer(), null] })).toEqual(unavailable);
		expect(readConfidence(agreement, { ...given, samples: [exampleAnswer()] })).toEqual(unavailable);
	});

	it("has no verdict where the checker could not be asked", () => {
		const reading = readConfidence({ method: "verify", model: "m" }, { answer: exampleAnswer(), ...noExtra });
		expect(reading).toEqual({ kind: "unavailable", cause: "extra-call-failed" });
	});

	it("is unavailable from an answer without log-probabilities by every method that needs them", () => {
		for (const method of FROM_LOGPROBS)
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

describe("what a method costs", () => {
	const free = { extraCalls: 0, latency: "none", outputTokens: 0 };

	it("is nothing for those that read the answer's own log-probabilities or scores", () => {
		for (const method of FROM_LOGPROBS) expect(describeMethod(method)).toEqual({ ...free, reads: "log-probabilities" });
		expect(describeMethod({ method: "classifier-score" })).toEqual({ ...free, reads: "scores" });
	});

	it("is calls for agreement and verify, beside the answer and after it", () => {
		const calls: Partial<MethodCost> = { extraCalls: 4, latency: "beside-answer", reads: "samples" };
		expect(describeMethod({ ...agreement, samples: 5 })).toEqual({ ...free, ...calls });
		expect(describeMethod({ method: "verify", model: "m" })).toEqual({
			...free,
			extraCalls: 1,
			latency: "after-answer",
			reads: "checker",
		});
	});

	it("is tokens of the same call for a statement, at least as many as it has words and marks", () => {
		const { outputTokens, ...rest } = describeMethod({ method: "verbalised" });
		expect(rest).toEqual({ extraCalls: 0, latency: "none", reads: "statement" });
		expect(outputTokens).toBeGreaterThanOrEqual(14);
	});

	it("is as many calls as the method plans", () => {
		for (const method of METHODS) {
			const planned = plan(method, classification);
			if (!planned.ok) throw new Error(planned.error);
			const { samples, verify } = planned.value;
			expect(describeMethod(method).extraCalls).toBe((samples?.count ?? 0) + (verify === null ? 0 : 1));
		}
	});
});
