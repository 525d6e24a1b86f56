import { describe, expect, it } from "vitest";
import { chooseThreshold } from "../../../src/tuning/selection/choose-threshold.ts";
import { clopperPearsonUpper } from "../../../src/tuning/bounds/clopper-pearson.ts";
import { conformalRiskControl } from "../../../src/tuning/selection/conformal-risk-control.ts";
import { countAcceptances } from "../../../src/tuning/selection/count-acceptances.ts";
import { fixedSequence } from "../../../src/tuning/selection/fixed-sequence.ts";
import { empiricalRisk, pValue } from "../../../src/tuning/selection/risk.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { countOnGrid, drawScenario, GRID, INFORMATIVE } from "../../../tools/guarantee/scenarios.ts";
import { twoStageLog } from "../two-stage-log.ts";
import { countFalse, drawSeed, isMoreThan } from "./trials.ts";

const TRIALS = 200;

/** Every answer is wrong half the time, so there is nothing to certify at 0.1. */
function drawHopeless(random: () => number) {
	const confidence = Float64Array.from({ length: 200 }, random);
	return twoStageLog({ confidence, wrong: confidence.map(() => (random() < 0.5 ? 1 : 0)) });
}

describe("trap: code that gives a threshold although nothing passed (Trust or Escalate, cascaded_evaluation/util.py at 1b969f22)", () => {
	/** As published: the least threshold before the bound exceeds the target, or the first, although it does. */
	function publishedThreshold(bounds: readonly number[], target: number): number {
		const firstOver = bounds.findIndex((bound) => bound > target);
		return Math.max(0, (firstOver < 0 ? bounds.length : firstOver) - 1);
	}

	it("the published rule hands out the strictest threshold whose bound is above the target", () => {
		const bounds = [0.6, 0.7].map((share) => clopperPearsonUpper(share * 20, 20, 0.1));
		expect(bounds[0]).toBeGreaterThan(0.1);
		expect(publishedThreshold(bounds, 0.1)).toBe(0);
	});

	it("here nothing is certified then: no threshold, no counts, and a reason", () => {
		const selection = chooseThreshold(drawHopeless(seededRandom(1)), {
			risk: "selective",
			target: 0.1,
			delta: 0.1,
			seed: 1,
		});
		expect(selection).toMatchObject({ certified: false, threshold: null, counts: null, reason: "first-step-failed" });
		expect(fixedSequence([0.5, 0], { delta: 0.1, starts: [0] }).chosen).toBeNull();
	});

	it.each(["selective", "joint", "regret"] as const)("nor ever out of thin air: %s risk, no rows or one", (risk) => {
		for (const rows of [0, 1]) {
			const log = twoStageLog({ confidence: new Float64Array(rows).fill(1), wrong: new Uint8Array(rows) });
			const { certified, threshold } = chooseThreshold(log, { risk, target: 0.05, delta: 0.1, seed: 1 });
			expect([certified, threshold]).toEqual([false, null]);
		}
	});
});

describe("trap: a conformal quantile with the index ⌈(1 − α)(n + 1) / n⌉, which is 1 (aco/conformal.py)", () => {
	/** As published: the threshold is the score of the failure at that place, the lowest. */
	function publishedIndex(alpha: number, failures: number): number {
		return Math.ceil(((1 - alpha) * (failures + 1)) / failures);
	}

	it("picks the lowest score of all failures, so nearly all of them are accepted", () => {
		expect(publishedIndex(0.1, 1_000)).toBe(1);
		const { confidence, wrong } = drawScenario(INFORMATIVE, 5_000, seededRandom(2));
		const failed = confidence.filter((_, row) => wrong[row] === 1).sort();
		const published = failed[publishedIndex(0.1, failed.length) - 1] ?? 1;
		expect(INFORMATIVE.selectiveRisk(published)).toBeGreaterThan(0.15);
	});

	it("conformal risk control here keeps the joint risk at the target on average", () => {
		const random = seededRandom(3);
		const trials = 400;
		let joint = 0;
		for (let trial = 0; trial < trials; trial++) {
			const chosen = conformalRiskControl(countOnGrid(drawScenario(INFORMATIVE, 300, random)), 0.05);
			const threshold = chosen === null ? 1 : (GRID[chosen] as number);
			joint += threshold === 1 ? 0 : INFORMATIVE.selectiveRisk(threshold) * (1 - threshold);
		}
		expect(joint / trials).toBeLessThanOrEqual(0.05);
		expect(joint / trials).toBeGreaterThan(0.04);
	});
});

describe("trap: conformal risk control sold as holding with probability 1 − delta", () => {
	it("its threshold's joint risk is above the target far more often than one time in ten", () => {
		const count = countFalse(TRIALS, 4, (random) => {
			const chosen = conformalRiskControl(countOnGrid(drawScenario(INFORMATIVE, 1_000, random)), 0.05);
			const threshold = GRID[chosen ?? 0] as number;
			return INFORMATIVE.selectiveRisk(threshold) * (1 - threshold) > 0.05;
		});
		expect(isMoreThan(0.1, count, TRIALS)).toBe(true);
	});

	it("the joint risk that is tested in sequence is not", () => {
		const count = countFalse(TRIALS, 5, (random) => {
			const { threshold } = chooseThreshold(twoStageLog(drawScenario(INFORMATIVE, 1_000, random)), {
				risk: "joint",
				target: 0.05,
				delta: 0.1,
				seed: drawSeed(random),
			});
			return threshold !== null && INFORMATIVE.selectiveRisk(threshold) * (1 - threshold) > 0.05;
		});
		expect(isMoreThan(0.1, count, TRIALS)).toBe(false);
	});
});

describe("trap: joint risk shown as selective risk", () => {
	it("of the same rows they are different numbers, and a joint certificate promises no selective risk", () => {
		const random = seededRandom(6);
		const confidence = Float64Array.from({ length: 2_000 }, random);
		// Only the surest 5% are ever accepted, and half of them are wrong.
		const wrong = confidence.map((score) => (score >= 0.95 && random() < 0.5 ? 1 : 0));
		const [counts] = countAcceptances(confidence, Uint8Array.from(wrong), new Uint8Array(2_000), Float64Array.of(0.95));
		if (counts === undefined) return expect.unreachable();
		expect(empiricalRisk("selective", counts)).toBeGreaterThan(0.4);
		expect(empiricalRisk("joint", counts)).toBeLessThan(0.035);
		expect(pValue("joint", counts, 0.1)).toBeLessThan(0.01);
		expect(pValue("selective", counts, 0.1)).toBeGreaterThan(0.99);
	});
});
