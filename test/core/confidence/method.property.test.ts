import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChatRequest, Completion } from "../../../src/core/completion.ts";
import {
	readConfidence,
	separateStatement,
	settledAgreement,
	type ConfidenceMethod,
} from "../../../src/core/confidence/method.ts";
import type { ConfidenceReading } from "../../../src/core/reading.ts";
import { exampleAnswer, exampleRequest, garbageTokens, tokensWith } from "../examples.ts";

const agreement = { method: "agreement", samples: 3, temperature: 1, match: "exact", stopEarly: true } as const;
const METHODS: readonly ConfidenceMethod[] = [
	{ method: "mean-logprob" },
	{ method: "min-logprob" },
	{ method: "quantile-logprob", quantile: 0.2 },
	{ method: "token-margin" },
	{ method: "label-margin", labels: ["spam", "ham"] },
	{ method: "label-margin" },
	{ method: "value-token", quantile: 0 },
	{ method: "value-token", quantile: 0.3 },
	{ method: "learned", features: 1, bias: 0.5, weights: { meanLogprob: 1, maxEntropy: -2, quantile10: 0.1 } },
	agreement,
	{ ...agreement, match: "normalised" },
	{ ...agreement, match: "json" },
	{ ...agreement, match: "label" },
	{ ...agreement, match: "label", labels: ["spam", "ham"] },
	{ method: "verify", model: "@cf/checker" },
	{ method: "verbalised" },
	{ method: "classifier-score" },
];
const NONCE = "3fa9c07e";

const number = fc.oneof(
	fc.double(),
	fc.double({ min: -20, max: 0, noNaN: true }),
	fc.double({ min: 0, max: 1, noNaN: true }),
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
const text = fc.oneof(
	fc.constantFrom(
		"spam",
		"ham",
		" Spam",
		"yes",
		"No",
		"",
		"sp",
		'{"',
		'{"a":"spam","b":1}',
		`4 <confidence-${NONCE}>90</confidence-${NONCE}>`,
		`<confidence-${NONCE}>`,
	),
	fc.string(),
	fc.json(),
);
const wrong = fc.constantFrom<unknown[]>(null, undefined, 7, "text", {}, []);
/** Usually the right thing, sometimes something else. */
const mostly = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<unknown> =>
	fc.oneof({ weight: 8, arbitrary }, { weight: 1, arbitrary: wrong });

const alternative = mostly(fc.record({ token: mostly(text), logprob: mostly(number) }));
const tokenLike = mostly(
	fc.record(
		{ token: mostly(text), logprob: mostly(number), top_logprobs: mostly(fc.array(alternative, { maxLength: 6 })) },
		{ requiredKeys: ["token"] },
	),
);
/** A token that spells this and has alternatives. */
const sound = (spelling: string) => ({
	token: spelling,
	logprob: -0.5,
	top_logprobs: [
		{ token: spelling, logprob: -0.5 },
		{ token: "ham", logprob: -2 },
	],
});
const scoreLike = mostly(fc.record({ label: mostly(text), score: mostly(number) }));
const body = fc.oneof(
	fc.constant({}),
	fc.record({
		choices: mostly(fc.array(mostly(fc.record({ message: mostly(fc.record({ content: mostly(text) })) })))),
	}),
);
const completion: fc.Arbitrary<Completion> = fc
	.record({
		text,
		tokens: fc.option(fc.array(tokenLike, { maxLength: 6 })),
		spelt: fc.boolean(),
		toolCalls: fc.array(fc.record({ name: text, arguments: text }), { maxLength: 2 }),
		scores: fc.option(fc.array(scoreLike, { maxLength: 3 })),
		finishReason: fc.constantFrom("stop", "length", "tool_calls", "content_filter", "unknown"),
		body,
	})
	.map(({ tokens, spelt, scores, ...rest }) =>
		exampleAnswer({
			...rest,
			// Now and then the tokens spell the text and are sound, or methods that look for that would never get further.
			tokens: tokens === null ? null : garbageTokens(...(spelt ? [] : tokens), sound(rest.text)),
			scores: scores as Completion["scores"],
		}),
	);
const request: fc.Arbitrary<ChatRequest> = fc
	.record({
		messages: fc.array(fc.record({ role: fc.constantFrom("system", "user"), content: mostly(text) }), { maxLength: 3 }),
		task: fc.constantFrom<ChatRequest["task"][]>(
			undefined,
			{ kind: "moderation", text: "…" },
			{ kind: "classification", text: "…", labels: ["spam", "ham"] },
		),
		format: wrong,
	})
	.map(({ messages, task, format }) =>
		exampleRequest({ messages, body: { response_format: format }, ...(task === undefined ? {} : { task }) }),
	);
const inputs = fc.record({
	request,
	answer: completion,
	stated: fc.option(number),
	samples: fc.array(fc.option(completion), { maxLength: 3 }),
	verdict: fc.option(completion),
});

/** Expects a reading in [0, 1], or none. */
function expectSound(reading: ConfidenceReading | null) {
	if (reading === null || reading.kind === "unavailable") return;
	expect(reading.confidence).toBeGreaterThanOrEqual(0);
	expect(reading.confidence).toBeLessThanOrEqual(1);
}

describe("whatever an upstream sends", () => {
	it.each(METHODS.map((method) => [JSON.stringify(method), method] as const))(
		"%s reads something in [0, 1], or that it cannot",
		(_name, method) => {
			fc.assert(
				fc.property(inputs, number, (given, threshold) => {
					expectSound(readConfidence(method, given));
					expectSound(settledAgreement(method, given, threshold));
					const { answer, stated } = separateStatement(method, given.answer, NONCE);
					expectSound(readConfidence(method, { ...given, answer, stated }));
				}),
				{ seed: 7, numRuns: 300 },
			);
		},
	);

	it("a reading survives sensible log-probabilities of any length", () => {
		const sensible = fc.array(fc.double({ min: -50, max: 0, noNaN: true }), { minLength: 1, maxLength: 200 });
		fc.assert(
			fc.property(sensible, (logprobs) => {
				const answer = exampleAnswer({ tokens: tokensWith(...logprobs) });
				const given = { request: exampleRequest(), answer, stated: null, samples: [], verdict: null };
				for (const method of METHODS.slice(0, 3)) expect(readConfidence(method, given).kind).toBe("measured");
			}),
			{ seed: 8, numRuns: 200 },
		);
	});

	it("a reading is had now and then by every method, so that the ones above are not all unavailable", () => {
		const given = fc.sample(inputs, { seed: 9, numRuns: 300 });
		for (const method of METHODS) {
			const kinds = given.map((each) => readConfidence(method, each).kind);
			expect(kinds, JSON.stringify(method)).toContain("measured");
		}
	});
});
