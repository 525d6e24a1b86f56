import { describe, expect, it } from "vitest";
import { createHedgeBudget } from "../../src/core/resilience/hedge-budget.ts";
import type { CallRecord } from "../../src/core/trail.ts";
import { edgeStage, originStage } from "../core/examples.ts";
import { after, answering, inTurn, silent, sure } from "./fakes.ts";
import { answerOf, failureOf, run, type Example } from "./run-example.ts";

const usage = { inputTokens: 10, outputTokens: 4 };
const large = answering("large", { usage });
const times = ({ stage, purpose, ms, startMs, firstTokenMs }: CallRecord) => ({
	call: `${stage} ${purpose}`,
	ms,
	...(startMs === undefined ? {} : { startMs }),
	...(firstTokenMs === undefined ? {} : { firstTokenMs }),
});

/** The facts of a stream, settled after so long. */
async function streamed(example: Example, ms: number) {
	const { outcome, clock } = await run({ ...example, request: { stream: true } });
	if (outcome.kind !== "live") throw new Error("it is no stream");
	await clock.advance(ms);
	return outcome.settle(usage).calls.map(times);
}

describe("when a call began", () => {
	it("is told by the request's arrival, before which the run had not begun", async () => {
		const { facts } = await answerOf({
			arrivedMsBefore: 7,
			stages: { edge: after(200, sure(0.1)), origin: after(500, large) },
		});
		expect(facts.calls.map(times)).toEqual([
			{ call: "edge answer", startMs: 7, ms: 200 },
			{ call: "origin answer", startMs: 207, ms: 500 },
		]);
	});

	it("is not told where nobody knows when the request arrived", async () => {
		const { facts } = await answerOf({ stages: { edge: sure(0.1), origin: large } });
		for (const call of facts.calls) expect(call).not.toHaveProperty("startMs");
	});

	it("is told of calls that failed and of calls that were stopped", async () => {
		const failed = await failureOf({ arrivedMsBefore: 3, stages: { edge: silent, origin: silent } });
		expect(failed.calls.map(({ startMs }) => startMs)).toEqual([3, expect.any(Number)]);
		const { facts } = await answerOf({
			arrivedMsBefore: 3,
			cascade: { mode: "parallel" },
			stages: { edge: after(300, sure(0.99)), origin: after(900, large) },
		});
		expect(facts.calls.map(times)).toContainEqual({ call: "origin answer", startMs: 3, ms: 300 });
	});

	it("is told of the second origin too, which began later", async () => {
		const stages = [edgeStage, { ...originStage, hedge: { origin: "other", afterMs: 2_000 } }];
		const { facts } = await answerOf({
			arrivedMsBefore: 0,
			cascade: { stages },
			hedges: createHedgeBudget(),
			route: "origin",
			stages: { edge: sure(0.1), origin: inTurn(silent, after(500, large)) },
		});
		expect(facts.calls.map(times)).toEqual([
			{ call: "origin answer", startMs: 2_000, ms: 500 },
			{ call: "origin answer", startMs: 0, ms: 2_500 },
		]);
	});
});

describe("when a call began to answer", () => {
	it("is told of the stream that is served, from the call's beginning", async () => {
		const stages = { edge: sure(0.1), origin: after(400, large) };
		expect(await streamed({ arrivedMsBefore: 5, stages }, 1_000)).toEqual([
			{ call: "edge answer", startMs: 5, ms: 0 },
			{ call: "origin answer", startMs: 5, ms: 1_400, firstTokenMs: 400 },
		]);
	});

	it("is told of a stream that was decided on its beginning, served or not", async () => {
		const prefix = { tokens: 1, ms: 500 };
		const judged = (threshold: number) => ({
			cascade: {
				stages: [{ ...edgeStage, threshold, confidence: { method: "min-logprob", prefix } as const }, originStage],
			},
			stages: { edge: after(150, sure(0.9)), origin: after(400, large) },
		});
		expect(await streamed(judged(0.5), 1_000)).toEqual([{ call: "edge answer", ms: 1_150, firstTokenMs: 150 }]);
		expect(await streamed(judged(0.95), 1_000)).toEqual([
			{ call: "edge answer", ms: 150, firstTokenMs: 150 },
			{ call: "origin answer", ms: 1_400, firstTokenMs: 400 },
		]);
	});

	it("is not told of answers in one piece", async () => {
		const { facts } = await answerOf({ stages: { edge: sure(0.1), origin: large } });
		for (const call of facts.calls) expect(call).not.toHaveProperty("firstTokenMs");
	});
});
