import { describe, expect, it } from "vitest";
import type { ConfidenceMethod } from "../../src/core/confidence/method.ts";
import { edgeStage, exampleAnswer, originStage, PLAIN_MODEL, token } from "../core/examples.ts";
import { ok } from "../../src/core/result.ts";
import { after, answering, failing, inTurn, silent, sure, type Behaviour } from "./fakes.ts";
import { answerOf, begin } from "./run-example.ts";

const large = answering("large");
const cascadeWith = (confidence: ConfidenceMethod, threshold: number, timeoutMs = 10_000) => ({
	stages: [{ ...edgeStage, confidence, threshold, timeoutMs }, originStage],
});

describe("agreement", () => {
	const threeOfThree = cascadeWith(
		{ method: "agreement", samples: 3, temperature: 0.7, match: "normalised", stopEarly: false },
		0.9,
	);
	const twoOfThree = cascadeWith(
		{ method: "agreement", samples: 3, temperature: 0.7, match: "normalised", stopEarly: false },
		0.6,
	);

	it("asks for the answer as the client wants it, and for samples at the method's temperature, each with its own seed", async () => {
		const { asked, facts } = await answerOf({
			cascade: threeOfThree,
			stages: { edge: answering("Paris"), origin: large },
		});
		const differences = asked("edge").map(({ temperature, seedOffset }) => `${temperature} ${seedOffset}`);
		expect(differences.toSorted()).toEqual(["0.7 1", "0.7 2", "undefined undefined"]);
		expect(facts).toMatchObject({ stage: "edge", confidence: 1 });
		expect(facts.calls.map((call) => call.purpose).toSorted()).toEqual(["answer", "sample", "sample"]);
		expect(facts.costUsd).toBeCloseTo(3 * 0.000014, 12);
	});

	it("asks for all at once: three answers take the time of one", async () => {
		const { clock, facts } = await answerOf({
			cascade: threeOfThree,
			stages: { edge: after(300, answering("Paris")), origin: large },
		});
		expect(facts.calls.map((call) => call.ms)).toEqual([300, 300, 300]);
		expect(clock.running).toBe(0);
	});

	it("serves the answer that the client's own settings gave, not the majority's", async () => {
		const disagreeing: Behaviour = (call) =>
			Promise.resolve(ok(exampleAnswer({ text: call.seedOffset === undefined ? "Lyon" : "Paris" })));
		const { text, facts } = await answerOf({ cascade: twoOfThree, stages: { edge: disagreeing, origin: large } });
		expect(text).toBe("large");
		expect(facts.trail[0]).toMatchObject({ reason: "low-confidence", confidence: expect.closeTo(1 / 3, 12) });
	});

	it("cannot be read where a sample fails, and the answer is held all the same", async () => {
		const oneFails: Behaviour = (call, clock) =>
			(call.seedOffset === 2 ? failing({ kind: "unreachable" }) : answering("Paris"))(call, clock);
		const { text, facts } = await answerOf({
			cascade: { ...twoOfThree, onOriginFailure: "serve-edge-answer" },
			stages: { edge: oneFails, origin: failing({ kind: "unreachable" }) },
		});
		expect(facts.trail[0]).toMatchObject({
			outcome: "deferred",
			reason: "confidence-unavailable",
			detail: "extra-call-failed",
		});
		expect(text).toBe("Paris");
		expect(facts.calls.filter((call) => call.stage === "edge")).toHaveLength(3);
	});

	it("does not wait longer than the stage's limit for a sample that never comes", async () => {
		const oneHangs: Behaviour = (call, clock) => (call.seedOffset === 1 ? silent : answering("Paris"))(call, clock);
		const { facts } = await answerOf({ cascade: twoOfThree, stages: { edge: oneHangs, origin: large } });
		expect(facts.trail[0]).toMatchObject({ outcome: "deferred", reason: "confidence-unavailable" });
		expect(facts.calls.filter((call) => call.ms === 10_000)).toHaveLength(1);
	});

	it("ends its samples where the answer itself fails, and records them", async () => {
		const answerFails: Behaviour = (call, clock) =>
			(call.seedOffset === undefined ? failing({ kind: "unreachable" }) : silent)(call, clock);
		const { facts, asked } = await answerOf({ cascade: twoOfThree, stages: { edge: answerFails, origin: large } });
		expect(facts.trail[0]).toMatchObject({ outcome: "failed", reason: "edge-failed" });
		for (const call of asked("edge")) expect(call.signal.aborted).toBe(true);
		expect(facts.calls.map((call) => `${call.stage} ${call.purpose}`).toSorted()).toEqual([
			"edge answer",
			"edge sample",
			"edge sample",
			"origin answer",
		]);
		expect(facts.costUsd).toBeNull();
	});
});

