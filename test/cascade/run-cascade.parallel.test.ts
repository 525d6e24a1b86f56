import { describe, expect, it } from "vitest";
import { edgeStage, originStage } from "../core/examples.ts";
import { after, answering, failing, silent, sure } from "./fakes.ts";
import { answerOf, begin, failureOf, run } from "./run-example.ts";

const usage = { inputTokens: 10, outputTokens: 4 };
const large = answering("large", { usage });
const parallel = { mode: "parallel" } as const;

describe("a parallel cascade", () => {
	it("asks the last stage together with the first, so that an escalated answer takes the time of the slower one", async () => {
		const stages = { edge: after(300, sure(0.5)), origin: after(1_000, large) };
		const { text, facts, clock } = await answerOf({ cascade: parallel, stages });
		expect(text).toBe("large");
		expect(facts.calls.map(({ stage, ms }) => `${stage} ${ms}`)).toEqual(["edge 300", "origin 1000"]);
		expect(clock.now() - 1_790_000_000_000).toBe(1_000);
		expect(facts.reason).toBe("low-confidence");
		expect(facts.trail.map(({ stage, outcome }) => `${stage} ${outcome}`)).toEqual([
			"edge deferred",
			"origin accepted",
		]);
		expect(clock.running).toBe(0);
	});

	it("serves the edge's answer where it is sure enough, and stops the last stage at once", async () => {
		const stages = { edge: after(300, sure(0.9)), origin: silent };
		const { text, facts, asked, clock } = await answerOf({ cascade: parallel, stages });
		expect(text).toBe("small");
		expect(clock.now() - 1_790_000_000_000).toBe(300);
		expect(asked("origin")[0]?.signal.aborted).toBe(true);
		expect(facts.trail).toHaveLength(1);
		expect(clock.running).toBe(0);
	});

	it("records no call of a last stage that was never asked", async () => {
		const stages = { edge: after(300, sure(0.9)), origin: { kind: "misconfigured", what: "origin" } as const };
		const { facts } = await answerOf({ cascade: parallel, stages });
		expect(facts.calls.map(({ stage }) => stage)).toEqual(["edge"]);
		expect(facts.costUsd).toBe(facts.calls[0]?.costUsd);
	});

	it("decides as the sequential one does, whichever stage is done first", async () => {
		for (const confidence of [0.5, 0.79, 0.8, 0.95]) {
			for (const edgeMs of [1, 100]) {
				const stages = { edge: after(edgeMs, sure(confidence)), origin: after(50, large) };
				const [beside, inTurn] = await Promise.all([answerOf({ cascade: parallel, stages }), answerOf({ stages })]);
				expect(beside.text).toBe(inTurn.text);
				expect(beside.facts.trail).toEqual(inTurn.facts.trail);
			}
		}
	});

	it("counts what was wasted: a stopped call at what the served answer's tokens would have cost, marked as an estimate", async () => {
		const stages = { edge: after(300, sure(0.9)), origin: after(1_000, large) };
		const { facts } = await answerOf({ cascade: parallel, stages });
		const [edge, origin] = [facts.calls.find(isOf("edge")), facts.calls.find(isOf("origin"))];
		// 10 and 2 tokens at 10 and 20 dollars a million.
		expect(origin).toEqual({
			stage: "origin",
			model: "large",
			purpose: "answer",
			usage: null,
			costUsd: expect.closeTo(0.00014, 12),
			estimated: true,
			ms: 300,
		});
		expect(facts.costUsd).toBeCloseTo((edge?.costUsd ?? 0) + 0.00014, 12);
		// Nothing is saved by an answer for which the last stage was paid too.
		expect(facts.savedUsd).toBeCloseTo(-(edge?.costUsd ?? 0), 12);
	});

	it("counts the last stage's own usage where it was done before the edge was accepted", async () => {
		const { facts } = await answerOf({
			cascade: parallel,
			stages: { edge: after(300, sure(0.9)), origin: after(50, large) },
		});
		expect(facts.calls.filter(isOf("origin"))).toEqual([expect.objectContaining({ usage, ms: 50 })]);
		expect(facts.calls.find(isOf("origin"))).not.toHaveProperty("estimated");
	});

	it("does not know its cost where the served answer reported no usage", async () => {
		const withoutUsage = answering("small", { usage: null, tokens: [{ token: "a", logprob: 0 }] });
		const { facts } = await answerOf({ cascade: parallel, stages: { edge: withoutUsage, origin: silent } });
		expect(facts).toMatchObject({ costUsd: null, savedUsd: null });
	});

	it("asks each stage once where all of them are passed over or fail", async () => {
		const { text, asked } = await answerOf({
			cascade: { ...parallel, stages: [edgeStage, { ...edgeStage, name: "middle" }, originStage] },
			stages: { edge: failing({ kind: "unreachable" }), middle: sure(0.1), origin: large },
		});
		expect(text).toBe("large");
		expect([asked("edge").length, asked("middle").length, asked("origin").length]).toEqual([1, 1, 1]);
	});

	it("fails with the last stage's failure only after the edge has had its say", async () => {
		const refused = failing({ kind: "upstream-error", status: 500, message: "" });
		const accepted = await answerOf({
			cascade: parallel,
			stages: { edge: after(300, sure(0.9)), origin: refused },
		});
		expect(accepted.text).toBe("small");
		expect(accepted.facts.calls.find(isOf("origin"))).toMatchObject({ costUsd: 0 });
		const failed = await failureOf({ cascade: parallel, stages: { edge: after(300, sure(0.5)), origin: refused } });
		expect(failed).toMatchObject({ failure: { kind: "upstream-error" }, stage: "origin" });
		expect(failed.trail.map(({ reason }) => reason)).toEqual(["low-confidence", "origin-failed"]);
	});

	it("begins a stream of the last stage at once and serves it after a deferral", async () => {
		const { outcome } = await run({
			cascade: parallel,
			request: { stream: true },
			stages: { edge: after(300, sure(0.5)), origin: after(50, large) },
		});
		if (outcome.kind !== "live") throw new Error("it is no stream");
		expect(outcome.settle(usage).calls.map(({ stage }) => stage)).toEqual(["edge", "origin"]);
	});

	it("stops a stream of the last stage that has begun when the edge is accepted", async () => {
		const { outcome, asked } = await run({
			cascade: parallel,
			request: { stream: true },
			stages: { edge: after(300, sure(0.9)), origin: after(50, large) },
		});
		expect(outcome).toMatchObject({ kind: "whole", facts: { stage: "edge" } });
		expect(asked("origin")[0]?.signal.aborted).toBe(true);
		if (outcome.kind === "whole")
			expect(outcome.facts.calls.find(isOf("origin"))).toMatchObject({ estimated: true, ms: 300 });
	});

	it("ends every call when the client leaves", async () => {
		const { outcome, leave, asked, clock } = begin({ cascade: parallel, stages: { edge: silent, origin: silent } });
		await clock.advance(10);
		leave();
		expect(await clock.until(outcome)).toMatchObject({ kind: "failed", failure: { kind: "aborted" } });
		for (const stage of ["edge", "origin"]) expect(asked(stage)[0]?.signal.aborted).toBe(true);
		expect(clock.running).toBe(0);
	});

	it("asks one stage alone where the client insists on it", async () => {
		const { asked } = await answerOf({ cascade: parallel, route: "edge", stages: { edge: sure(0.1), origin: large } });
		expect(asked("origin")).toEqual([]);
	});
});

function isOf(stage: string) {
	return (call: { readonly stage: string }) => call.stage === stage;
}
