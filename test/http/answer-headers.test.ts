import { describe, expect, it } from "vitest";
import type { CascadeFacts } from "../../src/core/cascade-facts.ts";
import type { CallRecord, TrailEntry } from "../../src/core/trail.ts";
import { answerHeaders, failureHeaders, timingHeader, type RequestTimes } from "../../src/http/answer-headers.ts";

const call = (stage: string, purpose: CallRecord["purpose"], ms: number): CallRecord => ({
	stage,
	model: "m",
	purpose,
	usage: null,
	costUsd: 0,
	ms,
});

function factsWith(differences: Partial<CascadeFacts> = {}): CascadeFacts {
	return {
		stage: "edge",
		model: "@cf/small",
		reason: "accepted",
		confidence: 0.93,
		threshold: 0.8,
		trail: [],
		calls: [call("edge", "answer", 41.26)],
		costUsd: 0.0012,
		savedUsd: 0.0108,
		...differences,
	};
}

const TIMES: RequestTimes = { authMs: 2, totalMs: 50.04 };

describe("the headers of an answer", () => {
	it("say who answered and why, how sure it was, and what it cost", () => {
		expect(answerHeaders(factsWith(), TIMES)).toEqual({
			"x-cascade-stage": "edge",
			"x-cascade-model": "@cf/small",
			"x-cascade-reason": "accepted",
			"x-cascade-confidence": "0.93",
			"x-cascade-threshold": "0.8",
			"x-cascade-threshold-source": "manual",
			"x-cascade-cost-usd": "0.0012",
			"x-cascade-saved-usd": "0.0108",
			"server-timing": "auth;dur=2, edge;dur=41.3, total;dur=50",
		});
	});

	it("leave out what is not known or does not exist", () => {
		const headers = answerHeaders(
			factsWith({ confidence: null, threshold: null, costUsd: null, savedUsd: null, calls: [] }),
			TIMES,
		);
		expect(Object.keys(headers)).toEqual(["x-cascade-stage", "x-cascade-model", "x-cascade-reason", "server-timing"]);
	});

	it("take 0 for a value", () => {
		const headers = answerHeaders(factsWith({ confidence: 0, threshold: 0, costUsd: 0, savedUsd: 0 }), TIMES);
		for (const name of ["confidence", "threshold", "cost-usd", "saved-usd"])
			expect(headers[`x-cascade-${name}`]).toBe("0");
	});

	it("show a loss as a loss", () => {
		expect(answerHeaders(factsWith({ savedUsd: -0.0000014 }), TIMES)["x-cascade-saved-usd"]).toBe("-0.0000014");
	});

	it.each([
		[1e-7, "0.0000001"],
		[1.23456789e-5, "0.0000123457"],
		[0.1 + 0.2, "0.3"],
		[-1e-15, "0"],
		[-0, "0"],
		[1, "1"],
		[10, "10"],
		[100.5, "100.5"],
		[1e6, "1000000"],
	])("write %d dollars plainly: %s", (savedUsd, text) => {
		expect(answerHeaders(factsWith({ savedUsd }), TIMES)["x-cascade-saved-usd"]).toBe(text);
	});

	it("write confidences to six decimals, whole ones whole", () => {
		expect(answerHeaders(factsWith({ confidence: 1 / 3 }), TIMES)["x-cascade-confidence"]).toBe("0.333333");
		expect(answerHeaders(factsWith({ confidence: 1, threshold: 1 }), TIMES)).toMatchObject({
			"x-cascade-confidence": "1",
			"x-cascade-threshold": "1",
		});
	});

	it("are all printable ASCII, as headers must be", () => {
		for (const value of Object.values(answerHeaders(factsWith(), TIMES))) expect(value).toMatch(/^[\x20-\x7e]+$/u);
	});
});

describe("server timing", () => {
	const entry = (stage: string, differences: Partial<TrailEntry> = {}): TrailEntry => ({
		stage,
		outcome: "deferred",
		reason: "low-confidence",
		confidence: null,
		threshold: null,
		...differences,
	});
	const timingOf = (calls: readonly CallRecord[], trail: readonly TrailEntry[] = []) =>
		timingHeader(TIMES, { calls, trail })["server-timing"];

	it("has one entry a stage, in the order they were asked, between who asks and the whole", () => {
		expect(timingOf([call("edge", "answer", 40), call("origin", "answer", 900)])).toBe(
			"auth;dur=2, edge;dur=40, origin;dur=900, total;dur=50",
		);
	});

	it("counts samples once, since they run beside the answer", () => {
		expect(timingOf([call("edge", "sample", 60), call("edge", "answer", 40), call("edge", "sample", 50)])).toContain(
			"edge;dur=60,",
		);
	});

	it("adds a verdict, since it comes after", () => {
		expect(timingOf([call("edge", "answer", 40), call("edge", "verify", 15)])).toContain("edge;dur=55,");
	});

	it("says how long a confidence was waited for, after the stages that were read for one", () => {
		const calls = [call("edge", "answer", 40), call("middle", "answer", 50), call("origin", "answer", 900)];
		const trail = [
			entry("edge", { confidence: 0.4, readMs: 15 }),
			entry("middle", { confidence: 0.5, readMs: 5 }),
			entry("origin"),
		];
		expect(timingOf(calls, trail)).toBe(
			"auth;dur=2, edge;dur=40, middle;dur=50, confidence;dur=20, origin;dur=900, total;dur=50",
		);
	});

	it("says 0 where it was read at once, and nothing where none was read", () => {
		const calls = [call("edge", "answer", 40)];
		expect(timingOf(calls, [entry("edge", { confidence: 0 })])).toContain("edge;dur=40, confidence;dur=0, total");
		expect(timingOf(calls, [entry("edge")])).not.toContain("confidence");
	});

	it("has what is known where no stage has ended yet", () => {
		expect(timingOf([])).toBe("auth;dur=2, total;dur=50");
	});

	it("takes at most 200 characters, and leaves out the stages that do not fit", () => {
		const stages = Array.from({ length: 8 }, (_, index) => `${"a".repeat(40)}${index}`);
		const text = timingOf(stages.map((stage) => call(stage, "answer", 123_456.7)));
		expect(text.length).toBeLessThanOrEqual(200);
		expect(text).toContain(`${stages[0]};dur=123456.7, ${stages[1]};dur`);
		expect(text.endsWith(", total;dur=50")).toBe(true);
	});
});

describe("the headers of a failure", () => {
	it("say why, and how long each stage took", () => {
		const trail = [
			{ stage: "edge", outcome: "deferred", reason: "low-confidence", confidence: 0.4, threshold: 0.8 },
			{ stage: "origin", outcome: "failed", reason: "origin-failed", confidence: null, threshold: null },
		] as const;
		const calls = [call("edge", "answer", 40), call("origin", "answer", 5_000)];
		expect(failureHeaders({ trail, calls }, TIMES)).toEqual({
			"x-cascade-reason": "origin-failed",
			"server-timing": "auth;dur=2, edge;dur=40, confidence;dur=0, origin;dur=5000, total;dur=50",
		});
	});

	it("have the times alone where nothing was tried", () => {
		expect(failureHeaders({ trail: [], calls: [] }, TIMES)).toEqual({
			"server-timing": "auth;dur=2, total;dur=50",
		});
	});
});
