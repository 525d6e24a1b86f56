import { describe, expect, it, vi } from "vitest";
import { edgeStage, originStage } from "../core/examples.ts";
import { after, answering, settleAll, silent, sure } from "./fakes.ts";
import { answerOf, begin, failureOf } from "./run-example.ts";

const large = answering("large");
const withTimeout = (timeoutMs: number) => ({ stages: [{ ...edgeStage, timeoutMs }, originStage] });

describe("how a cascade's time is split", () => {
	it("gives a stage before the last 40% of what is left, and the last the rest", async () => {
		const { asked, facts } = await answerOf({
			cascade: { timeoutMs: 10_000 },
			stages: { edge: after(1_000, sure(0.5)), origin: large },
		});
		expect(asked("edge")[0]?.timeoutMs).toBe(4_000);
		expect(asked("origin")[0]?.timeoutMs).toBe(9_000);
		expect(facts.calls.map(({ ms }) => ms)).toEqual([1_000, 0]);
	});

	it("splits what is left where the run shares its time with others", async () => {
		const { asked } = await answerOf({
			cascade: { timeoutMs: 10_000 },
			endsInMs: 5_000,
			stages: { edge: after(1_000, sure(0.5)), origin: large },
		});
		expect(asked("edge")[0]?.timeoutMs).toBe(2_000);
		expect(asked("origin")[0]?.timeoutMs).toBe(4_000);
	});

	it.each([499, 0, -100])("begins nothing where the others left %i ms", async (endsInMs) => {
		const { failure, asked, trail } = await failureOf({
			cascade: { timeoutMs: 10_000 },
			endsInMs,
			stages: { edge: sure(1), origin: large },
		});
		expect(failure).toEqual({ kind: "timeout", afterMs: 10_000 });
		expect([...asked("edge"), ...asked("origin")]).toEqual([]);
		expect(trail[0]).toMatchObject({ outcome: "skipped", detail: "no-time-left" });
	});

	it("gives a later stage 40% of what the earlier ones left", async () => {
		const stages = [edgeStage, { ...edgeStage, name: "middle" }, originStage];
		const { asked } = await answerOf({
			cascade: { timeoutMs: 10_000, stages },
			stages: { edge: silent, middle: silent, origin: large },
		});
		expect(asked("middle")[0]?.timeoutMs).toBeCloseTo(0.4 * 6_000, 6);
		expect(asked("origin")[0]?.timeoutMs).toBeCloseTo(3_600, 6);
	});

	it("gives a stage the time that the policy says", async () => {
		const { asked } = await answerOf({ cascade: withTimeout(700), stages: { edge: sure(0.5), origin: large } });
		expect(asked("edge")[0]?.timeoutMs).toBe(700);
	});

	it("keeps half a second for the last stage, whatever the policy says of the others", async () => {
		const { asked } = await answerOf({
			cascade: { timeoutMs: 10_000, ...withTimeout(60_000) },
			stages: { edge: silent, origin: large },
		});
		expect(asked("edge")[0]?.timeoutMs).toBe(9_500);
		expect(asked("origin")[0]?.timeoutMs).toBe(500);
	});

	it("gives the last stage no more than its own limit", async () => {
		const stages = [edgeStage, { ...originStage, timeoutMs: 2_000 }];
		const { failure, asked } = await failureOf({ cascade: { stages }, stages: { edge: sure(0.5), origin: silent } });
		expect(asked("origin")[0]?.timeoutMs).toBe(2_000);
		expect(failure).toEqual({ kind: "timeout", afterMs: 2_000 });
	});

	it("asks a last stage whose own limit is short, as the policy allows", async () => {
		const stages = [edgeStage, { ...originStage, timeoutMs: 300 }];
		const { text, asked } = await answerOf({ cascade: { stages }, stages: { edge: sure(0.5), origin: large } });
		expect(text).toBe("large");
		expect(asked("origin")[0]?.timeoutMs).toBe(300);
	});
});

describe("a stage that takes too long", () => {
	it("is left at its limit, though it ignores its signal", async () => {
		const { text, facts, asked } = await answerOf({
			cascade: withTimeout(2_000),
			stages: { edge: silent, origin: large },
		});
		expect(text).toBe("large");
		expect(facts.reason).toBe("edge-timeout");
		expect(facts.trail[0]).toMatchObject({
			stage: "edge",
			outcome: "failed",
			reason: "edge-timeout",
			detail: "timeout",
		});
		expect(facts.calls[0]).toMatchObject({ stage: "edge", ms: 2_000, usage: null, costUsd: null });
		expect(asked("edge")[0]?.signal.aborted).toBe(true);
	});

	it("does not change the outcome when it answers after all", async () => {
		const { outcome, clock } = begin({
			cascade: withTimeout(2_000),
			stages: { edge: after(2_001, sure(1)), origin: after(5_000, large) },
		});
		await clock.advance(60_000);
		expect(await outcome).toMatchObject({
			kind: "whole",
			answer: { text: "large" },
			facts: { trail: { length: 2 }, calls: { length: 2 } },
		});
	});

	it("is served where it answers at the last moment", async () => {
		const { text } = await answerOf({
			cascade: withTimeout(2_000),
			stages: { edge: after(1_999, sure(1)), origin: large },
		});
		expect(text).toBe("small");
	});

	it("makes its cost, and so the request's, unknown", async () => {
		const { facts } = await answerOf({ cascade: withTimeout(2_000), stages: { edge: silent, origin: large } });
		expect(facts).toMatchObject({ costUsd: null, savedUsd: null });
	});

	it("as the last fails the request, or has the held answer served", async () => {
		const stages = { edge: sure(0.5), origin: silent };
		const { failure, calls, asked } = await failureOf({ cascade: { timeoutMs: 10_000 }, stages });
		expect(failure).toEqual({ kind: "timeout", afterMs: 10_000 });
		expect(calls.at(-1)).toMatchObject({ stage: "origin", ms: 10_000, costUsd: null });
		expect(asked("origin")[0]?.signal.aborted).toBe(true);
		const { text } = await answerOf({ cascade: { timeoutMs: 10_000, onOriginFailure: "serve-edge-answer" }, stages });
		expect(text).toBe("small");
	});
});