describe("a classifier", () => {
	const classification = { kind: "classification", text: "…", labels: ["spam", "ham"] } as const;
	const classifier = { ...PLAIN_MODEL, answers: "classification" } as const;
	const sameLabel = { method: "agreement", samples: 3, temperature: 1, match: "label", stopEarly: true } as const;

	it.each<[string, ConfidenceMethod]>([
		["samples, which would always agree", sameLabel],
		["a statement, which it cannot write", { method: "verbalised" }],
	])("is not asked for %s", async (_what, confidence) => {
		const { facts, asked } = await answerOf({
			cascade: cascadeWith(confidence, 0.5),
			request: { task: classification },
			capabilities: classifier,
			// The last stage is an origin, which is sent whatever came; here it has the classifier's capabilities too.
			stages: { edge: answering("spam"), origin: answering("ham") },
		});
		expect(asked("edge")).toEqual([]);
		expect(facts.trail[0]).toMatchObject({
			outcome: "skipped",
			reason: "confidence-unavailable",
			detail: "not-applicable",
		});
	});

	it("is asked for its scores", async () => {
		const scores = [{ label: "spam", score: 0.9 }];
		const { facts } = await answerOf({
			cascade: cascadeWith({ method: "classifier-score" }, 0.5),
			request: { task: classification },
			capabilities: classifier,
			stages: { edge: answering("spam", { scores }), origin: large },
		});
		expect(facts).toMatchObject({ stage: "edge", confidence: 0.9 });
	});

	it("of harmful content may differ between samples, as a guard that writes words does", async () => {
		const { facts } = await answerOf({
			cascade: cascadeWith(sameLabel, 0.5),
			request: { task: { kind: "moderation", text: "…" } },
			capabilities: { ...PLAIN_MODEL, answers: "moderation" },
			stages: { edge: answering("safe"), origin: large },
		});
		expect(facts.stage).toBe("edge");
	});
});

describe("verify", () => {
	const checked = cascadeWith({ method: "verify", model: "@cf/checker" }, 0.7);
	const dearly = cascadeWith(
		{ method: "verify", model: "@cf/checker", price: { inputUsdPerMillion: 100, outputUsdPerMillion: 100 } },
		0.7,
	);
	const yes = answering("yes", {
		tokens: [token("yes", 0.6, { yes: 0.6, no: 0.2 })],
		usage: { inputTokens: 40, outputTokens: 1 },
	});

	it("asks the checker after the answer, for one token with alternatives, at temperature 0", async () => {
		const { asked, facts, text } = await answerOf({
			cascade: checked,
			stages: { edge: inTurn(after(100, answering("four")), after(50, yes)), origin: large },
		});
		const [first, second] = asked("edge");
		expect(first).toMatchObject({ model: "@cf/small" });
		expect(first).not.toHaveProperty("messages");
		expect(second).toMatchObject({ model: "@cf/checker", maxOutputTokens: 1, temperature: 0, topLogprobs: 5 });
		expect(second?.messages?.[1]?.content).toContain("<answer>\nfour\n</answer>");
		expect(text).toBe("four");
		expect(facts.confidence).toBeCloseTo(0.75, 12);
		expect(facts.calls.map(({ purpose, model, ms }) => [purpose, model, ms])).toEqual([
			["answer", "@cf/small", 100],
			["verify", "@cf/checker", 50],
		]);
	});

	it.each([
		["500 ms", 9_500, { stage: "edge", calls: 2 }],
		["499 ms", 9_501, { stage: "origin", calls: 1 }],
	])("begins the check with %s of the stage's time left, or does not begin it", async (_left, answerMs, expected) => {
		const { facts, asked } = await answerOf({
			cascade: checked,
			stages: { edge: inTurn(after(answerMs, answering("four")), yes), origin: large },
		});
		expect({ stage: facts.stage, calls: asked("edge").length }).toEqual(expected);
		if (expected.stage === "edge") {
			expect(asked("edge")[1]).toMatchObject({ purpose: "verdict", timeoutMs: 500 });
			return;
		}
		expect(facts.trail[0]).toMatchObject({
			outcome: "deferred",
			reason: "confidence-unavailable",
			detail: "extra-call-failed",
		});
		// Nothing was asked in vain, so that all costs are known.
		expect(facts.calls.map(({ purpose, stage }) => `${stage} ${purpose}`)).toEqual(["edge answer", "origin answer"]);
		expect(facts.costUsd).not.toBeNull();
	});

	it("is paid at the checker's own price, where it has one, else at the stage's", async () => {
		const stages = () => ({ edge: inTurn(answering("four"), yes), origin: large });
		const costs = async (cascade: typeof checked) =>
			(await answerOf({ cascade, stages: stages() })).facts.calls[1]?.costUsd;
		expect(await costs(checked)).toBeCloseTo((40 * 1 + 1 * 2) / 1e6, 12);
		expect(await costs(dearly)).toBeCloseTo((41 * 100) / 1e6, 12);
	});

	it("does not ask the checker about an answer that failed a check", async () => {
		const { asked } = await answerOf({ cascade: checked, stages: { edge: answering(" "), origin: large } });
		expect(asked("edge")).toHaveLength(1);
	});

	it.each([
		["fails", failing({ kind: "unreachable" }), "extra-call-failed"],
		["never answers", silent, "extra-call-failed"],
		["says neither yes nor no", answering("perhaps"), "no-verdict"],
	])("cannot be read where the checker %s", async (_case, checker, detail) => {
		const { text, facts } = await answerOf({
			cascade: checked,
			stages: { edge: inTurn(answering("four"), checker), origin: large },
		});
		expect(text).toBe("large");
		expect(facts.trail[0]).toMatchObject({ outcome: "deferred", reason: "confidence-unavailable", detail });
	});
});

