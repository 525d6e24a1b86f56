import { describe, expect, it } from "vitest";
import { edgeStage, exampleAnswer, originStage } from "../core/examples.ts";
import { err, ok } from "../../src/core/result.ts";
import { after, answering, type Behaviour } from "./fakes.ts";
import { answerOf } from "./run-example.ts";

const large = answering("large");
const agreement = (threshold: number, stopEarly = true) => ({
	stages: [
		{
			...edgeStage,
			confidence: { method: "agreement", samples: 5, temperature: 1, match: "exact", stopEarly } as const,
			threshold,
		},
		originStage,
	],
});

/** Each sample says its own thing, `samples[0]` first, a hundred milliseconds after the one before. */
function saying(answer: string, ...samples: readonly string[]): Behaviour {
	return async (call, clock) => {
		const number = call.seedOffset ?? 0;
		await clock.sleep(100 * (number + 1));
		return ok(exampleAnswer({ text: number === 0 ? answer : (samples[number - 1] ?? "") }));
	};
}

describe("agreement", () => {
	it("accepts as soon as enough have agreed, and stops the samples that could change nothing", async () => {
		const { facts, asked, clock } = await answerOf({
			cascade: agreement(0.6),
			stages: { edge: saying("Paris", "Paris", "Paris", "Lyon", "Lyon"), origin: large },
		});
		// Three of five after the second sample, which comes 300 ms after the beginning.
		expect(facts).toMatchObject({ stage: "edge", confidence: expect.closeTo(0.6, 12) });
		expect(clock.now() - 1_790_000_000_000).toBe(300);
		expect(asked("edge").every((call) => call.signal.aborted)).toBe(true);
		expect(facts.calls.filter((call) => call.estimated === true)).toHaveLength(2);
		expect(clock.running).toBe(2);
	});

	it("defers as soon as too many have disagreed", async () => {
		const { facts } = await answerOf({
			cascade: agreement(1),
			stages: { edge: saying("Paris", "Lyon", "Paris", "Paris", "Paris"), origin: large },
		});
		expect(facts.trail[0]).toMatchObject({ outcome: "deferred", confidence: expect.closeTo(0.8, 12) });
		expect(facts.calls.filter((call) => call.stage === "edge" && call.ms <= 200)).toHaveLength(5);
	});

	it("counts a stopped sample as costing what the answer did", async () => {
		const { facts } = await answerOf({
			cascade: agreement(0.6),
			stages: { edge: saying("Paris", "Paris", "Paris"), origin: large },
		});
		expect(facts.costUsd).toBeCloseTo(5 * 0.000014, 12);
	});

	it("waits for no sample where the answer alone reaches the threshold, or has nothing to compare", async () => {
		const elapsed = async (threshold: number, text: string) => {
			const { facts, clock } = await answerOf({
				cascade: agreement(threshold),
				stages: { edge: saying(text, "Lyon", "Lyon", "Lyon", "Lyon"), origin: large },
			});
			return { stage: facts.stage, ms: clock.now() - 1_790_000_000_000, confidence: facts.trail[0]?.confidence };
		};
		expect(await elapsed(0.2, "Paris")).toEqual({ stage: "edge", ms: 100, confidence: 0.2 });
		expect(await elapsed(0.21, "Paris")).toMatchObject({ stage: "origin", ms: 500 });
		const json = {
			...agreement(0.5).stages[0],
			confidence: { ...agreement(0.5).stages[0]?.confidence, match: "json" },
		};
		const { facts, clock } = await answerOf({
			cascade: { stages: [json as typeof edgeStage, originStage] },
			stages: { edge: saying("no JSON", "1", "1", "1", "1"), origin: large },
		});
		expect(facts.trail[0]).toMatchObject({ reason: "confidence-unavailable", detail: "not-applicable" });
		expect(clock.now() - 1_790_000_000_000).toBe(100);
	});

	it("is settled or not before a sample fails: one that fails later changes nothing, one that fails first defers", async () => {
		const failingAt =
			(number: number): Behaviour =>
			async (call, clock) => {
				const own = call.seedOffset ?? 0;
				await clock.sleep(100 * (own + 1));
				return own === number ? err({ kind: "unreachable" }) : ok(exampleAnswer({ text: "Paris" }));
			};
		const stageOf = async (number: number, stopEarly: boolean) =>
			(await answerOf({ cascade: agreement(0.6, stopEarly), stages: { edge: failingAt(number), origin: large } }))
				.facts;
		expect((await stageOf(4, true)).stage).toBe("edge");
		for (const facts of [await stageOf(1, true), await stageOf(4, false)])
			expect(facts.trail[0]).toMatchObject({ reason: "confidence-unavailable", detail: "extra-call-failed" });
	});

	it("waits for all where the policy wants whole readings", async () => {
		const { facts } = await answerOf({
			cascade: agreement(0.4, false),
			stages: { edge: saying("Paris", "Paris", "Paris", "Lyon", "Paris"), origin: large },
		});
		expect(facts.confidence).toBeCloseTo(0.8, 12);
		expect(facts.calls.filter((call) => call.estimated === true)).toEqual([]);
	});

	it("counts samples that came before the answer", async () => {
		const late: Behaviour = (call, clock) =>
			(call.seedOffset === undefined ? after(1_000, answering("Paris")) : answering("Paris"))(call, clock);
		const { facts } = await answerOf({ cascade: agreement(1), stages: { edge: late, origin: large } });
		expect(facts).toMatchObject({ stage: "edge", confidence: 1 });
	});
});

describe("an answer that fails a check", () => {
	it("stops its samples, which are estimated at what the answer cost", async () => {
		const cut: Behaviour = (call, clock) =>
			call.seedOffset === undefined
				? answering("half", { finishReason: "length" })(call, clock)
				: new Promise(() => {});
		const { facts } = await answerOf({ cascade: agreement(0.6), stages: { edge: cut, origin: large } });
		expect(facts.trail[0]).toMatchObject({ reason: "rejected-by-check", detail: "truncated" });
		expect(facts.calls.filter((call) => call.estimated === true)).toHaveLength(4);
		expect(facts.costUsd).not.toBeNull();
	});
});
