import { describe, expect, it } from "vitest";
import type { StageFailure } from "../../src/core/stage-failure.ts";
import { originStage } from "../core/examples.ts";
import { audited } from "./audited.ts";
import { after, answering, failing, silent, sure, type Behaviour } from "./fakes.ts";
import { AUDITION, CERTAIN, fakeEvidence, guaranteed, HEADS, lease, START, TAILS } from "./fake-evidence.ts";
import { purse } from "./purse.ts";
import { answerOf, begin, run } from "./run-example.ts";

const accepted = { edge: sure(0.9), origin: answering("large") };
const judge = {
	kind: "judge",
	adapter: "openai",
	model: "judge-1",
	origin: "main",
	price: { inputUsdPerMillion: 0, outputUsdPerMillion: 1_000 },
} as const;

describe("an accepted answer", () => {
	it.each([
		[HEADS, "drawn"],
		[TAILS, "not-drawn"],
	])("is audited by a coin of the lease's chance: %d", async (random, draw) => {
		const { entries, asked, tosses } = await audited({ stages: accepted }, { random: [random] });
		expect(tosses()).toBe(1);
		expect(entries).toEqual([
			{
				requestId: "request-1",
				at: START,
				policyRevision: 7,
				epoch: 3,
				phase: 2,
				confidence: expect.closeTo(0.9, 12),
				served: "accepted",
				inScope: true,
				propensity: 250_000,
				draw,
				wrong: null,
			},
		]);
		expect(asked("origin")).toHaveLength(draw === "drawn" ? 1 : 0);
	});

	it("is the client's before the last stage is asked, audits at 100% or not", async () => {
		const everyOne = lease({ auditPropensity: CERTAIN });
		const audits = await audited({ stages: accepted }, { lease: everyOne, random: [0.999_999_999] });
		const none = await audited({ stages: accepted }, { random: [TAILS] });
		expect(audits.before).toEqual({ asked: 0, events: [] });
		expect(audits.facts).toEqual(none.facts);
		expect(audits.text).toBe(none.text);
		expect(audits.asked("origin")).toHaveLength(1);
	});

	it("has its draw on the way before the last stage is asked, and the verdict after", async () => {
		const order: string[] = [];
		const origin: Behaviour = (call, clock) => {
			order.push("asked");
			return answering("large")(call, clock);
		};
		const known = fakeEvidence();
		const { evidence } = known;
		const noted = {
			...evidence,
			draw: (entry: Parameters<typeof evidence.draw>[0]) => {
				order.push("drawn");
				return evidence.draw(entry);
			},
			verdict: () => void order.push("verdict"),
		};
		const { clock } = await answerOf({ cascade: guaranteed(), stages: { edge: sure(0.9), origin }, evidence: noted });
		await clock.until(known.afterAnswer());
		expect(order).toEqual(["drawn", "asked", "verdict"]);
	});

	it.each([
		["small", false],
		["Small.", false],
		["large", true],
	])("is wrong where the last stage says otherwise: %s", async (text, wrong) => {
		const { verdicts } = await audited({ stages: { edge: sure(0.9), origin: answering(text) } });
		// 10 and 2 tokens at 10 and 20 dollars a million.
		expect(verdicts).toEqual([
			{
				requestId: "request-1",
				at: START,
				policyRevision: 7,
				wrong,
				failed: false,
				costUsd: expect.closeTo(0.000_14, 12),
				ms: 0,
			},
		]);
	});

	it("of a batch is named by its place", async () => {
		const { entries, verdicts } = await audited({ stages: accepted }, { item: 4 });
		expect(entries).toMatchObject([{ item: 4 }]);
		expect(verdicts).toMatchObject([{ item: 4 }]);
	});

	it("has the last stage asked for a plain answer, though the client wanted a stream", async () => {
		const request = { stream: true, includeUsage: true };
		const { asked } = await audited({ stages: accepted, request });
		expect(asked("origin")[0]?.request).toMatchObject({ stream: false, includeUsage: false });
	});

	it("is audited to the end although the client has left", async () => {
		const known = fakeEvidence();
		const begun = begin({ cascade: guaranteed(), stages: accepted, evidence: known.evidence });
		await begun.clock.until(begun.outcome);
		begun.leave();
		await begun.clock.until(known.afterAnswer());
		expect(known.verdicts).toMatchObject([{ wrong: true, failed: false }]);
	});

	it("bills its audit to nobody's answer", async () => {
		const { facts } = await audited({ stages: accepted });
		expect(facts.calls.map(({ stage }) => stage)).toEqual(["edge"]);
	});

	it("that the promise is not about is not audited", async () => {
		const { entries, asked, tosses } = await audited({
			cascade: guaranteed({}, { onLabel: "ham" }),
			stages: { edge: sure(0.9, "spam"), origin: answering("ham") },
		});
		expect(entries).toMatchObject([{ served: "accepted", inScope: false, propensity: 250_000, draw: "not-drawn" }]);
		expect([asked("origin").length, tosses()]).toEqual([0, 0]);
	});

	it("by a manual threshold is labelled as its lease asks for", async () => {
		const cascade = guaranteed({}, { withoutCertificate: "manual-threshold" }, { threshold: 0.7 });
		const held = lease({ ...AUDITION, auditPropensity: CERTAIN });
		const { entries } = await audited({ cascade, stages: accepted }, { lease: held, random: [0.999] });
		expect(entries).toMatchObject([{ served: "accepted", propensity: CERTAIN, draw: "drawn" }]);
	});

	it("by a manual threshold without any lease belongs to no epoch, at the policy's chance", async () => {
		const cascade = guaranteed({}, { withoutCertificate: "manual-threshold" }, { threshold: 0.7 });
		const { entries } = await audited({ cascade, stages: accepted }, { lease: null });
		expect(entries).toMatchObject([{ epoch: 0, phase: 0, propensity: 50_000, draw: "drawn" }]);
	});
});

