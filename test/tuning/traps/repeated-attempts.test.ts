import { describe, expect, it } from "vitest";
import { attemptShare, plannedShare } from "../../../src/tuning/selection/attempt-share.ts";
import { chooseThreshold } from "../../../src/tuning/selection/choose-threshold.ts";
import { twoStageLog } from "../two-stage-log.ts";
import { countFalse, drawSeed, isMoreThan } from "./trials.ts";

const TRIALS = 150;
const ATTEMPTS = 10;
const DELTA = 0.1;

/** Whatever is certified is false: the risk is just above the target everywhere. */
function anyCertified(random: () => number, shareOf: (attempt: number) => number): boolean {
	const confidence = Float64Array.from({ length: 300 }, random);
	const log = twoStageLog({ confidence, wrong: confidence.map(() => (random() < 0.102 ? 1 : 0)) });
	return Array.from({ length: ATTEMPTS }, (_, index) => index + 1).some((attempt) => {
		const request = { risk: "selective", target: 0.1, startCoverages: [0.2], seed: drawSeed(random) } as const;
		return chooseThreshold(log, { ...request, delta: shareOf(attempt) }).certified;
	});
}

describe("trap: asking the same rows again, with another seed, until they agree", () => {
	it("certifies what is false far more often than delta, if every attempt spends all of it", () => {
		const count = countFalse(TRIALS, 1, (random) => anyCertified(random, () => DELTA));
		expect(isMoreThan(DELTA, count, TRIALS)).toBe(true);
	});

	it("does not where each attempt has its share", () => {
		const count = countFalse(TRIALS, 2, (random) => anyCertified(random, (attempt) => attemptShare(DELTA, attempt)));
		expect(isMoreThan(DELTA, count, TRIALS)).toBe(false);
	});

	it("nor where attempts are planned and share equally", () => {
		const count = countFalse(TRIALS, 3, (random) => anyCertified(random, () => plannedShare(DELTA, ATTEMPTS)));
		expect(isMoreThan(DELTA, count, TRIALS)).toBe(false);
	});

	it("shares sum to delta, however many attempts there are", () => {
		let sum = 0;
		for (let attempt = 1; attempt <= 100_000; attempt++) sum += attemptShare(DELTA, attempt);
		expect(sum).toBeLessThanOrEqual(DELTA);
		expect(sum).toBeGreaterThan(0.9999 * DELTA);
	});
});
