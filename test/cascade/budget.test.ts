import { describe, expect, it } from "vitest";
import type { Spending } from "../../src/cascade/ports.ts";
import { edgeStage, originStage } from "../core/examples.ts";
import { after, answering, failing, silent, sure, settleAll } from "./fakes.ts";
import { purse } from "./purse.ts";
import { answerOf, begin, failureOf, run } from "./run-example.ts";

/*
 * The example's prompt is 8 tokens by estimate (4 for its frame, 15 bytes ÷ 4), and 100 tokens of output may be asked for.
 * The small model takes $1 and $2 a million tokens, the large one $10 and $20.
 */
const EDGE_WORST = (8 * 1 + 100 * 2) / 1e6;
const ORIGIN_WORST = (8 * 10 + 100 * 20) / 1e6;
/** 10 tokens in, 2 out. */
const EDGE_COST = 14e-6;
const ORIGIN_COST = 140e-6;

const large = answering("large");
const both = { edge: sure(0.5), origin: large };

describe.each([false, true])("a request of a tenant with a budget (asking the ledger: %s)", (later) => {
	it("sets aside the worst case of each call before it, and what it cost after", async () => {
		const { spending, reserved } = purse(1, { later });
		await answerOf({ stages: both, spending, maxOutputTokens: 100 });
		expect(reserved).toEqual([
			{ worst: EDGE_WORST, cost: EDGE_COST },
			{ worst: ORIGIN_WORST, cost: ORIGIN_COST },
		]);
	});

	it("is not asked of a stage that the budget does not cover, and goes on to one that it does", async () => {
		const { spending } = purse(EDGE_WORST * 0.99, { later });
		const free = { ...originStage, price: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 } };
		const { text, facts, asked } = await answerOf({
			cascade: { stages: [edgeStage, free] },
			stages: both,
			spending,
			maxOutputTokens: 100,
		});
		expect(text).toBe("large");
		expect(asked("edge")).toEqual([]);
		expect(facts.reason).toBe("budget-exhausted");
		expect(facts.trail[0]).toEqual({
			stage: "edge",
			outcome: "skipped",
			reason: "budget-exhausted",
			confidence: null,
			threshold: 0.8,
		});
		expect(facts.calls).toHaveLength(1);
	});

	it("fails where the budget does not cover the last stage, though an answer is held", async () => {
		const { spending, left } = purse(ORIGIN_WORST, { later });
		const { failure, stage, trail, calls, asked } = await failureOf({
			cascade: { onOriginFailure: "serve-edge-answer" },
			stages: both,
			spending,
			maxOutputTokens: 100,
		});
		expect(failure).toEqual({ kind: "budget-exhausted" });
		expect(stage).toBe("origin");
		expect(asked("origin")).toEqual([]);
		expect(trail.at(-1)).toMatchObject({ outcome: "failed", reason: "budget-exhausted", detail: "budget-exhausted" });
		expect(calls).toHaveLength(1);
		expect(left()).toBeCloseTo(ORIGIN_WORST - EDGE_COST, 12);
	});

	it("is served the answer held where the tenant wants that, whatever the cascade says of other failures", async () => {
		const { spending } = purse(ORIGIN_WORST, { onExhausted: "serve-edge-answer", later });
		const { text, facts } = await answerOf({ stages: both, spending, maxOutputTokens: 100 });
		expect(text).toBe("small");
		expect(facts).toMatchObject({ stage: "edge", reason: "budget-exhausted-served-edge", costUsd: EDGE_COST });
		expect(facts.trail.at(-1)).toMatchObject({ outcome: "failed", reason: "budget-exhausted-served-edge" });
	});

	it("fails where no answer is held, whatever the tenant wants", async () => {
		const { spending } = purse(0, { onExhausted: "serve-edge-answer", later });
		const { failure, trail } = await failureOf({ stages: both, spending });
		expect(failure).toEqual({ kind: "budget-exhausted" });
		expect(trail.map(({ reason }) => reason)).toEqual(["budget-exhausted", "budget-exhausted"]);
	});
});