describe("an audit that cannot be made", () => {
	it("is unobserved where its draw does not reach the queue, and says that it was drawn", async () => {
		const { entries, verdicts, events } = await audited({ stages: accepted }, { isSent: false });
		expect(events).toEqual(["drawn", "unobserved"]);
		expect(entries[1]).toEqual({ ...entries[0], draw: "unobserved", wasDrawn: true });
		expect(entries[1]).toMatchObject({ served: "accepted", propensity: 250_000, wrong: null });
		expect(verdicts).toEqual([]);
	});

	it("has no coin tossed for it while the last stage is known to be down", async () => {
		const { entries, asked, tosses } = await audited({ stages: accepted }, { isDown: true });
		expect(entries).toMatchObject([{ served: "accepted", draw: "unobserved", wrong: null }]);
		expect(entries[0]).not.toHaveProperty("wasDrawn");
		expect([tosses(), asked("origin").length]).toEqual([0, 0]);
	});

	it("is wrong at its own chance where the coin had fallen before the budget did not cover it", async () => {
		const { spending } = purse(0.0006);
		const { entries, verdicts, text } = await audited({ stages: accepted, spending });
		expect(text).toBe("small");
		expect(entries).toMatchObject([{ served: "accepted", draw: "drawn", propensity: 250_000 }]);
		expect(verdicts).toMatchObject([{ wrong: true, failed: true, costUsd: 0 }]);
	});

	it("is wrong at its own chance where its stage turns out not to be configured", async () => {
		const { entries, verdicts } = await audited({
			stages: { edge: sure(0.9), origin: { kind: "misconfigured", what: "origin" } },
		});
		expect(entries).toMatchObject([{ draw: "drawn", propensity: 250_000 }]);
		expect(verdicts).toMatchObject([{ wrong: true, failed: true }]);
	});

	it("is not made where its draw does not reach the queue, and its money goes back", async () => {
		const { spending, reserved, left } = purse(1);
		const { asked, verdicts } = await audited({ stages: accepted, spending }, { isSent: false });
		expect(asked("origin")).toEqual([]);
		expect(verdicts).toEqual([]);
		expect(reserved.map(({ cost }) => cost)).toEqual([expect.closeTo(0.000_014, 12), 0]);
		expect(left()).toBeCloseTo(1 - 0.000_014, 12);
	});
});

