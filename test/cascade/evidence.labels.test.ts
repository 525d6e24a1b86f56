import { describe, expect, it } from "vitest";
import { ok } from "../../src/core/result.ts";
import type { StageFailure } from "../../src/core/stage-failure.ts";
import { after, answering, failing, inTurn, silent, sure, type Behaviour } from "./fakes.ts";
import { AUDITION, CERTAIN, fakeEvidence, guaranteed, lease } from "./fake-evidence.ts";
import { labelled } from "./labelled.ts";
import { begin, run } from "./run-example.ts";

const unsure = sure(0.5);
const FREE = { inputUsdPerMillion: 0, outputUsdPerMillion: 0 };

describe("an escalated answer", () => {
	it.each([
		["small", false],
		["large", true],
	])("is labelled for nothing by the one that was served, for certain: %s", async (text, wrong) => {
		const { entries, verdicts, tosses, asked } = await labelled({ stages: { edge: unsure, origin: answering(text) } });
		expect(entries).toMatchObject([
			{
				confidence: expect.closeTo(0.5, 12),
				served: "escalated",
				inScope: true,
				propensity: CERTAIN,
				draw: "labelled",
				wrong,
				epoch: 3,
				phase: 2,
			},
		]);
		expect([verdicts.length, tosses(), asked("origin").length]).toEqual([0, 0, 1]);
	});

	it("is of no epoch where the lease held is of another configuration", async () => {
		const other = lease({ configHash: "b".repeat(64), epoch: 9, phase: 9 });
		const { entries } = await labelled({ stages: { edge: unsure, origin: answering("x") } }, { lease: other });
		expect(entries).toMatchObject([{ epoch: 0, phase: 0, draw: "labelled" }]);
	});

	it("that cannot be compared with the one that was served counts as wrong", async () => {
		const { entries } = await labelled({
			cascade: guaranteed({ labeller: { kind: "json" } }),
			stages: { edge: sure(0.5, "{}"), origin: answering("no JSON") },
		});
		expect(entries).toMatchObject([{ draw: "labelled", wrong: true }]);
	});

	it.each([
		["small", false],
		["large", true],
	])(
		"whose label is not there after 20 seconds is told as drawn by then, and its verdict when it comes: %s",
		async (text, wrong) => {
			const stages = { edge: unsure, origin: after(45_000, answering(text)) };
			const { entries, verdicts, clock } = await labelled({ cascade: guaranteed({ timeoutMs: 55_000 }), stages });
			expect(entries).toMatchObject([{ served: "escalated", propensity: CERTAIN, draw: "drawn", wrong: null }]);
			expect(verdicts).toMatchObject([{ wrong, failed: false }]);
			expect(clock.running).toBe(0);
		},
	);

	it("whose label is there after 19 seconds is told with it, and nothing is left to run", async () => {
		const stages = { edge: unsure, origin: after(19_000, answering("small")) };
		const { entries, verdicts, clock } = await labelled({ cascade: guaranteed({ timeoutMs: 55_000 }), stages });
		expect(entries).toMatchObject([{ draw: "labelled", wrong: false }]);
		expect([verdicts.length, clock.running]).toEqual([0, 0]);
	});

	it("that fails after it was told as drawn is wrong", async () => {
		const stages = { edge: unsure, origin: after(30_000, failing({ kind: "unreachable" })) };
		const { entries, verdicts } = await labelled({ cascade: guaranteed({ timeoutMs: 55_000 }), stages });
		expect(entries).toMatchObject([{ draw: "drawn" }]);
		expect(verdicts).toMatchObject([{ wrong: true, failed: true }]);
	});

	it("is not compared before the client has its answer", async () => {
		const known = fakeEvidence();
		await run({ cascade: guaranteed(), stages: { edge: unsure, origin: answering("x") }, evidence: known.evidence });
		expect(known.events).toEqual([]);
		expect(known.waiting()).toBe(1);
	});

	it.each([
		["two short texts", { kind: "normalised" }, 2_000, true],
		["two longer texts", { kind: "normalised" }, 2_001, false],
		["a judge's word", { kind: "judge", adapter: "openai", model: "j", origin: "o", price: FREE }, 10, false],
		["an embedding", { kind: "similarity", model: "@cf/baai/bge-m3", least: 0.9, price: FREE }, 10, false],
	] as const)("is brief work by comparing %s: %#", async (_what, labeller, length, isBrief) => {
		const known = fakeEvidence({ embedTexts: () => Promise.resolve(ok([[1], [1]])) });
		const text = "s".repeat(length);
		const stages = { edge: sure(0.5, text), origin: answering(text) };
		await run({ cascade: guaranteed({ labeller }), stages, evidence: known.evidence });
		expect(known.brief).toEqual([isBrief]);
	});

	it("is brief work no more where it was told as drawn before, or its calls are long", async () => {
		const slow = fakeEvidence();
		const cascade = guaranteed({ timeoutMs: 55_000 });
		await run({ cascade, stages: { edge: unsure, origin: after(45_000, answering("s")) }, evidence: slow.evidence });
		expect(slow.brief).toEqual([false]);
		const long = fakeEvidence();
		const toolCalls = [{ name: "look", arguments: JSON.stringify("s".repeat(4_000)) }];
		const stages = { edge: unsure, origin: answering("", { toolCalls }) };
		await run({ cascade, stages, evidence: long.evidence });
		expect(long.brief).toEqual([false]);
	});

	it.each([
		["audition", lease(AUDITION)],
		["an alarm", lease({ state: "alarm", threshold: null })],
	])("is labelled in %s, however sure the first stage was", async (_state, held) => {
		const { entries } = await labelled({ stages: { edge: sure(0.99), origin: answering("small") } }, { lease: held });
		expect(entries).toMatchObject([{ served: "escalated", propensity: CERTAIN, draw: "labelled", wrong: false }]);
	});

	it("whose lease came late is of that lease's epoch", async () => {
		const { entries } = await labelled(
			{ stages: { edge: unsure, origin: answering("small") } },
			{ lease: Promise.resolve(lease({ epoch: 9 })) },
		);
		expect(entries).toMatchObject([{ epoch: 9, draw: "labelled" }]);
	});

	it.each<[string, Behaviour]>([
		["no reading", answering("small", { tokens: null })],
		["an answer that fails a check", sure(0.9, "I'm sorry, but I can't help with that.")],
	])("with %s needs no label, and is counted without one", async (_what, edge) => {
		for (const held of [lease(), Promise.resolve(lease())]) {
			const { entries, events } = await labelled({ stages: { edge, origin: answering("x") } }, { lease: held });
			expect(events).toEqual(["not-drawn"]);
			expect(entries).toMatchObject([{ confidence: null, served: "escalated", epoch: 3, wrong: null }]);
		}
	});

	it("that the promise is not about needs no label either", async () => {
		const { entries } = await labelled({
			cascade: guaranteed({}, { onLabel: "ham" }),
			stages: { edge: sure(0.5, "spam"), origin: answering("ham") },
		});
		expect(entries).toMatchObject([{ inScope: false, draw: "not-drawn", wrong: null }]);
	});

	it.each<[string, Behaviour | StageFailure]>([
		["that failed", failing({ kind: "upstream-error", status: 500, message: "" })],
		["that was not asked", { kind: "misconfigured", what: "origin" }],
	])("of a stage %s says nothing, since there is no answer", async (_what, edge) => {
		const { events } = await labelled({ stages: { edge, origin: answering("x") } });
		expect(events).toEqual([]);
	});

	it.each<[StageFailure, object]>([
		[{ kind: "unreachable" }, { draw: "unobserved", wrong: null }],
		[
			{ kind: "overloaded", retryAfterSeconds: null },
			{ draw: "unobserved", wrong: null },
		],
		[
			{ kind: "upstream-error", status: 503, message: "" },
			{ draw: "unobserved", wrong: null },
		],
		[
			{ kind: "misconfigured", what: "credentials" },
			{ draw: "unobserved", wrong: null },
		],
		[
			{ kind: "invalid-answer", detail: "no choices" },
			{ draw: "labelled", wrong: true },
		],
		[{ kind: "broken-off" }, { draw: "labelled", wrong: true }],
		[
			{ kind: "too-large", limitBytes: 1 },
			{ draw: "labelled", wrong: true },
		],
		[
			{ kind: "bad-request", message: "", param: null, code: null },
			{ draw: "labelled", wrong: true },
		],
	])("does not vanish where the last stage fails: %j", async (failure, expected) => {
		const { entries, told } = await labelled({ stages: { edge: unsure, origin: failing(failure) } });
		expect(entries).toMatchObject([{ served: "escalated", propensity: CERTAIN, ...expected }]);
		expect(told).toEqual([failure.kind]);
	});

	it("does not vanish where it is served after all, since the last stage failed", async () => {
		const { entries, outcome } = await labelled({
			cascade: { ...guaranteed(), onOriginFailure: "serve-edge-answer" },
			stages: { edge: unsure, origin: failing({ kind: "unreachable" }) },
		});
		expect(outcome).toMatchObject({ kind: "whole", facts: { reason: "origin-failed-served-edge" } });
		expect(entries).toMatchObject([{ served: "escalated", draw: "unobserved" }]);
	});

	it.each([
		[
			"has the last stage asked once more where the client has left, since its label is due",
			false,
			["drawn", "verdict"],
		],
		["is unobserved where the client has left and the last stage is down", true, ["unobserved"]],
	])("%s", async (_what, isDown, events) => {
		const known = fakeEvidence({ isDown });
		const stages = { edge: unsure, origin: inTurn(silent, answering("small")) };
		const begun = begin({ cascade: guaranteed(), stages, evidence: known.evidence });
		await begun.clock.advance(10);
		begun.leave();
		await begun.clock.until(begun.outcome);
		expect(begun.asked("origin")).toHaveLength(1);
		await begun.clock.until(known.afterAnswer());
		expect(known.entries).toMatchObject([{ served: "escalated", propensity: CERTAIN }]);
		expect(known.events).toEqual(events);
		expect(known.verdicts.map(({ wrong }) => wrong)).toEqual(isDown ? [] : [false]);
	});
});