describe("what is set aside", () => {
	it("is exactly enough", async () => {
		const { spending } = purse(EDGE_WORST);
		const { facts } = await answerOf({ stages: { edge: sure(0.9), origin: large }, spending, maxOutputTokens: 100 });
		expect(facts.reason).toBe("accepted");
	});

	it("covers every choice that is asked for", async () => {
		const { spending, reserved } = purse(1);
		await answerOf({ stages: both, route: "origin", request: { choices: 3 }, spending, maxOutputTokens: 100 });
		expect(reserved[0]?.worst).toBeCloseTo((8 * 10 + 300 * 20) / 1e6, 12);
	});

	it("is spent where a call's cost is unknown, and free where it was refused", async () => {
		const lost = purse(1);
		await failureOf({ stages: { edge: silent, origin: failing({ kind: "broken-off" }) }, spending: lost.spending });
		expect(lost.reserved.map(({ cost }) => cost)).toEqual([null, null]);
		const refused = purse(1);
		const overloaded = failing({ kind: "overloaded", retryAfterSeconds: null });
		await failureOf({ stages: { edge: overloaded, origin: overloaded }, spending: refused.spending });
		expect(refused.reserved.map(({ cost }) => cost)).toEqual([0, 0]);
		expect(refused.left()).toBe(1);
	});

	it("for samples and a checker is theirs: each sample's own, and one token for a verdict", async () => {
		const samples = purse(1);
		const agreement = { method: "agreement", samples: 3, temperature: 1, match: "exact", stopEarly: false } as const;
		await answerOf({
			cascade: { stages: [{ ...edgeStage, confidence: agreement }, originStage] },
			stages: both,
			spending: samples.spending,
			maxOutputTokens: 100,
		});
		expect(samples.reserved).toEqual(Array.from({ length: 3 }, () => ({ worst: EDGE_WORST, cost: EDGE_COST })));

		const verdict = purse(10);
		const price = { inputUsdPerMillion: 0, outputUsdPerMillion: 1e6 };
		const verify = { method: "verify", model: "@cf/checker", price } as const;
		await answerOf({
			cascade: { stages: [{ ...edgeStage, confidence: verify }, originStage] },
			stages: both,
			spending: verdict.spending,
			maxOutputTokens: 100,
		});
		expect(verdict.reserved[1]?.worst).toBe(1);
	});

	it("is for the answer first: a sample that the budget does not cover is one that failed", async () => {
		const { spending } = purse(EDGE_WORST * 1.5);
		const agreement = { method: "agreement", samples: 3, temperature: 1, match: "exact", stopEarly: false } as const;
		const { asked, outcome } = await run({
			cascade: { stages: [{ ...edgeStage, confidence: agreement }, originStage] },
			stages: both,
			spending,
			maxOutputTokens: 100,
		});
		expect(asked("edge")).toMatchObject([{ model: edgeStage.model }]);
		expect(asked("edge")[0]).not.toHaveProperty("seedOffset");
		expect(outcome).toMatchObject({ kind: "failed", record: { trail: [{ outcome: "deferred" }, {}] } });
	});

	it("for a call that we stop is replaced by the estimate on record", async () => {
		const { spending, reserved } = purse(1);
		const { facts } = await answerOf({
			cascade: { mode: "parallel" },
			stages: { edge: sure(0.9), origin: after(1_000, large) },
			spending,
			maxOutputTokens: 100,
		});
		expect(reserved.map(({ cost }) => cost).toSorted()).toEqual([ORIGIN_COST, EDGE_COST].toSorted());
		expect(facts.calls.find(({ stage }) => stage === "origin")).toMatchObject({
			costUsd: ORIGIN_COST,
			estimated: true,
		});
	});

	it("for a stream is open until the stream's end says what it used", async () => {
		const { spending, reserved } = purse(1);
		const { outcome } = await run({
			stages: both,
			route: "origin",
			request: { stream: true },
			spending,
			maxOutputTokens: 100,
		});
		if (outcome.kind !== "live") throw new Error("no stream");
		expect(reserved).toEqual([{ worst: ORIGIN_WORST }]);
		outcome.settle({ inputTokens: 10, outputTokens: 2 });
		expect(reserved).toEqual([{ worst: ORIGIN_WORST, cost: ORIGIN_COST }]);
	});

	it("for a stream judged on its beginning is settled where it is deferred, and open where it is accepted", async () => {
		const stages = [
			{ ...edgeStage, confidence: { method: "mean-logprob", prefix: { tokens: 2, ms: 100 } } as const },
			originStage,
		];
		const accepted = purse(1);
		const example = {
			cascade: { stages, checks: { refusal: false } },
			request: { stream: true },
			maxOutputTokens: 100,
		};
		const { outcome } = await run({ ...example, stages: { ...both, edge: sure(0.9) }, spending: accepted.spending });
		expect(outcome.kind).toBe("live");
		expect(accepted.reserved).toEqual([{ worst: EDGE_WORST }]);
		if (outcome.kind === "live") outcome.settle(null);
		expect(accepted.reserved).toEqual([{ worst: EDGE_WORST, cost: null }]);

		const deferred = purse(1);
		await run({ ...example, stages: both, spending: deferred.spending });
		// The prompt's estimate and the token seen.
		expect(deferred.reserved[0]).toEqual({ worst: EDGE_WORST, cost: 10e-6 });

		const exhausted = purse(0);
		const failed = await failureOf({ ...example, stages: both, spending: exhausted.spending });
		expect(failed.trail[0]).toMatchObject({ outcome: "skipped", reason: "budget-exhausted" });
		expect(failed.asked("edge")).toEqual([]);
	});

	it("for a call that nobody waits for any more, when the money comes, goes back, and the call is not made", async () => {
		const waiting: (() => void)[] = [];
		const returned: (number | null)[] = [];
		const spending: Spending = {
			onExhausted: "fail",
			reserve: () =>
				new Promise((resolve) => {
					waiting.push(() => resolve({ settle: (cost) => void returned.push(cost) }));
				}),
		};
		const { outcome, clock, asked } = begin({ stages: both, cascade: { timeoutMs: 1_000 }, spending });
		const ended = await clock.until(outcome);
		expect(ended).toMatchObject({ kind: "failed", failure: { kind: "timeout" } });
		for (const arrive of waiting) arrive();
		await settleAll();
		expect(returned).toEqual(Array(waiting.length).fill(0));
		expect(waiting.length).toBeGreaterThan(0);
		expect([...asked("edge"), ...asked("origin")]).toEqual([]);
		expect(clock.running).toBe(0);
	});
});