describe("less than half a second", () => {
	// The first stage uses up the time, so that little is left when the second's turn comes.
	const slowStages = (timeoutMs: number) => [
		{ ...edgeStage, timeoutMs },
		{ ...edgeStage, name: "middle" },
		originStage,
	];

	it("is not begun by a stage before the last: the last gets it", async () => {
		const { facts, asked } = await answerOf({
			cascade: { timeoutMs: 1_000, stages: slowStages(600) },
			stages: { edge: silent, middle: sure(1), origin: large },
		});
		expect(asked("edge")[0]?.timeoutMs).toBe(500);
		expect(asked("middle")).toEqual([]);
		expect(asked("origin")[0]?.timeoutMs).toBe(500);
		expect(facts.stage).toBe("origin");
	});

	it("is not begun by a stage before the last for the few milliseconds that are left above that", async () => {
		const { asked } = await answerOf({
			cascade: { timeoutMs: 1_000, stages: slowStages(450) },
			stages: { edge: silent, middle: silent, origin: large },
		});
		// 550 ms are left: 50 of them are no time for a call that is paid for.
		expect(asked("middle")).toEqual([]);
	});

	it("puts a stage that was passed over for lack of time on the trail", async () => {
		const { facts } = await answerOf({
			cascade: { timeoutMs: 1_000, stages: slowStages(600) },
			stages: { edge: silent, middle: sure(1), origin: large },
		});
		expect(facts.trail.map((entry) => entry.stage)).toEqual(["edge", "middle", "origin"]);
	});
});

describe("a client that leaves", () => {
	it("while the edge answers ends that call, and no other is begun", async () => {
		const { outcome, clock, asked, leave } = begin({ stages: { edge: silent, origin: large } });
		await clock.advance(100);
		leave();
		await settleAll();
		expect(await outcome).toMatchObject({ kind: "failed", failure: { kind: "aborted" } });
		expect(asked("edge")[0]?.signal.aborted).toBe(true);
		expect(asked("origin")).toEqual([]);
	});

	it("while the origin answers ends that call, and gets no held answer", async () => {
		const { outcome, clock, asked, leave } = begin({
			cascade: { onOriginFailure: "serve-edge-answer" },
			stages: { edge: sure(0.5), origin: silent },
		});
		await clock.advance(100);
		leave();
		await settleAll();
		expect(await outcome).toMatchObject({ kind: "failed", failure: { kind: "aborted" }, stage: "origin" });
		expect(asked("origin")[0]?.signal.aborted).toBe(true);
	});

	it("before the first call is not worth one", async () => {
		const { outcome, asked, leave } = begin({ stages: { edge: sure(1), origin: large } });
		leave();
		await settleAll();
		expect(await outcome).toMatchObject({ kind: "failed", failure: { kind: "aborted" } });
		expect([...asked("edge"), ...asked("origin")]).toEqual([]);
	});
});

describe("a request that is over", () => {
	it("leaves no timer behind, however it ended", async () => {
		const runs = [
			answerOf({ stages: { edge: sure(1), origin: large } }),
			answerOf({ stages: { edge: sure(0.5), origin: large } }),
			answerOf({ stages: { edge: silent, origin: large } }),
			failureOf({ stages: { edge: silent, origin: silent } }),
		];
		for (const { clock } of await Promise.all(runs)) expect(clock.running).toBe(0);
	});

	it("has let go of its client's signal, which would hold all of it in memory", async () => {
		for (const edge of [sure(1), sure(0.5), silent]) {
			const client = new AbortController();
			const added = vi.spyOn(client.signal, "addEventListener");
			const removed = vi.spyOn(client.signal, "removeEventListener");
			const { outcome, clock } = begin({ stages: { edge, origin: large }, client });
			await clock.until(outcome);
			expect(added).toHaveBeenCalled();
			const kept = added.mock.calls.filter(([, listener]) => !removed.mock.calls.some((call) => call[1] === listener));
			expect(kept).toEqual([]);
		}
	});

	it("has aborted no call that ended by itself: aborting costs more than all else about a limit", async () => {
		const { asked } = await answerOf({ stages: { edge: sure(0.5), origin: large } });
		for (const call of [...asked("edge"), ...asked("origin")]) expect(call.signal.aborted).toBe(false);
	});
});