describe("an escalated answer whose labeller asks a model", () => {
	const similarity = {
		kind: "similarity",
		model: "@cf/baai/bge-m3",
		least: 0.9,
		price: { inputUsdPerMillion: 1_000_000, outputUsdPerMillion: 0 },
	} as const;
	const cascade = guaranteed({ labeller: similarity });
	const stages = { edge: unsure, origin: answering("large") };

	it("is drawn first, so that a labeller that fails cannot hide it, and its cost is told", async () => {
		const embedTexts = () =>
			Promise.resolve(
				ok([
					[1, 0],
					[1, 0.1],
				]),
			);
		const { entries, verdicts, events } = await labelled({ cascade, stages }, { embedTexts });
		expect(events).toEqual(["drawn", "verdict"]);
		expect(entries).toMatchObject([{ propensity: CERTAIN, draw: "drawn", wrong: null }]);
		expect(verdicts).toMatchObject([{ wrong: false, failed: false, costUsd: 4 }]);
	});

	it("is wrong where the labeller fails", async () => {
		const embedTexts = () => Promise.resolve({ ok: false, error: { kind: "unreachable" } } as const);
		const { verdicts } = await labelled({ cascade, stages }, { embedTexts });
		expect(verdicts).toMatchObject([{ wrong: true, failed: true, costUsd: 0 }]);
	});

	it("is not labelled where its draw does not reach the queue", async () => {
		const { verdicts } = await labelled({ cascade, stages }, { isSent: false });
		expect(verdicts).toEqual([]);
	});
});