describe("a stage that cannot help", () => {
	it("is skipped, unasked and unpaid, where its model does not serve the request", async () => {
		const { facts, asked } = await answerOf({
			request: { body: { tools: [{ type: "function" }] } },
			stages: { edge: sure(1), origin: large },
		});
		expect(asked("edge")).toEqual([]);
		expect(facts).toMatchObject({ stage: "origin", reason: "unsupported-by-edge" });
		expect(facts.trail[0]).toEqual({
			stage: "edge",
			outcome: "skipped",
			reason: "unsupported-by-edge",
			confidence: null,
			threshold: 0.8,
			detail: "tools",
		});
		expect(facts.calls.map((call) => call.stage)).toEqual(["origin"]);
	});

	it("is named in at most 100 characters, however long a name the client chose", async () => {
		const { facts } = await answerOf({
			request: { body: { ["x".repeat(5_000)]: 1 } },
			stages: { edge: sure(1), origin: large },
		});
		expect(facts.trail[0]).toMatchObject({ reason: "unsupported-by-edge", detail: "x".repeat(100) });
	});

	it("is skipped, unasked and unpaid, where its model has no log-probabilities and its method needs them", async () => {
		const { facts, asked } = await answerOf({
			capabilities: PLAIN_MODEL,
			stages: { edge: sure(1), origin: large },
		});
		expect(asked("edge")).toEqual([]);
		expect(facts.trail[0]).toMatchObject({
			outcome: "skipped",
			reason: "confidence-unavailable",
			detail: "no-logprobs",
		});
	});

	it("is asked where its method needs none", async () => {
		const { facts } = await answerOf({
			capabilities: PLAIN_MODEL,
			cascade: cascadeWith({ method: "agreement", samples: 2, temperature: 1, match: "exact", stopEarly: false }, 1),
			stages: { edge: answering("Paris"), origin: large },
		});
		expect(facts.stage).toBe("edge");
	});

	it("is skipped where a policy made otherwise than by the parser has no method or threshold", async () => {
		const { threshold: _threshold, ...unjudged } = edgeStage;
		const { facts, asked } = await answerOf({
			cascade: { stages: [unjudged, originStage] },
			stages: { edge: sure(1), origin: large },
		});
		expect(asked("edge")).toEqual([]);
		expect(facts.trail[0]).toMatchObject({ outcome: "skipped", reason: "confidence-unavailable", detail: "no-method" });
	});
});

describe("an upstream that fails by our own deadline", () => {
	it("is a timeout, though its client calls it an abort", async () => {
		const heeding: Behaviour = (call) =>
			new Promise((resolve) => {
				call.signal.addEventListener("abort", () => resolve({ ok: false, error: { kind: "aborted" } }));
			});
		const { outcome, clock } = begin({ stages: { edge: heeding, origin: large } });
		await clock.advance(60_000);
		expect(await outcome).toMatchObject({
			kind: "whole",
			facts: { reason: "edge-timeout", trail: [{ detail: "timeout" }, {}] },
		});
	});
});
