import { describe, expect, it } from "vitest";
import { edgeStage, originStage } from "../core/examples.ts";
import { answering, failing, sure } from "./fakes.ts";
import { answerOf, failureOf, run } from "./run-example.ts";

const middleStage = {
	...edgeStage,
	name: "middle",
	threshold: 0.9,
	price: { inputUsdPerMillion: 5, outputUsdPerMillion: 5 },
};
const three = { stages: [edgeStage, middleStage, originStage] };
const large = answering("large", { usage: { inputTokens: 10, outputTokens: 4 } });

describe("the order of stages", () => {
	it("ends at the first that is sure enough: the others are not asked", async () => {
		const { text, facts, asked } = await answerOf({ stages: { edge: sure(0.9), origin: large } });
		expect(text).toBe("small");
		expect(asked("origin")).toEqual([]);
		expect(facts).toMatchObject({ stage: "edge", model: "@cf/small", reason: "accepted", threshold: 0.8 });
		expect(facts.confidence).toBeCloseTo(0.9, 12);
		expect(facts.trail).toEqual([
			{ stage: "edge", outcome: "accepted", reason: "accepted", confidence: expect.closeTo(0.9, 12), threshold: 0.8 },
		]);
	});

	it("goes on to the last where the edge is not sure", async () => {
		const { text, facts } = await answerOf({ stages: { edge: sure(0.5), origin: large } });
		expect(text).toBe("large");
		expect(facts).toMatchObject({ stage: "origin", model: "large", reason: "low-confidence", threshold: 0.8 });
		expect(facts.trail).toEqual([
			{
				stage: "edge",
				outcome: "deferred",
				reason: "low-confidence",
				confidence: expect.closeTo(0.5, 12),
				threshold: 0.8,
			},
			{ stage: "origin", outcome: "accepted", reason: "accepted", confidence: null, threshold: null },
		]);
	});

	it("accepts a tie", async () => {
		const certain = { stages: [{ ...edgeStage, threshold: 1 }, originStage] };
		expect((await answerOf({ cascade: certain, stages: { edge: sure(1), origin: large } })).text).toBe("small");
	});

	it("of three stages may end at each of them", async () => {
		const endingWith = (edge: number, middle: number) =>
			answerOf({ cascade: three, stages: { edge: sure(edge), middle: sure(middle, "medium"), origin: large } });
		expect((await endingWith(0.9, 0.95)).text).toBe("small");
		expect((await endingWith(0.5, 0.95)).text).toBe("medium");
		const last = await endingWith(0.5, 0.8);
		expect(last.text).toBe("large");
		expect(last.facts.trail.map(({ stage, outcome }) => `${stage} ${outcome}`)).toEqual([
			"edge deferred",
			"middle deferred",
			"origin accepted",
		]);
		expect(last.facts).toMatchObject({ confidence: expect.closeTo(0.8, 12), threshold: 0.9 });
	});

	it("does not pass an answer that fails a check, however sure", async () => {
		const truncated = answering("half a sen", { tokens: [{ token: "h", logprob: 0 }], finishReason: "length" });
		const { text, facts } = await answerOf({ stages: { edge: truncated, origin: large } });
		expect(text).toBe("large");
		expect(facts.trail[0]).toMatchObject({
			outcome: "deferred",
			reason: "rejected-by-check",
			detail: "truncated",
			confidence: null,
		});
		expect(facts.reason).toBe("rejected-by-check");
	});

	it("defers an answer whose confidence cannot be read", async () => {
		const { facts } = await answerOf({ stages: { edge: answering("small"), origin: large } });
		expect(facts.trail[0]).toMatchObject({
			outcome: "deferred",
			reason: "confidence-unavailable",
			detail: "no-logprobs",
		});
	});
});

describe("what each stage is asked", () => {
	it("is its own model, and the most tokens the policy allows", async () => {
		const { asked } = await answerOf({ stages: { edge: sure(0.5), origin: large }, maxOutputTokens: 99 });
		expect(asked("edge")).toMatchObject([
			{ model: "@cf/small", maxOutputTokens: 99, requestId: "request-1", topLogprobs: 0 },
		]);
		expect(asked("origin")).toMatchObject([{ model: "large", maxOutputTokens: 99, requestId: "request-1" }]);
		expect(asked("origin")[0]).not.toHaveProperty("topLogprobs");
	});

	it("includes as many alternatives as the client wants, if those are more than the method needs", async () => {
		const request = { logprobs: true, topLogprobs: 7 };
		const { asked } = await answerOf({ request, stages: { edge: sure(0.9), origin: large } });
		expect(asked("edge")[0]?.topLogprobs).toBe(7);
	});
});

