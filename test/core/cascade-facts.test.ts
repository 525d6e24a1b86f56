import { describe, expect, it } from "vitest";
import { gatherFacts } from "../../src/core/cascade-facts.ts";
import type { CallRecord, TrailEntry } from "../../src/core/trail.ts";
import { edgeStage, exampleCascade, originStage } from "./examples.ts";

const cascade = exampleCascade();
const usage = { inputTokens: 1_000, outputTokens: 100 };
const edgeCall: CallRecord = { stage: "edge", model: "@cf/small", purpose: "answer", usage, costUsd: 0.0012, ms: 40 };
const originCall: CallRecord = { stage: "origin", model: "large", purpose: "answer", usage, costUsd: 0.012, ms: 900 };
const accepted: TrailEntry = {
	stage: "edge",
	outcome: "accepted",
	reason: "accepted",
	confidence: 0.93,
	threshold: 0.8,
};
const deferred: TrailEntry = {
	stage: "edge",
	outcome: "deferred",
	reason: "low-confidence",
	confidence: 0.4,
	threshold: 0.8,
};
const final: TrailEntry = {
	stage: "origin",
	outcome: "accepted",
	reason: "accepted",
	confidence: null,
	threshold: null,
};

describe("the facts of an answer", () => {
	it("name the stage that gave it, its model, its confidence and what it saved", () => {
		const given = {
			cascade,
			served: edgeStage,
			servedUsage: usage,
			reason: "accepted",
			trail: [accepted],
			calls: [edgeCall],
		} as const;
		expect(gatherFacts(given)).toEqual({
			stage: "edge",
			model: "@cf/small",
			reason: "accepted",
			confidence: 0.93,
			threshold: 0.8,
			trail: [accepted],
			calls: [edgeCall],
			costUsd: 0.0012,
			savedUsd: expect.closeTo(0.0108, 12),
		});
	});

	it("of the last stage show the decision that led to it, and what the draft cost", () => {
		const facts = gatherFacts({
			cascade,
			served: originStage,
			servedUsage: usage,
			reason: "low-confidence",
			trail: [deferred, final],
			calls: [edgeCall, originCall],
		});
		expect(facts).toMatchObject({
			stage: "origin",
			model: "large",
			reason: "low-confidence",
			confidence: 0.4,
			threshold: 0.8,
		});
		expect(facts.costUsd).toBeCloseTo(0.0132, 12);
		expect(facts.savedUsd).toBeCloseTo(-0.0012, 12);
	});

	it("show the last reading where several stages were read", () => {
		const middle: TrailEntry = {
			stage: "middle",
			outcome: "deferred",
			reason: "low-confidence",
			confidence: 0.6,
			threshold: 0.7,
		};
		const facts = gatherFacts({
			cascade,
			served: originStage,
			servedUsage: null,
			reason: "low-confidence",
			trail: [deferred, middle, final],
			calls: [],
		});
		expect(facts).toMatchObject({ confidence: 0.6, threshold: 0.7 });
	});

	it("take a reading of 0 for a reading", () => {
		const facts = gatherFacts({
			cascade,
			served: originStage,
			servedUsage: null,
			reason: "low-confidence",
			trail: [{ ...deferred, confidence: 0 }, final],
			calls: [],
		});
		expect(facts).toMatchObject({ confidence: 0, threshold: 0.8 });
	});

	it("show the threshold alone where nothing could be read", () => {
		const unread: TrailEntry = {
			stage: "edge",
			outcome: "failed",
			reason: "edge-timeout",
			confidence: null,
			threshold: 0.8,
		};
		const facts = gatherFacts({
			cascade,
			served: originStage,
			servedUsage: null,
			reason: "edge-timeout",
			trail: [unread, final],
			calls: [],
		});
		expect(facts).toMatchObject({ confidence: null, threshold: 0.8 });
	});

	it("show neither where no stage was judged", () => {
		const skipped: TrailEntry = {
			stage: "edge",
			outcome: "skipped",
			reason: "forced",
			confidence: null,
			threshold: null,
		};
		const facts = gatherFacts({
			cascade,
			served: originStage,
			servedUsage: usage,
			reason: "forced",
			trail: [skipped, final],
			calls: [originCall],
		});
		expect(facts).toMatchObject({ confidence: null, threshold: null, costUsd: 0.012, savedUsd: 0 });
	});

	it("leave a cost unknown where a call's tokens are", () => {
		const unpriced = { ...edgeCall, usage: null, costUsd: null };
		const facts = gatherFacts({
			cascade,
			served: edgeStage,
			servedUsage: null,
			reason: "accepted",
			trail: [accepted],
			calls: [unpriced],
		});
		expect(facts).toMatchObject({ costUsd: null, savedUsd: null });
	});
});
