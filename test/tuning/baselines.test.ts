import { describe, expect, it } from "vitest";
import {
	alwaysLarge,
	alwaysSmall,
	compareBaselines,
	longestPrompts,
	naiveThreshold,
	preGenerationGate,
	randomEscalation,
} from "../../src/tuning/baselines.ts";
import { logOfPairs } from "./metrics/pairs.ts";

const log = logOfPairs([
	{ confidence: 0.9, small: true, large: true, inputTokens: 10 },
	{ confidence: 0.6, small: false, large: true, inputTokens: 40 },
	{ confidence: 0.3, small: true, large: false, inputTokens: 20 },
	{ confidence: 0.1, small: false, large: true, inputTokens: 20 },
]);
const empty = logOfPairs([]);

describe("one model alone", () => {
	it("costs what it costs; the small one is not asked where the large one answers all", () => {
		expect(alwaysSmall(log)).toEqual({
			name: "always-small",
			rows: 4,
			escalation: 0,
			quality: 0.5,
			selectiveRisk: 0.5,
			costUsd: 1,
			saving: 0.95,
			threshold: null,
			isCostEstimated: false,
		});
		expect(alwaysLarge(log)).toEqual({
			name: "always-large",
			rows: 4,
			escalation: 1,
			quality: 0.75,
			selectiveRisk: null,
			costUsd: 20,
			saving: 0,
			threshold: null,
			isCostEstimated: false,
		});
	});

	it("answers rows without a reading too", () => {
		const unread = logOfPairs([{ confidence: Number.NaN, small: true, large: false }]);
		expect(alwaysSmall(unread)).toMatchObject({ escalation: 0, quality: 1 });
	});

	it("has no saving where a price is unknown", () => {
		const unpriced = logOfPairs([{ confidence: 0.5, small: true, large: true, costLarge: Number.NaN }]);
		expect(alwaysSmall(unpriced)).toMatchObject({ costUsd: 1, saving: null });
		expect(alwaysLarge(unpriced)).toMatchObject({ costUsd: null, saving: null });
	});
});

describe("escalation at random", () => {
	it("has the expected values, and pays for one model each", () => {
		expect(randomEscalation(log, 0.3)).toMatchObject({
			name: "random",
			escalation: 0.3,
			quality: expect.closeTo(0.7 * 0.5 + 0.3 * 0.75, 12),
			selectiveRisk: expect.closeTo(0.5, 12),
			costUsd: expect.closeTo(0.7 * 1 + 0.3 * 20, 12),
			saving: expect.closeTo(1 - 6.7 / 20, 12),
		});
	});

	it("refuses what is no share", () => {
		expect(() => randomEscalation(log, 1.5)).toThrow(RangeError);
	});
});

describe("escalation of the longest prompts", () => {
	it("takes the longest first and of equally long ones a part", () => {
		expect(longestPrompts(log, 0.25)).toMatchObject({
			quality: 0.75,
			selectiveRisk: expect.closeTo(1 / 3, 12),
			costUsd: 5.75,
		});
		// Of the two with 20 tokens one: of right and wrong half each.
		expect(longestPrompts(log, 0.5)).toMatchObject({
			escalation: 0.5,
			quality: 0.75,
			selectiveRisk: expect.closeTo(0.25, 12),
		});
	});

	it("takes unknown lengths before all, and is no baseline where none is known", () => {
		const [first, second] = [
			{ confidence: 0.9, small: false, large: true },
			{ confidence: 0.9, small: true, large: false, inputTokens: 900 },
		];
		expect(longestPrompts(logOfPairs([first, second]), 0.5)?.quality).toBe(1);
		expect(longestPrompts(logOfPairs([first]), 0.5)).toBeUndefined();
		expect(longestPrompts(logOfPairs([{ ...first, inputTokens: Number.NaN }]), 0.5)).toBeUndefined();
	});
});