describe("an audit that was made", () => {
	it("is paid from the budget, like any call", async () => {
		const { spending, reserved } = purse(1);
		await audited({ stages: accepted, spending });
		expect(reserved.map(({ cost }) => cost)).toEqual([expect.closeTo(0.000_014, 12), expect.closeTo(0.000_14, 12)]);
	});

	it.each<[StageFailure, number | null]>([
		[{ kind: "unreachable" }, 0],
		[{ kind: "upstream-error", status: 500, message: "" }, 0],
		[{ kind: "invalid-answer", detail: "no choices" }, null],
	])("is wrong where the last stage fails: %j", async (failure, costUsd) => {
		const { verdicts, asked, text } = await audited({ stages: { edge: sure(0.9), origin: failing(failure) } });
		expect(text).toBe("small");
		expect(asked("origin")).toHaveLength(1);
		expect(verdicts).toMatchObject([{ wrong: true, failed: true, costUsd }]);
	});

	it("is wrong where the last stage never answers, after 25 seconds in all", async () => {
		const { verdicts, clock } = await audited({ stages: { edge: sure(0.9), origin: silent } });
		expect(verdicts).toMatchObject([{ wrong: true, failed: true, ms: 25_000 }]);
		expect(clock.running).toBe(0);
	});

	it.each<[Behaviour, StageFailure["kind"] | null]>([
		[answering("large"), null],
		[failing({ kind: "unreachable" }), "unreachable"],
		[silent, "timeout"],
	])("tells how the last stage is", async (origin, failure) => {
		const { told } = await audited({ stages: { edge: sure(0.9), origin } });
		expect(told).toEqual([failure]);
	});

	it("is wrong where its labeller fails, and what that cost is counted", async () => {
		const { verdicts } = await audited({
			cascade: guaranteed({ labeller: judge }),
			stages: {
				...accepted,
				judge: answering("I would rather not say", { usage: { inputTokens: 1, outputTokens: 1 } }),
			},
		});
		expect(verdicts).toMatchObject([{ wrong: true, failed: true, costUsd: expect.closeTo(0.001_14, 12) }]);
	});

	it("leaves its labeller what is left of its time", async () => {
		const { verdicts } = await audited({
			cascade: guaranteed({ labeller: judge }),
			stages: { edge: sure(0.9), origin: after(20_000, answering("large")), judge: silent },
		});
		expect(verdicts).toMatchObject([{ wrong: true, failed: true, ms: 25_000 }]);
	});
});

describe("an answer of a middle stage", () => {
	it("leaves the first stage's unlabelled, so the last is asked for certain", async () => {
		const cascade = guaranteed();
		const [edge] = cascade.stages ?? [];
		if (edge === undefined) throw new Error("there is no first stage");
		const { guarantee: _guarantee, ...middle } = { ...edge, name: "middle", threshold: 0.8 };
		const { entries, asked, text, verdicts } = await audited(
			{
				cascade: { stages: [edge, middle, originStage] },
				stages: { edge: sure(0.5), middle: sure(0.9, "middle"), origin: answering("small") },
			},
			{ random: [0.999_999_999] },
		);
		expect(text).toBe("middle");
		expect(entries).toMatchObject([{ served: "escalated", propensity: CERTAIN, draw: "drawn" }]);
		expect(asked("origin")).toHaveLength(1);
		expect(verdicts).toMatchObject([{ wrong: false }]);
	});
});

describe("a forced route", () => {
	it.each(["edge", "origin"] as const)("is no evidence: %s", async (route) => {
		const known = fakeEvidence();
		const { clock } = await run({ cascade: guaranteed(), stages: accepted, route, evidence: known.evidence });
		await clock.until(known.afterAnswer());
		expect([known.events, known.leases(), known.tosses()]).toEqual([[], 0, 0]);
	});
});
