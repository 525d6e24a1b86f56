import { describe, expect, it } from "vitest";
import { MOST_KEPT_BYTES } from "../../src/cascade/watch-stream.ts";
import { createHedgeBudget } from "../../src/core/resilience/hedge-budget.ts";
import { originStage } from "../core/examples.ts";
import { AUDITION, CERTAIN, chatStream, fakeEvidence, guaranteed, HEADS, lease, TAILS } from "./fake-evidence.ts";
import { after, answering, inTurn, silent, sure, type Behaviour } from "./fakes.ts";
import { readStream } from "./labelled.ts";
import { begin, run } from "./run-example.ts";

const unsure = sure(0.5);

describe("a request whose label is due", () => {
	it("is kept alive from when its first stage is judged until the label is told", async () => {
		const known = fakeEvidence();
		const stages = { edge: after(100, unsure), origin: after(500, answering("small")) };
		const begun = begin({ cascade: guaranteed(), stages, evidence: known.evidence });
		await begun.clock.advance(99);
		expect(known.holds()).toBe(0);
		await begun.clock.advance(1);
		expect(known.holds()).toBe(1);
		await begun.clock.advance(499);
		expect(known.holds()).toBe(1);
		await begun.clock.until(begun.outcome);
		// From here on what is to be done later keeps it.
		expect([known.holds(), known.waiting()]).toEqual([0, 1]);
	});

	it("is kept alive until its stream has passed", async () => {
		const known = fakeEvidence();
		const stages = { edge: unsure, origin: answering("") };
		const streams = { origin: chatStream("small") };
		const { outcome, clock } = await run({
			cascade: guaranteed(),
			stages,
			streams,
			request: { stream: true },
			evidence: known.evidence,
		});
		expect(known.holds()).toBe(1);
		await readStream(outcome);
		await clock.until(known.afterAnswer());
		expect(known.holds()).toBe(0);
		expect(known.events).toEqual(["labelled"]);
	});

	it("is kept alive where the gate sent it past and the coin said so, and not otherwise", async () => {
		for (const [coin, holds] of [
			[HEADS, 1],
			[TAILS, 0],
		] as const) {
			const known = fakeEvidence({ random: [coin] });
			const begun = begin({
				cascade: guaranteed({ gate: { skipWhen: [], maxPromptTokens: 1 } }),
				stages: { edge: sure(0.9), origin: after(10, answering("small")) },
				evidence: known.evidence,
			});
			await begun.clock.advance(9);
			expect(known.holds()).toBe(holds);
			await begun.clock.until(begun.outcome);
			await begun.clock.until(known.afterAnswer());
			expect(known.holds()).toBe(0);
		}
	});

	it.each([
		["that is accepted", sure(0.9)],
		["that has no reading", answering("small", { tokens: null })],
	])("is not kept alive for an answer %s: what is due of it is told or waits already", async (_what, edge) => {
		const known = fakeEvidence();
		const stages = { edge, origin: after(10, answering("small")) };
		const begun = begin({ cascade: guaranteed(), stages, evidence: known.evidence });
		await begun.clock.advance(9);
		expect(known.holds()).toBe(0);
		await begun.clock.until(begun.outcome);
		expect(known.holds()).toBe(0);
	});

	it.each([
		["at once", 10, false],
		["after it was told that a label is to come", 30_000, false],
		["while the last stage is down", 10, true],
	])("is let go, and its row told once, where the client leaves: %s", async (_when, ms, isDown) => {
		const known = fakeEvidence({ isDown });
		const stages = { edge: unsure, origin: inTurn(silent, answering("small")) };
		const begun = begin({ cascade: guaranteed({ timeoutMs: 55_000 }), stages, evidence: known.evidence });
		await begun.clock.advance(ms);
		begun.leave();
		await begun.clock.until(begun.outcome);
		await begun.clock.until(known.afterAnswer());
		expect(known.events).toEqual(isDown ? ["unobserved"] : ["drawn", "verdict"]);
		expect(known.verdicts).toMatchObject(isDown ? [] : [{ wrong: false, failed: false }]);
		expect([known.holds(), begun.clock.running]).toEqual([0, 0]);
	});
});

describe("a stream whose reader has gone", () => {
	const example = {
		cascade: guaranteed(),
		stages: { edge: unsure, origin: inTurn(answering(""), answering("small")) },
		request: { stream: true },
	};

	it("tells its row although nobody reads it any more, or says that it has ended", async () => {
		const known = fakeEvidence();
		const streams = { origin: chatStream("small") };
		const begun = begin({ ...example, streams, evidence: known.evidence });
		await begun.clock.until(begun.outcome);
		begun.leave();
		await begun.clock.until(known.afterAnswer());
		expect(known.entries).toMatchObject([{ served: "escalated", propensity: CERTAIN, draw: "drawn" }]);
		expect(known.verdicts).toMatchObject([{ wrong: false }]);
		expect(known.holds()).toBe(0);
	});

	it("tells it once where it is said to have ended as well", async () => {
		const known = fakeEvidence();
		const streams = { origin: chatStream("small") };
		const begun = begin({ ...example, streams, evidence: known.evidence });
		const outcome = await begun.clock.until(begun.outcome);
		begun.leave();
		await readStream(outcome, 1);
		await begun.clock.until(known.afterAnswer());
		begun.leave();
		await begun.clock.until(known.afterAnswer());
		expect(known.events).toEqual(["drawn", "verdict"]);
	});

	it("is wrong where it was longer than is kept, as where the reader stayed", async () => {
		const known = fakeEvidence();
		const streams = { origin: chatStream("s".repeat(MOST_KEPT_BYTES)) };
		const begun = begin({ ...example, streams, evidence: known.evidence });
		const outcome = await begun.clock.until(begun.outcome);
		begun.leave();
		await readStream(outcome, 2);
		await begun.clock.until(known.afterAnswer());
		expect(known.entries).toMatchObject([{ draw: "labelled", wrong: true }]);
		expect(begun.asked("origin")).toHaveLength(1);
	});

	it("says nothing any more once its row is told", async () => {
		const known = fakeEvidence();
		const streams = { origin: chatStream("small") };
		const begun = begin({ ...example, streams, evidence: known.evidence });
		await readStream(await begun.clock.until(begun.outcome));
		await begun.clock.until(known.afterAnswer());
		begun.leave();
		expect(known.waiting()).toBe(0);
		expect(known.events).toEqual(["labelled"]);
	});
});

