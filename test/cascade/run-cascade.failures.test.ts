import { describe, expect, it } from "vitest";
import type { StageFailure } from "../../src/core/stage-failure.ts";
import { edgeStage, originStage } from "../core/examples.ts";
import { answering, failing, sure } from "./fakes.ts";
import { answerOf, failureOf } from "./run-example.ts";

const three = { stages: [edgeStage, { ...edgeStage, name: "middle" }, originStage] };
const large = answering("large");

describe("a stage before the last that fails", () => {
	const cases: readonly (readonly [StageFailure, string])[] = [
		[{ kind: "timeout", afterMs: 1 }, "edge-timeout"],
		[{ kind: "daily-allocation" }, "edge-unavailable"],
		[{ kind: "overloaded", retryAfterSeconds: 3 }, "edge-unavailable"],
		[{ kind: "unreachable" }, "edge-failed"],
		[{ kind: "misconfigured", what: "model" }, "edge-failed"],
		[{ kind: "upstream-error", status: 500, message: "boom" }, "edge-failed"],
		[{ kind: "invalid-answer", detail: "x" }, "edge-failed"],
		[{ kind: "too-large", limitBytes: 1 }, "edge-failed"],
		[{ kind: "bad-request", message: "context length", param: null, code: null }, "edge-failed"],
	];

	it.each(cases)("by %j leads to the next, for the reason %s", async (failure, reason) => {
		const { text, facts } = await answerOf({ stages: { edge: failing(failure), origin: large } });
		expect(text).toBe("large");
		expect(facts.reason).toBe(reason);
		expect(facts.trail[0]).toEqual({
			stage: "edge",
			outcome: "failed",
			reason,
			confidence: null,
			threshold: 0.8,
			detail: failure.kind,
		});
	});

	it("to be found leads to the next, and no call is made", async () => {
		const { text, facts } = await answerOf({
			stages: { edge: { kind: "misconfigured", what: "origin" }, origin: large },
		});
		expect(text).toBe("large");
		expect(facts.trail[0]).toMatchObject({ outcome: "failed", reason: "edge-failed", detail: "misconfigured" });
		expect(facts.calls.map((call) => call.stage)).toEqual(["origin"]);
	});
});

describe("a last stage that fails", () => {
	const down: StageFailure = { kind: "unreachable" };
	const served = { onOriginFailure: "serve-edge-answer" } as const;

	it("fails the request where the policy says so, though an answer is held", async () => {
		const { failure, stage, trail, calls } = await failureOf({ stages: { edge: sure(0.5), origin: failing(down) } });
		expect(failure).toEqual(down);
		expect(stage).toBe("origin");
		expect(trail.at(-1)).toEqual({
			stage: "origin",
			outcome: "failed",
			reason: "origin-failed",
			confidence: null,
			threshold: null,
			detail: "unreachable",
		});
		expect(calls.map((call) => call.stage)).toEqual(["edge", "origin"]);
	});

	it("has the held answer served where the policy says so, marked as such", async () => {
		const { text, facts } = await answerOf({ cascade: served, stages: { edge: sure(0.5), origin: failing(down) } });
		expect(text).toBe("small");
		expect(facts).toMatchObject({
			stage: "edge",
			reason: "origin-failed-served-edge",
			confidence: expect.closeTo(0.5, 12),
			threshold: 0.8,
		});
		expect(facts.trail.at(-1)).toMatchObject({
			stage: "origin",
			outcome: "failed",
			reason: "origin-failed-served-edge",
			detail: "unreachable",
		});
	});

	it("has the answer of the latest stage served, where several are held", async () => {
		const stages = { edge: sure(0.5), middle: sure(0.5, "medium"), origin: failing(down) };
		const { text, facts } = await answerOf({ cascade: { ...served, ...three }, stages });
		expect(text).toBe("medium");
		expect(facts.stage).toBe("middle");
	});

	it("has an earlier answer served where a later stage gave none", async () => {
		const stages = { edge: sure(0.5), middle: failing(down), origin: failing(down) };
		expect((await answerOf({ cascade: { ...served, ...three }, stages })).text).toBe("small");
	});

	it("fails the request where nothing is held, or what came failed a check", async () => {
		for (const edge of [failing(down), answering("")]) {
			const { failure } = await failureOf({ cascade: served, stages: { edge, origin: failing(down) } });
			expect(failure).toEqual(down);
		}
	});

	it("fails the request where the request is at fault: the edge's answer to it is no better", async () => {
		const refused: StageFailure = {
			kind: "bad-request",
			message: "too long",
			param: "messages",
			code: "context_length_exceeded",
		};
		const { failure, trail } = await failureOf({
			cascade: served,
			stages: { edge: sure(0.5), origin: failing(refused) },
		});
		expect(failure).toEqual(refused);
		expect(trail.at(-1)?.reason).toBe("origin-failed");
	});

	it("that cannot be found fails without a call", async () => {
		const { failure, calls } = await failureOf({
			stages: { edge: sure(0.5), origin: { kind: "misconfigured", what: "origin" } },
		});
		expect(failure).toEqual({ kind: "misconfigured", what: "origin" });
		expect(calls.map((call) => call.stage)).toEqual(["edge"]);
	});
});
