import { describe, expect, it } from "vitest";
import { classifierScoreConfidence } from "../../../src/core/confidence/classifier-score.ts";
import type { Completion } from "../../../src/core/completion.ts";
import { exampleAnswer, exampleRequest } from "../examples.ts";

const request = exampleRequest({ task: { kind: "classification", text: "…", labels: ["POSITIVE", "NEGATIVE"] } });
const read = (scores: unknown, text = "POSITIVE") =>
	classifierScoreConfidence(request, exampleAnswer({ text, scores: scores as Completion["scores"] }));
const scores = (...list: readonly unknown[]) =>
	list.map((score, index) => ({ label: ["POSITIVE", "NEGATIVE", "NEUTRAL"][index], score }));
const badScores = { kind: "unavailable", cause: "bad-scores" };
const noScores = { kind: "unavailable", cause: "no-scores" };

describe("classifier-score", () => {
	it("is the answered label's score, as reported", () => {
		expect(read(scores(0.75, 0.25))).toEqual({ kind: "measured", confidence: 0.75 });
		expect(read(scores(0.9, 0.8, 0.1))).toEqual({ kind: "measured", confidence: 0.9 });
		expect(read(scores(0.5, 0.5))).toEqual({ kind: "measured", confidence: 0.5 });
		expect(read(scores(1, 0))).toEqual({ kind: "measured", confidence: 1 });
		expect(read(scores(0, 0))).toEqual({ kind: "measured", confidence: 0 });
	});

	it("cannot be read from an answer without scores, as every model's that generates text", () => {
		expect(read(null)).toEqual(noScores);
		expect(read([])).toEqual(noScores);
	});

	it.each([Number.NaN, -0.1, 1.1, Number.POSITIVE_INFINITY, "0.5", null, undefined])(
		"refuses all scores where one is %s, whichever label has it",
		(score) => {
			expect(read(scores(score, 0.1))).toEqual(badScores);
			expect(read(scores(0.9, score))).toEqual(badScores);
		},
	);

	it("refuses scores that put another label first", () => {
		expect(read(scores(0.4, 0.6))).toEqual(badScores);
	});

	it("refuses scores that are of another label than the answer", () => {
		expect(read(scores(0.9, 0.1), "NEGATIVE")).toEqual(badScores);
		expect(read(scores(0.9, 0.1), "positive.")).toEqual({ kind: "measured", confidence: 0.9 });
	});

	it.each([[null], [7], [{ score: 0.9 }], [{ label: 5, score: 0.9 }]])("refuses %j in place of a score", (entry) => {
		expect(read([entry])).toEqual(badScores);
		expect(read([...scores(0.9), entry])).toEqual(badScores);
	});

	it("knows a moderation's verdict, whatever its categories", () => {
		const moderation = exampleRequest({ task: { kind: "moderation", text: "…" } });
		const answer = exampleAnswer({ text: "unsafe\nS1", scores: [{ label: "unsafe", score: 0.8 }] });
		expect(classifierScoreConfidence(moderation, answer)).toEqual({ kind: "measured", confidence: 0.8 });
		expect(classifierScoreConfidence(request, answer)).toEqual(badScores);
	});
});
