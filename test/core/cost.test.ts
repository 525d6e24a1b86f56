import { describe, expect, it } from "vitest";
import { costOfUsage, savedAgainstLastStage, totalCost } from "../../src/core/cost.ts";
import type { CallRecord } from "../../src/core/trail.ts";

const perMillion = { inputUsdPerMillion: 0.5, outputUsdPerMillion: 2 };
const call = (stage: string, costUsd: number | null): CallRecord => ({
	stage,
	model: "m",
	purpose: "answer",
	usage: null,
	costUsd,
	ms: 1,
});

describe("what tokens cost", () => {
	it("is the price per million, input and output apart", () => {
		expect(costOfUsage(perMillion, { inputTokens: 1_000_000, outputTokens: 0 })).toBe(0.5);
		expect(costOfUsage(perMillion, { inputTokens: 0, outputTokens: 1_000_000 })).toBe(2);
		expect(costOfUsage(perMillion, { inputTokens: 200, outputTokens: 50 })).toBeCloseTo(0.0002, 15);
	});

	it("is nothing for no tokens and for a free model", () => {
		expect(costOfUsage(perMillion, { inputTokens: 0, outputTokens: 0 })).toBe(0);
		expect(costOfUsage({ inputUsdPerMillion: 0, outputUsdPerMillion: 0 }, { inputTokens: 9, outputTokens: 9 })).toBe(0);
	});

	it("on a rented GPU is the share of the hour that the tokens take", () => {
		const gpu = { usdPerGpuHour: 3.6, inputTokensPerSecond: 1_000, outputTokensPerSecond: 100 };
		// 2 s to read 2,000 tokens and 3 s to write 300, at $0.001 a second.
		expect(costOfUsage(gpu, { inputTokens: 2_000, outputTokens: 300 })).toBeCloseTo(0.005, 15);
		expect(costOfUsage(gpu, { inputTokens: 3_600_000, outputTokens: 0 })).toBeCloseTo(3.6, 12);
	});
});

describe("the total of a request", () => {
	it("counts rejected drafts and confidence calls with the answer", () => {
		expect(totalCost([call("edge", 0.001), call("edge", 0.002), call("origin", 0.01)])).toBeCloseTo(0.013, 15);
	});

	it("of no calls is nothing", () => {
		expect(totalCost([])).toBe(0);
	});

	it("is unknown as soon as one call's cost is, never too small", () => {
		expect(totalCost([call("edge", 0.001), call("origin", null)])).toBeNull();
	});
});

describe("what a cascade saved", () => {
	const lastPrice = { inputUsdPerMillion: 10, outputUsdPerMillion: 20 };
	const usage = { inputTokens: 1_000, outputTokens: 100 };
	const saved = (calls: readonly CallRecord[], served: { stage: string; usage: typeof usage | null }) =>
		savedAgainstLastStage({ calls, lastStage: "origin", lastPrice, served });

	it("where the edge answered is the last stage's price of the same tokens, less what was spent", () => {
		// 1,000 × $10 and 100 × $20 a million = $0.012.
		expect(saved([call("edge", 0.002)], { stage: "edge", usage })).toBeCloseTo(0.01, 15);
	});

	it("is negative where samples made the edge dearer than the last stage", () => {
		expect(saved([call("edge", 0.008), call("edge", 0.008)], { stage: "edge", usage })).toBeCloseTo(-0.004, 15);
	});

	it("where the last stage answered is minus the price of the rejected drafts", () => {
		expect(
			saved([call("edge", 0.002), call("middle", 0.003), call("origin", 0.012)], { stage: "origin", usage }),
		).toBeCloseTo(-0.005, 15);
	});

	it("is exactly nothing where only the last stage was asked", () => {
		expect(saved([call("origin", 0.012)], { stage: "origin", usage })).toBe(0);
	});

	it("where the last stage failed for free is minus what was spent", () => {
		expect(saved([call("edge", 0.002), call("origin", 0)], { stage: "edge", usage })).toBeCloseTo(-0.002, 15);
	});

	it("is unknown where a cost is, or where the served answer's tokens are", () => {
		expect(saved([call("edge", null)], { stage: "edge", usage })).toBeNull();
		expect(saved([call("edge", 0.002), call("origin", null)], { stage: "origin", usage: null })).toBeNull();
		expect(saved([call("edge", 0.002)], { stage: "edge", usage: null })).toBeNull();
	});

	it("needs no tokens of the served answer where the last stage's own call is known", () => {
		expect(saved([call("edge", 0.002), call("origin", 0.012)], { stage: "origin", usage: null })).toBeCloseTo(
			-0.002,
			15,
		);
	});
});