describe("a forced route", () => {
	it("to the edge serves what it says, unjudged, and passes over nothing", async () => {
		const { text, facts, asked } = await answerOf({ route: "edge", stages: { edge: sure(0.1), origin: large } });
		expect(text).toBe("small");
		expect(asked("origin")).toEqual([]);
		expect(facts).toMatchObject({ stage: "edge", reason: "forced", confidence: null, threshold: null });
		expect(facts.trail).toEqual([
			{ stage: "edge", outcome: "accepted", reason: "forced", confidence: null, threshold: null },
		]);
	});

	it("to the origin passes over every stage before it", async () => {
		const { text, facts, asked } = await answerOf({
			route: "origin",
			cascade: three,
			stages: { edge: sure(1), middle: sure(1), origin: large },
		});
		expect(text).toBe("large");
		expect([...asked("edge"), ...asked("middle")]).toEqual([]);
		expect(facts.reason).toBe("forced");
		expect(facts.trail.map(({ stage, outcome, reason }) => [stage, outcome, reason])).toEqual([
			["edge", "skipped", "forced"],
			["middle", "skipped", "forced"],
			["origin", "accepted", "forced"],
		]);
	});

	it("has the whole of the time", async () => {
		const { asked } = await answerOf({ route: "edge", stages: { edge: sure(0.1), origin: large } });
		expect(asked("edge")[0]?.timeoutMs).toBe(55_000);
	});

	it("to an edge that cannot serve the request tells the client what it asked in vain, and asks nobody", async () => {
		const { failure, asked } = await failureOf({
			route: "edge",
			request: { choices: 2 },
			stages: { edge: sure(1), origin: large },
		});
		expect(failure).toMatchObject({ kind: "bad-request", param: "n", code: "unsupported_parameter" });
		expect(asked("edge")).toEqual([]);
	});

	it("to an edge that fails does not go on to the origin", async () => {
		const { failure, stage, asked } = await failureOf({
			route: "edge",
			cascade: { onOriginFailure: "serve-edge-answer" },
			stages: { edge: failing({ kind: "daily-allocation" }), origin: large },
		});
		expect(failure).toEqual({ kind: "daily-allocation" });
		expect(stage).toBe("edge");
		expect(asked("origin")).toEqual([]);
	});
});

describe("a streamed request", () => {
	const request = { stream: true, body: { stream: true } };

	it("that the edge answers is whole: it was held until the decision", async () => {
		const { outcome, asked } = await run({ request, stages: { edge: sure(0.9), origin: large } });
		expect(outcome.kind).toBe("whole");
		expect(asked("origin")).toEqual([]);
	});

	it("that the last stage answers is live, its cost unknown until it is settled", async () => {
		const { outcome, clock } = await run({ request, stages: { edge: sure(0.5), origin: large } });
		if (outcome.kind !== "live") throw new Error(outcome.kind);
		expect(outcome.facts).toMatchObject({ stage: "origin", reason: "low-confidence", costUsd: null, savedUsd: null });
		await clock.advance(700);
		const settled = outcome.settle({ inputTokens: 10, outputTokens: 4 });
		expect(settled.calls.at(-1)).toEqual({
			stage: "origin",
			model: "large",
			purpose: "answer",
			usage: { inputTokens: 10, outputTokens: 4 },
			costUsd: 0.00018,
			ms: 700,
			firstTokenMs: 0,
		});
		expect(settled.costUsd).toBeCloseTo(0.000014 + 0.00018, 12);
		expect(settled.savedUsd).toBeCloseTo(-0.000014, 12);
	});

	it("that has begun is no longer under the deadline, but ends with the client or with us", async () => {
		for (const end of ["leave", "abort"] as const) {
			const { outcome, asked, clock, leave } = await run({ request, stages: { edge: sure(0.5), origin: large } });
			if (outcome.kind !== "live") throw new Error(outcome.kind);
			await clock.advance(600_000);
			const signal = asked("origin")[0]?.signal;
			expect(signal?.aborted).toBe(false);
			if (end === "leave") leave();
			else outcome.abort();
			expect(signal?.aborted).toBe(true);
		}
	});

	it("that the last stage refuses may still be served by the edge", async () => {
		const { outcome } = await run({
			request,
			cascade: { onOriginFailure: "serve-edge-answer" },
			stages: { edge: sure(0.5), origin: failing({ kind: "unreachable" }) },
		});
		expect(outcome).toMatchObject({ kind: "whole", facts: { reason: "origin-failed-served-edge" } });
	});
});

describe("what a request costs", () => {
	it("is the sum over every call, and the saving is against the last stage alone", async () => {
		// Edge: 10 × $1 + 2 × $2 a million; origin: 10 × $10 + 4 × $20.
		const { facts } = await answerOf({ stages: { edge: sure(0.5), origin: large } });
		expect(facts.calls.map(({ costUsd }) => costUsd)).toEqual([
			expect.closeTo(0.000014, 12),
			expect.closeTo(0.00018, 12),
		]);
		expect(facts.costUsd).toBeCloseTo(0.000194, 12);
		expect(facts.savedUsd).toBeCloseTo(-0.000014, 12);
	});

	it("leaves out what was refused, and is unknown where a call does not say", async () => {
		const refused = await answerOf({ stages: { edge: failing({ kind: "unreachable" }), origin: large } });
		expect(refused.facts.costUsd).toBeCloseTo(0.00018, 12);
		const unknown = await answerOf({ stages: { edge: sure(0.5), origin: answering("large", { usage: null }) } });
		expect(unknown.facts).toMatchObject({ costUsd: null, savedUsd: null });
	});
});
