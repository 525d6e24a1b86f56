import { describe, expect, it } from "vitest";
import { edgeStage, exampleAnswer, originStage } from "../core/examples.ts";
import { ok } from "../../src/core/result.ts";
import { after, answering, failing, silent, type Behaviour } from "./fakes.ts";
import { answerOf, begin, run } from "./run-example.ts";

const prefix = { tokens: 3, ms: 500 };
const usage = { inputTokens: 10, outputTokens: 40 };
const large = answering("large", { usage });
const cascade = {
	stages: [{ ...edgeStage, confidence: { method: "min-logprob", prefix } as const, threshold: 0.8 }, originStage],
	checks: { refusal: false },
};
const stream = { stream: true };

/** Answers with these token probabilities. */
function withProbabilities(...probabilities: readonly number[]): Behaviour {
	const tokens = probabilities.map((probability) => ({ token: "a", logprob: Math.log(probability) }));
	return () => Promise.resolve(ok(exampleAnswer({ text: "a".repeat(tokens.length), tokens })));
}

describe("a stream that is decided on its beginning", () => {
	it("is served as it comes where its first tokens are sure enough, whatever follows", async () => {
		const { outcome, asked } = await run({
			cascade,
			request: stream,
			stages: { edge: withProbabilities(0.9, 0.9, 0.9, 0.01), origin: large },
		});
		if (outcome.kind !== "live") throw new Error("it is no stream");
		expect(outcome.carriesLogprobs).toBe(true);
		expect(outcome.facts).toMatchObject({
			stage: "edge",
			reason: "accepted",
			confidence: expect.closeTo(0.9, 12),
			costUsd: null,
		});
		expect(outcome.settle(usage)).toMatchObject({ stage: "edge", costUsd: expect.closeTo(0.00009, 12) });
		expect(asked("origin")).toEqual([]);
	});

	it("is stopped where they are not, and the next stage is asked", async () => {
		const { outcome, asked } = await run({
			cascade,
			request: stream,
			stages: { edge: withProbabilities(0.9, 0.5, 0.9, 0.9), origin: large },
		});
		if (outcome.kind !== "live") throw new Error("it is no stream");
		const facts = outcome.settle(usage);
		expect(facts).toMatchObject({ stage: "origin", reason: "low-confidence", confidence: expect.closeTo(0.5, 12) });
		expect(asked("edge")[0]?.signal.aborted).toBe(true);
		// Three tokens were seen; the prompt's are estimated.
		expect(facts.calls[0]).toMatchObject({ stage: "edge", usage: null, estimated: true });
		expect(facts.calls[0]?.costUsd).toBeGreaterThan(0.000003);
	});

	it.each([
		["is empty", { text: "", tokens: [{ token: "", logprob: 0 }], finishReason: "unknown" as const }, "empty-answer"],
		["is cut off", { text: "a", finishReason: "length" as const, tokens: [{ token: "a", logprob: 0 }] }, "truncated"],
	])("is checked where its end is within its beginning: one that %s", async (_what, differences, detail) => {
		const { outcome } = await run({
			cascade,
			request: stream,
			stages: { edge: answering(differences.text, differences), origin: large },
		});
		if (outcome.kind !== "live") throw new Error("it is no stream");
		expect(outcome.facts.trail[0]).toMatchObject({ outcome: "deferred", reason: "rejected-by-check", detail });
	});

	it("is read over as many tokens as its rule says, though one read brought more", async () => {
		const readings = await Promise.all(
			[
				[0.9, 0.9, 0.9],
				[0.9, 0.9, 0.9, 0.1, 0.1],
			].map(async (probabilities) => {
				const stages = { edge: withProbabilities(...probabilities), origin: large };
				const { outcome } = await run({ cascade, request: stream, stages });
				return outcome.kind === "live" ? outcome.facts.confidence : null;
			}),
		);
		expect(readings[1]).toBe(readings[0]);
		const late = withProbabilities(0.9, 0.9, 0.5, 0.9);
		const { outcome } = await run({ cascade, request: stream, stages: { edge: late, origin: large } });
		expect(outcome).toMatchObject({ facts: { stage: "origin", trail: [{ reason: "low-confidence" }, {}] } });
	});

	it("costs what nobody knows where it broke off, and nothing where it was refused", async () => {
		const costs = async (failure: Parameters<typeof failing>[0]) => {
			const { outcome } = await run({ cascade, request: stream, stages: { edge: failing(failure), origin: large } });
			return outcome.kind === "live" ? outcome.settle(usage).calls[0]?.costUsd : undefined;
		};
		expect(await costs({ kind: "broken-off" })).toBeNull();
		expect(await costs({ kind: "upstream-error", status: 500, message: "" })).toBe(0);
	});

	it("is deferred where no token carries a log-probability", async () => {
		const { outcome } = await run({ cascade, request: stream, stages: { edge: answering("a"), origin: large } });
		if (outcome.kind !== "live") throw new Error("it is no stream");
		expect(outcome.facts.trail[0]).toMatchObject({ reason: "confidence-unavailable", detail: "no-logprobs" });
	});

	it.each([
		["tools", { tools: [{ type: "function", function: { name: "look_up" } }] }],
		["a response format", { response_format: { type: "json_object" } }],
	])("is not asked for where the request has %s, which need the whole answer", async (_what, body) => {
		const { outcome, asked } = await run({
			cascade,
			request: { ...stream, body },
			stages: { edge: withProbabilities(1, 1, 1), origin: large },
			capabilities: { logprobs: true, openaiParameters: true, tools: true, toolChoice: true, answers: "chat" },
		});
		if (outcome.kind !== "live") throw new Error("it is no stream");
		expect(outcome.facts.trail[0]).toMatchObject({
			outcome: "skipped",
			reason: "confidence-unavailable",
			detail: "prefix-not-applicable",
		});
		expect(asked("edge")).toEqual([]);
	});

	it("fails over like any other stage", async () => {
		const { outcome } = await run({
			cascade,
			request: stream,
			stages: { edge: failing({ kind: "overloaded", retryAfterSeconds: null }), origin: large },
		});
		if (outcome.kind !== "live") throw new Error("it is no stream");
		expect(outcome.settle(usage).trail[0]).toMatchObject({ outcome: "failed", reason: "edge-unavailable" });
	});

	it("has its stage's time, and no more", async () => {
		const stages = [{ ...cascade.stages[0], timeoutMs: 400 }, originStage] as typeof cascade.stages;
		const { outcome, clock } = await run({
			cascade: { ...cascade, stages },
			request: stream,
			stages: { edge: silent, origin: after(100, large) },
		});
		if (outcome.kind !== "live") throw new Error("it is no stream");
		expect(outcome.facts.trail[0]).toMatchObject({ reason: "edge-timeout" });
		expect(clock.running).toBe(0);
	});

	it("ends when the client leaves", async () => {
		const { outcome, leave, asked, clock } = begin({
			cascade,
			request: stream,
			stages: { edge: silent, origin: large },
		});
		await clock.advance(10);
		leave();
		expect(await clock.until(outcome)).toMatchObject({ kind: "failed", failure: { kind: "aborted" } });
		expect(asked("edge")[0]?.signal.aborted).toBe(true);
	});

	it("stops a parallel last stage, whose cost is known with the stream's end", async () => {
		const { outcome, asked } = await run({
			cascade: { ...cascade, mode: "parallel" },
			request: stream,
			stages: { edge: withProbabilities(1, 1, 1), origin: silent },
		});
		if (outcome.kind !== "live") throw new Error("it is no stream");
		expect(asked("origin")[0]?.signal.aborted).toBe(true);
		expect(outcome.settle(usage).calls).toMatchObject([
			{ stage: "edge", usage },
			{ stage: "origin", estimated: true, costUsd: expect.closeTo((10 * 10 + 40 * 20) / 1e6, 12) },
		]);
	});
});

describe("a plain answer of a stage that decides streams on their beginning", () => {
	it("is read over the same first tokens, so that one threshold serves both", async () => {
		const { facts } = await answerOf({
			cascade,
			stages: { edge: withProbabilities(0.9, 0.9, 0.85, 0.01), origin: large },
		});
		expect(facts).toMatchObject({ stage: "edge", confidence: expect.closeTo(0.85, 12) });
	});
});