describe("an answer of a middle stage", () => {
	const cascade = guaranteed({ timeoutMs: 55_000 });
	const [edge] = cascade.stages ?? [];
	if (edge === undefined) throw new Error("there is no first stage");
	const { guarantee: _guarantee, ...rest } = edge;
	const three = {
		...cascade,
		stages: [edge, { ...rest, name: "middle", threshold: 0.8, timeoutMs: 40_000 }, originStage],
	};

	it.each([
		["soon", 10],
		["after 20 seconds, when the draw was told already", 30_000],
	])("that comes %s leaves nothing to run, and one draw", async (_when, ms) => {
		const known = fakeEvidence({ lease: lease(AUDITION) });
		const stages = { edge: unsure, middle: after(ms, sure(0.9, "middle")), origin: answering("small") };
		const { outcome, clock, asked } = await run({ cascade: three, stages, evidence: known.evidence });
		expect(outcome).toMatchObject({ kind: "whole", facts: { stage: "middle" } });
		await clock.until(known.afterAnswer());
		await clock.advance(60_000);
		expect(known.entries).toMatchObject([{ served: "escalated", propensity: CERTAIN, draw: "drawn" }]);
		expect(known.verdicts).toMatchObject([{ wrong: false }]);
		expect([known.holds(), clock.running, asked("origin").length]).toEqual([0, 0, 1]);
	});
});

describe("a fault of our own", () => {
	const similarity = {
		kind: "similarity",
		model: "@cf/baai/bge-m3",
		least: 0.9,
		price: { inputUsdPerMillion: 1, outputUsdPerMillion: 0 },
	} as const;

	it.each([
		["escalated", unsure],
		["accepted", sure(0.9)],
	])("while an answer is labelled takes no row with it, and is logged: %s", async (_what, first) => {
		const known = fakeEvidence({ embedTexts: () => Promise.reject(new Error("a bug")) });
		const stages = { edge: first, origin: answering("large") };
		const { clock } = await run({
			cascade: guaranteed({ labeller: similarity }),
			stages,
			evidence: known.evidence,
		});
		await expect(clock.until(known.afterAnswer())).rejects.toThrow("a bug");
		expect(known.entries).toMatchObject([{ draw: "drawn" }]);
		expect(known.verdicts).toMatchObject([{ wrong: true, failed: true }]);
	});
});

describe("a last stage with a second origin", () => {
	it("has both calls on record although its stream becomes a label", async () => {
		const known = fakeEvidence();
		const [first] = guaranteed().stages ?? [];
		if (first === undefined) throw new Error("there is no first stage");
		const { outcome, clock } = await run({
			cascade: { stages: [first, { ...originStage, hedge: { origin: "other", afterMs: 2_000 } }] },
			hedges: createHedgeBudget(),
			stages: { edge: unsure, origin: inTurn(silent, answering("")) },
			streams: { origin: chatStream("small") },
			request: { stream: true },
			evidence: known.evidence,
		});
		if (outcome.kind !== "live") throw new Error("the answer is no stream");
		while (!(await outcome.live.rest.read()).done);
		const { calls } = outcome.settle({ inputTokens: 10, outputTokens: 2 });
		await clock.until(known.afterAnswer());
		expect(calls.filter(({ stage }) => stage === "origin")).toHaveLength(2);
		expect(known.events).toEqual(["labelled"]);
	});

	it("has both on the audit's record where one of them runs on as the audit", async () => {
		const known = fakeEvidence();
		const [first] = guaranteed().stages ?? [];
		if (first === undefined) throw new Error("there is no first stage");
		const { clock } = await run({
			cascade: {
				mode: "parallel",
				stages: [first, { ...originStage, hedge: { origin: "other", afterMs: 100 } }],
			},
			hedges: createHedgeBudget(),
			stages: { edge: after(300, sure(0.9)), origin: inTurn(silent, answering("")) },
			streams: { origin: chatStream("small") },
			request: { stream: true },
			evidence: known.evidence,
		});
		await clock.until(known.afterAnswer());
		// 10 and 2 tokens each, the one that was stopped taken for as dear.
		expect(known.verdicts).toMatchObject([{ wrong: false, costUsd: expect.closeTo(2 * 0.000_14, 12) }]);
	});
});

describe("the call beside the first", () => {
	it("has its second attempts counted with the request's", async () => {
		const known = fakeEvidence();
		const stages = {
			edge: after(300, unsure),
			origin: (call: Parameters<Behaviour>[0], clock: Parameters<Behaviour>[1]) => {
				call.retried?.();
				return answering("large")(call, clock);
			},
		};
		const cascade = guaranteed({ mode: "parallel" });
		const { outcome } = await run({ cascade, stages, evidence: known.evidence });
		expect(outcome).toMatchObject({ kind: "whole", facts: { retries: 1 } });
	});
});
