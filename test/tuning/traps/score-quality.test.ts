import { describe, expect, it } from "vitest";
import { checkMonotone } from "../../../src/tuning/learning/monotonicity.ts";
import { fitReordering, reorderScores } from "../../../src/tuning/learning/reorder-score.ts";
import { chooseThreshold } from "../../../src/tuning/selection/choose-threshold.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { drawScenario, INFORMATIVE, NON_MONOTONE } from "../../../tools/guarantee/scenarios.ts";
import { twoStageLog } from "../two-stage-log.ts";
import { countFalse, drawSeed, isMoreThan } from "./trials.ts";

const TRIALS = 200;
const request = { risk: "selective", target: 0.1, delta: 0.1 } as const;

describe("trap: a score whose surest answers are its worst", () => {
	it("stops the tests at the start, and nothing is certified", () => {
		const log = twoStageLog(drawScenario(NON_MONOTONE, 1_000, seededRandom(1)));
		expect(chooseThreshold(log, { ...request, seed: 1 })).toMatchObject({
			certified: false,
			reason: "first-step-failed",
		});
	});

	it("is found out on a fitting fold", () => {
		const { confidence, wrong } = drawScenario(NON_MONOTONE, 300, seededRandom(2));
		expect(checkMonotone(confidence, wrong, { random: seededRandom(3) }).monotone).toBe(false);
	});

	it("is repaired by an order learned on other rows, and stays honest", () => {
		let coverage = 0;
		const count = countFalse(TRIALS, 4, (random) => {
			const { acceptedShare, trueRisk } = reorderThenChoose(random);
			coverage += acceptedShare;
			return trueRisk > 0.1;
		});
		expect(isMoreThan(0.1, count, TRIALS)).toBe(false);
		expect(coverage / TRIALS).toBeGreaterThan(0.25);
	});

	it("learned on the tested rows themselves, chance comes first and what is false is certified", () => {
		const useless = { name: "useless", riskAt: () => 0.12, selectiveRisk: () => 0.12 };
		const isCertified = (random: () => number, separate: boolean) => {
			const fitted = drawScenario(useless, 300, random);
			const tested = separate ? drawScenario(useless, 300, random) : fitted;
			const order = fitReordering(fitted.confidence, fitted.wrong);
			if (!order.ok) return expect.unreachable();
			const confidence = reorderScores(order.value, tested.confidence);
			return chooseThreshold(twoStageLog({ ...tested, confidence }), { ...request, seed: drawSeed(random) }).certified;
		};
		const onThemselves = countFalse(TRIALS, 5, (random) => isCertified(random, false));
		const onOthers = countFalse(TRIALS, 6, (random) => isCertified(random, true));
		expect(isMoreThan(0.1, onThemselves, TRIALS)).toBe(true);
		expect(isMoreThan(0.1, onOthers, TRIALS)).toBe(false);
	});
});

describe("trap: a guarantee that hangs on how well scores are calibrated", () => {
	it("confidences that are all far too high certify the very same rows", () => {
		const rows = drawScenario(INFORMATIVE, 600, seededRandom(7));
		const squeezed = rows.confidence.map((score) => 0.97 + 0.03 * score ** 3);
		const plain = chooseThreshold(twoStageLog(rows), { ...request, seed: 1 });
		const other = chooseThreshold(twoStageLog({ ...rows, confidence: squeezed }), { ...request, seed: 1 });
		expect(plain.certified).toBe(true);
		expect([other.counts, other.pValue]).toEqual([plain.counts, plain.pValue]);
	});
});

/** The order is learned on 300 rows and the threshold chosen on 700 others. */
function reorderThenChoose(random: () => number): { readonly acceptedShare: number; readonly trueRisk: number } {
	const fitted = drawScenario(NON_MONOTONE, 300, random);
	const tested = drawScenario(NON_MONOTONE, 700, random);
	const order = fitReordering(fitted.confidence, fitted.wrong);
	if (!order.ok) return expect.unreachable();
	const confidence = reorderScores(order.value, tested.confidence);
	const { threshold } = chooseThreshold(twoStageLog({ ...tested, confidence }), { ...request, seed: drawSeed(random) });
	if (threshold === null) return { acceptedShare: 0, trueRisk: 0 };
	// The truth, on a fine grid of the scores as they were.
	const originals = Float64Array.from({ length: 2_000 }, (_, index) => (index + 0.5) / 2_000);
	const reordered = reorderScores(order.value, originals);
	const accepted = originals.filter((_, index) => (reordered[index] as number) >= threshold);
	const trueRisk = accepted.reduce((sum, score) => sum + NON_MONOTONE.riskAt(score), 0) / accepted.length;
	return { acceptedShare: accepted.length / originals.length, trueRisk };
}
