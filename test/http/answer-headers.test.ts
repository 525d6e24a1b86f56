import { describe, expect, it } from "vitest";
import type { CascadeFacts } from "../../src/core/cascade-facts.ts";
import type { CallRecord } from "../../src/core/trail.ts";
import { answerHeaders, failureHeaders } from "../../src/http/answer-headers.ts";

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

describe("the headers of an answer", () => {
	it("say who answered and why, how sure it was, and what it cost", () => {
		expect(answerHeaders(factsWith())).toEqual({
			"x-cascade-stage": "edge",
			"x-cascade-model": "@cf/small",
			"x-cascade-reason": "accepted",
			"x-cascade-confidence": "0.93",
			"x-cascade-threshold": "0.8",
			"x-cascade-threshold-source": "manual",
			"x-cascade-cost-usd": "0.0012",
			"x-cascade-saved-usd": "0.0108",
			"server-timing": "edge;dur=41.3",
		});
	});

	it("leave out what is not known or does not exist", () => {
		const headers = answerHeaders(
			factsWith({ confidence: null, threshold: null, costUsd: null, savedUsd: null, calls: [] }),
		);
		expect(Object.keys(headers)).toEqual(["x-cascade-stage", "x-cascade-model", "x-cascade-reason"]);
	});

	it("take 0 for a value", () => {
		const headers = answerHeaders(factsWith({ confidence: 0, threshold: 0, costUsd: 0, savedUsd: 0 }));
		for (const name of ["confidence", "threshold", "cost-usd", "saved-usd"])
			expect(headers[`x-cascade-${name}`]).toBe("0");
	});

	it("show a loss as a loss", () => {
		expect(answerHeaders(factsWith({ savedUsd: -0.0000014 }))["x-cascade-saved-usd"]).toBe("-0.0000014");
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
		expect(answerHeaders(factsWith({ savedUsd }))["x-cascade-saved-usd"]).toBe(text);
	});

	it("write confidences to six decimals, whole ones whole", () => {
		expect(answerHeaders(factsWith({ confidence: 1 / 3 }))["x-cascade-confidence"]).toBe("0.333333");
		expect(answerHeaders(factsWith({ confidence: 1, threshold: 1 }))).toMatchObject({
			"x-cascade-confidence": "1",
			"x-cascade-threshold": "1",
		});
	});

	it("are all printable ASCII, as headers must be", () => {
		for (const value of Object.values(answerHeaders(factsWith()))) expect(value).toMatch(/^[\x20-\x7e]+$/u);
	});
});

describe("server timing", () => {
	const timingOf = (...calls: readonly CallRecord[]) => answerHeaders(factsWith({ calls }))["server-timing"];

	it("has one entry a stage, in the order they were asked", () => {
		expect(timingOf(call("edge", "answer", 40), call("origin", "answer", 900))).toBe("edge;dur=40, origin;dur=900");
	});

	it("counts samples once, since they run beside the answer", () => {
		expect(timingOf(call("edge", "sample", 60), call("edge", "answer", 40), call("edge", "sample", 50))).toBe(
			"edge;dur=60",
		);
	});

	it("adds a verdict, since it comes after", () => {
		expect(timingOf(call("edge", "answer", 40), call("edge", "verify", 15))).toBe("edge;dur=55");
	});
});

describe("the headers of a failure", () => {
	it("say why, and how long each stage took", () => {
		const trail = [
			{ stage: "edge", outcome: "deferred", reason: "low-confidence", confidence: 0.4, threshold: 0.8 },
			{ stage: "origin", outcome: "failed", reason: "origin-failed", confidence: null, threshold: null },
		] as const;
		expect(failureHeaders(trail, [call("edge", "answer", 40), call("origin", "answer", 5_000)])).toEqual({
			"x-cascade-reason": "origin-failed",
			"server-timing": "edge;dur=40, origin;dur=5000",
		});
	});

	it("are none where nothing was tried", () => {
		expect(failureHeaders([], [])).toEqual({});
	});
});
