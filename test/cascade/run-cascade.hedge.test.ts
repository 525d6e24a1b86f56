import { describe, expect, it } from "vitest";
import { createHedgeBudget } from "../../src/core/resilience/hedge-budget.ts";
import type { StageFailure } from "../../src/core/stage-failure.ts";
import { edgeStage, originStage } from "../core/examples.ts";
import { after, answering, failing, inTurn, silent, sure, type Behaviour } from "./fakes.ts";
import { answerOf, begin, failureOf, run } from "./run-example.ts";

const usage = { inputTokens: 10, outputTokens: 4 };
const first = answering("first", { usage });
const second = answering("second", { usage });
const cascade = { stages: [edgeStage, { ...originStage, hedge: { origin: "other", afterMs: 2_000 } }] };
const edge = sure(0.1);

/** A cascade whose last stage has a second origin; the first of these is the first origin. */
const hedged = (...origins: readonly Behaviour[]) => ({
	cascade,
	hedges: createHedgeBudget(),
	stages: { edge, origin: inTurn(...origins) },
});

describe("a last stage with a second origin", () => {
	it("asks it not at all where the first begins to answer in time", async () => {
		const { text, facts, asked, clock } = await answerOf(hedged(after(1_999, first), second));
		expect(text).toBe("first");
		expect(asked("origin")).toHaveLength(1);
		expect(facts.trail.at(-1)).not.toHaveProperty("detail");
		expect(clock.running).toBe(0);
	});

	it("asks it where the first is slow, serves whoever is sooner, and counts both", async () => {
		const { text, facts, asked, clock } = await answerOf(hedged(silent, after(500, second)));
		expect(text).toBe("second");
		expect(facts.trail.at(-1)).toMatchObject({ stage: "origin", outcome: "accepted", detail: "second-origin" });
		const calls = facts.calls.filter(({ stage }) => stage === "origin");
		expect(calls.map(({ ms, estimated = false }) => ({ ms, estimated }))).toEqual([
			{ ms: 500, estimated: false },
			{ ms: 2_500, estimated: true },
		]);
		expect(calls[0]?.costUsd).toBe(calls[1]?.costUsd);
		expect(asked("origin")[0]?.signal.aborted).toBe(true);
		expect(clock.running).toBe(0);
	});

	it("serves the first where it is sooner after all, and stops the second", async () => {
		const { text, facts, asked } = await answerOf(hedged(after(2_500, first), after(9_000, second)));
		expect(text).toBe("first");
		expect(facts.calls.filter(({ stage }) => stage === "origin")).toHaveLength(2);
		expect(asked("origin")[1]?.signal.aborted).toBe(true);
		expect(facts.trail.at(-1)).not.toHaveProperty("detail");
	});

	it("waits for the other where the sooner one has failed", async () => {
		const failed = failing({ kind: "upstream-error", status: 503, message: "" });
		expect((await answerOf(hedged(after(3_000, first), after(100, failed)))).text).toBe("first");
		expect((await answerOf(hedged(after(2_100, failed), after(5_000, second)))).text).toBe("second");
	});

	const outages: readonly StageFailure[] = [
		{ kind: "unreachable" },
		{ kind: "upstream-error", status: 500, message: "" },
		{ kind: "overloaded", retryAfterSeconds: null },
		{ kind: "circuit-open", retryAfterSeconds: 3 },
		{ kind: "misconfigured", what: "credentials" },
	];
	it.each(outages)("asks it at once where the first fails as by an outage: $kind", async (failure) => {
		const { text, facts, clock } = await answerOf(hedged(failing(failure), second));
		expect(text).toBe("second");
		expect(clock.now()).toBe(1_790_000_000_000);
		expect(facts.trail.at(-1)).toMatchObject({ outcome: "accepted", detail: "second-origin" });
		expect(clock.running).toBe(0);
	});

	it("does not ask it where the request is at fault", async () => {
		const refused = failing({ kind: "bad-request", message: "too long", param: null, code: null });
		const { failure, asked } = await failureOf(hedged(refused, second));
		expect(failure.kind).toBe("bad-request");
		expect(asked("origin")).toHaveLength(1);
	});

	it("tells the first one's failure where both fail", async () => {
		const { failure } = await failureOf(
			hedged(failing({ kind: "unreachable" }), failing({ kind: "daily-allocation" })),
		);
		expect(failure.kind).toBe("unreachable");
		const slow = after(2_500, failing({ kind: "upstream-error", status: 500, message: "" }));
		expect((await failureOf(hedged(slow, after(1_000, failing({ kind: "unreachable" }))))).failure.kind).toBe(
			"upstream-error",
		);
	});

	it("hedges one call in twenty at most, however slow the first origin is", async () => {
		const hedges = createHedgeBudget();
		const asked: number[] = [];
		for (let call = 0; call < 3; call++) {
			const example = { ...hedged(after(5_000, first), after(100, second)), hedges };
			asked.push((await answerOf(example)).asked("origin").length);
		}
		expect(asked).toEqual([2, 1, 1]);
	});

	it("is not hedged where hedging is off, nor where its policy has no second origin", async () => {
		const { hedges: _hedges, ...off } = hedged(after(5_000, first), second);
		expect((await answerOf(off)).asked("origin")).toHaveLength(1);
		const without = { ...hedged(after(5_000, first), second), cascade: {} };
		expect((await answerOf(without)).asked("origin")).toHaveLength(1);
	});

	it("stops both where the client leaves", async () => {
		const begun = begin(hedged(silent, silent));
		await begun.clock.advance(2_500);
		expect(begun.asked("origin")).toHaveLength(2);
		begun.leave();
		await begun.clock.advance(0);
		expect(begun.asked("origin").map(({ signal }) => signal.aborted)).toEqual([true, true]);
		expect(await begun.outcome).toMatchObject({ kind: "failed", failure: { kind: "aborted" } });
		expect(begun.clock.running).toBe(0);
	});

	it("does not ask it without enough time for a call", async () => {
		const { asked } = await failureOf({ ...hedged(silent, second), endsInMs: 2_400 });
		expect(asked("origin")).toHaveLength(1);
	});

	it("counts the stopped call of a stream once the stream's usage is known", async () => {
		const { outcome } = await run({ ...hedged(after(9_000, first), after(500, second)), request: { stream: true } });
		if (outcome.kind !== "live") throw new Error("no stream");
		const facts = outcome.settle(usage);
		expect(facts.calls.filter(({ stage }) => stage === "origin").map(({ costUsd }) => costUsd)).toEqual([
			facts.calls.at(-1)?.costUsd,
			facts.calls.at(-1)?.costUsd,
		]);
		expect(facts.calls.filter(({ estimated }) => estimated)).toHaveLength(1);
		outcome.abort();
	});
});