describe("naive tuning", () => {
	const fittingLog = logOfPairs([
		{ confidence: 0.9, small: true, large: true },
		{ confidence: 0.7, small: false, large: true },
		{ confidence: 0.5, small: true, large: true },
		{ confidence: 0.2, small: true, large: true },
		{ confidence: 0.1, small: false, large: true },
		{ confidence: 0.8, small: false, large: false, isUnlabelled: true },
	]);

	it("takes the loosest threshold that meets the target, though stricter ones miss it, and uses it on other rows", () => {
		// Wrong at 0.9: 0 of 1, at 0.7: 1 of 2, at 0.5: 1 of 3, at 0.2: 1 of 4, at 0.1: 2 of 5.
		expect(naiveThreshold(log, { fittingLog, risk: "selective", target: 0.25 })).toEqual({
			name: "mean-logprob-naive",
			rows: 4,
			threshold: 0.2,
			escalation: 0.25,
			quality: 0.75,
			selectiveRisk: 1 / 3,
			costUsd: 6,
			saving: 0.7,
			isCostEstimated: false,
		});
		expect(naiveThreshold(log, { fittingLog, risk: "selective", target: 0.24 })?.threshold).toBe(0.9);
		expect(naiveThreshold(log, { fittingLog, risk: "selective", target: 0.4 })?.threshold).toBe(0.1);
	});

	it("with regret takes the least escalation within a margin of the large model", () => {
		expect(naiveThreshold(log, { fittingLog, risk: "regret", target: 0.2 })?.threshold).toBe(0.2);
		expect(naiveThreshold(log, { fittingLog, risk: "regret", target: 0.19 })?.threshold).toBe(0.9);
	});

	it("escalates everything where nothing meets the target, paying for both models", () => {
		const hopeless = logOfPairs([{ confidence: 0.9, small: false, large: true }]);
		expect(naiveThreshold(log, { fittingLog: hopeless, risk: "selective", target: 0.1 })).toMatchObject({
			threshold: null,
			escalation: 1,
			costUsd: 21,
		});
		expect(naiveThreshold(log, { fittingLog: empty, risk: "selective", target: 0.1 })?.threshold).toBeNull();
	});
});

describe("a gate before generation", () => {
	const score = Float64Array.of(0.8, 0.2, 0.7, Number.NaN);

	it("escalates the lowest scores at a rate, NaN first, and pays for one model each and for itself", () => {
		expect(preGenerationGate(log, score, { escalation: 0.25 })).toMatchObject({
			quality: 0.75,
			selectiveRisk: expect.closeTo(1 / 3, 12),
		});
		expect(preGenerationGate(log, score, { escalation: 0.5, gateCostUsd: 0.5 })).toMatchObject({
			quality: 1,
			costUsd: 11,
			threshold: null,
			isCostEstimated: false,
		});
	});

	it("escalates what is under a threshold", () => {
		expect(preGenerationGate(log, score, { threshold: 0.7 })).toMatchObject({ escalation: 0.5, threshold: 0.7 });
		expect(preGenerationGate(log, score, { threshold: 0.75 })).toMatchObject({ escalation: 0.75, threshold: 0.75 });
		expect(preGenerationGate(log, score, { threshold: 0.9 })).toMatchObject({ escalation: 1 });
		expect(preGenerationGate(log, score, { threshold: 0 })).toMatchObject({ escalation: 0.25 });
	});
});

describe("the comparison", () => {
	it("has every baseline that the rows allow, those of a rate at the cascade's", () => {
		const all = compareBaselines(log, {
			escalation: 0.5,
			naive: { fittingLog: log, risk: "selective", target: 0.3 },
			gateScore: Float64Array.of(4, 3, 2, 1),
			costs: { gateCostUsd: 0.25 },
		});
		expect(all.map(({ name }) => name)).toEqual([
			"always-small",
			"always-large",
			"random",
			"prompt-length",
			"mean-logprob-naive",
			"pre-generation-gate",
		]);
		expect(all.map(({ escalation }) => escalation)).toEqual([0, 1, 0.5, 0.5, 0.75, 0.5]);
		// Only the gate pays for the gate.
		expect(all.map(({ costUsd }) => costUsd)).toEqual([1, 20, 10.5, 10.5, 16, 10.75]);
	});

	it("is short where there is little to compare, and empty without rows", () => {
		const short = logOfPairs([{ confidence: 0.5, small: true, large: true }]);
		expect(compareBaselines(short, { escalation: 0.5 }).map(({ name }) => name)).toEqual([
			"always-small",
			"always-large",
			"random",
		]);
		expect(compareBaselines(empty, { escalation: 0.5, gateScore: new Float64Array(0) })).toEqual([]);
	});
});
