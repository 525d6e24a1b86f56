import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { valueTokenConfidence } from "../../../src/core/confidence/value-token.ts";
import type { Completion } from "../../../src/core/completion.ts";
import { exampleAnswer, garbageTokens, token } from "../examples.ts";

const measured = (confidence: number) => ({ kind: "measured", confidence: expect.closeTo(confidence, 12) });
const unavailable = (cause: string) => ({ kind: "unavailable", cause });

/** Tokens and their probabilities, in turn. */
const spelt = (...parts: readonly (readonly [string, number])[]) => parts.map(([text, p]) => token(text, p));
const jsonAnswer = (tokens: ReturnType<typeof spelt>, differences: Partial<Completion> = {}) =>
	exampleAnswer({ text: tokens.map((each) => each.token).join(""), tokens, ...differences });
const read = (answer: Completion, quantile = 0) => valueTokenConfidence(answer, quantile);

describe("value-token", () => {
	// The key and the marks are as unsure as can be; only the two values count.
	const tokens = spelt(['{"', 0.01], ["city", 0.01], ['":"', 0.01], ["Par", 0.9], ["is", 0.8], ['"}', 0.01]);

	it("is the probability of the least likely token that carries a value", () => {
		expect(read(jsonAnswer(tokens))).toEqual(measured(0.8));
	});

	it("at a higher quantile interpolates between those tokens alone", () => {
		expect(read(jsonAnswer(tokens), 1)).toEqual(measured(0.9));
		expect(read(jsonAnswer(tokens), 0.5)).toEqual(measured(Math.sqrt(0.8 * 0.9)));
	});

	it("counts a token as soon as one of its characters is a value's", () => {
		expect(read(jsonAnswer(spelt(['{"a":"x', 0.3], ['y"}', 0.6])))).toEqual(measured(0.3));
		expect(read(jsonAnswer(spelt(['{"a":"', 0.1], ["xy", 0.6], ['"}', 0.2])))).toEqual(measured(0.6));
		expect(read(jsonAnswer(spelt(["[", 0.1], ["1", 0.9], [",", 0.1], ["2]", 0.7])))).toEqual(measured(0.7));
	});

	it("counts a token that carries several values once, and one without text never", () => {
		expect(read(jsonAnswer(spelt(["[1,2,", 0.5], ["", 0.1], ["3]", 0.9])), 0.5)).toEqual(measured(Math.sqrt(0.45)));
		expect(read(jsonAnswer(spelt(["[1", 0.5], ["", 0.1], ["2]", 0.9])))).toEqual(measured(0.5));
	});

	it("reads numbers and literals as it reads text", () => {
		expect(read(jsonAnswer(spelt(['{"a":', 0.1], ["true", 0.7], [',"b":', 0.1], ["-12", 0.6], ["}", 0.1])))).toEqual(
			measured(0.6),
		);
		expect(read(jsonAnswer(spelt(["42", 0.6])))).toEqual(measured(0.6));
	});

	it("sets aside whitespace around the JSON, in the answer and in its tokens", () => {
		const padded = jsonAnswer(spelt(["\n ", 0.1], ['{"a":', 0.1], ["1", 0.7], ["}", 0.1], ["\n", 0.1]));
		expect(read(padded)).toEqual(measured(0.7));
		expect(read({ ...padded, text: padded.text.trim() })).toEqual(measured(0.7));
	});

	it("finds the JSON among tokens that the answer leaves out, such as a server's marks", () => {
		const answer = jsonAnswer(spelt(["<think>1 or 2?</think>", 0.1], ['{"a":', 0.1], ["1", 0.7], ["}", 0.1]), {
			text: '{"a":1}',
		});
		expect(read(answer)).toEqual(measured(0.7));
	});

	it("reads the arguments of the one tool called, not its name or the text beside it", () => {
		const answer = jsonAnswer(
			spelt(
				["Let me see", 0.2],
				["<call>", 0.1],
				["weather", 0.3],
				[' {"city":"', 0.1],
				["Rome", 0.75],
				['"}', 0.1],
				["</call>", 0.1],
			),
			{ text: "Let me see", toolCalls: [{ name: "weather", arguments: '{"city":"Rome"}' }] },
		);
		expect(read(answer)).toEqual(measured(0.75));
	});

	it("has no value to read in structure alone", () => {
		expect(read(jsonAnswer(spelt(["{}", 0.9])))).toEqual(unavailable("no-values"));
		expect(read(jsonAnswer(spelt(['{"a":', 0.9], ['""}', 0.9])))).toEqual(unavailable("no-values"));
		const call = exampleAnswer({
			text: "",
			tokens: spelt(["{}", 0.9]),
			toolCalls: [{ name: "now", arguments: "{}" }],
		});
		expect(read(call)).toEqual(unavailable("no-values"));
	});

	it.each([
		["text", "It is 4."],
		["JSON in a fence", '```json\n{"a":1}\n```'],
		["broken JSON", '{"a":'],
		["nothing", ""],
		["two values", "1 2"],
	])("does not apply to %s", (_case, text) => {
		expect(read(jsonAnswer(spelt([text, 0.9])))).toEqual(unavailable("not-applicable"));
	});

	it("does not apply to several calls, nor to one whose arguments are no JSON", () => {
		const call = { name: "f", arguments: '{"a":1}' };
		const given = { text: "", tokens: spelt(['{"a":1}', 0.9]) };
		expect(read(exampleAnswer({ ...given, toolCalls: [call, call] }))).toEqual(unavailable("not-applicable"));
		expect(read(exampleAnswer({ ...given, toolCalls: [{ ...call, arguments: "" }] }))).toEqual(
			unavailable("not-applicable"),
		);
	});

	it("does not apply where the tokens do not spell the JSON, or spell it twice", () => {
		expect(read(jsonAnswer(tokens, { text: '{"city": "Paris"}' }))).toEqual(unavailable("not-applicable"));
		expect(read(jsonAnswer(spelt(["1 or ", 0.9], ["1", 0.1]), { text: "1" }))).toEqual(unavailable("not-applicable"));
	});

	it("cannot be read without log-probabilities, nor where any token's is absurd, value or not", () => {
		expect(read(exampleAnswer({ text: "1", tokens: null }))).toEqual(unavailable("no-logprobs"));
		expect(read(exampleAnswer({ text: "1", tokens: [] }))).toEqual(unavailable("no-logprobs"));
		const bad = garbageTokens({ token: "[", logprob: Number.NaN }, { token: "1]", logprob: -0.1 });
		expect(read(exampleAnswer({ text: "[1]", tokens: bad }))).toEqual(unavailable("bad-logprobs"));
	});

	it("is 0 where a value's token was impossible", () => {
		const impossible = garbageTokens({ token: "7", logprob: Number.NEGATIVE_INFINITY });
		expect(read(exampleAnswer({ text: "7", tokens: impossible }))).toEqual({ kind: "measured", confidence: 0 });
	});

	it("counts the same tokens wherever they are cut: each character's own, where each is a token", () => {
		const quotedWords = fc.array(fc.string({ minLength: 1, unit: fc.constantFrom("x", "y") }), { minLength: 1 });
		fc.assert(
			fc.property(quotedWords, fc.infiniteStream(fc.integer({ min: 1, max: 4 })), (words, lengths) => {
				const json = JSON.stringify({ words });
				const pieces: string[] = [];
				for (let at = 0; at < json.length; at += pieces.at(-1)?.length ?? 1)
					pieces.push(json.slice(at, at + lengths.next().value));
				// Only x and y inside the list are values; the key is `words`.
				const sure = pieces.map((piece) => [piece, /[xy]/u.test(piece) ? 0.5 : 0.01] as const);
				expect(read(jsonAnswer(spelt(...sure)))).toEqual(measured(0.5));
				const unsure = pieces.map((piece) => [piece, /[xy]/u.test(piece) ? 0.01 : 0.5] as const);
				expect(read(jsonAnswer(spelt(...unsure)), 1)).toEqual(measured(0.01));
			}),
			{ seed: 13, numRuns: 300 },
		);
	});
});
