import { describe, expect, it } from "vitest";
import { chooseThreshold, chooseThresholdPerLabel } from "../../../src/tuning/selection/choose-threshold.ts";
import { twoStageLog } from "../two-stage-log.ts";
import { countFalse, drawSeed, isMoreThan } from "./trials.ts";

const request = { risk: "selective", target: 0.1 } as const;

/** Risk 0.101 everywhere, a hair above the target. */
function drawTenant(random: () => number, rows: number) {
	const confidence = Float64Array.from({ length: rows }, random);
	return { confidence, wrong: Uint8Array.from(confidence, () => (random() < 0.101 ? 1 : 0)) };
}

describe("trap: many tenants at delta each", () => {
	const TENANTS = 200;

	it("delta is the chance of one certificate: of 200 tenants just above the target some are certified, and up to delta of them", () => {
		const count = countFalse(
			TENANTS,
			1,
			(random) =>
				chooseThreshold(twoStageLog(drawTenant(random, 300)), { ...request, delta: 0.1, seed: drawSeed(random) })
					.certified,
		);
		expect(count).toBeGreaterThan(0);
		expect(isMoreThan(0.1, count, TENANTS)).toBe(false);
	});

	it("at delta / 200 each, any false one among all has chance delta at most", () => {
		const anyFalse = countFalse(
			TENANTS,
			2,
			(random) =>
				chooseThreshold(twoStageLog(drawTenant(random, 300)), {
					...request,
					delta: 0.1 / TENANTS,
					seed: drawSeed(random),
				}).certified,
		);
		expect(anyFalse).toBeLessThanOrEqual(2);
	});
});

describe("trap: one claim for each label, at delta each", () => {
	const LABELS = ["a", "b", "c", "d", "e", "f", "g", "h"];
	const TRIALS = 150;

	const anyCertified = (random: () => number, perLabel: boolean) => {
		const drawn = drawTenant(random, 2_400);
		const label = Array.from(drawn.confidence, (_, row) => LABELS[row % LABELS.length] ?? "");
		const log = twoStageLog({ ...drawn, small: { label } });
		const seed = drawSeed(random);
		return perLabel
			? chooseThresholdPerLabel(log, { ...request, delta: 0.1, seed, labels: LABELS }).some(
					({ selection }) => selection.certified,
				)
			: LABELS.some((onLabel) => chooseThreshold(log, { ...request, delta: 0.1, seed, onLabel }).certified);
	};

	it("some claim is false far more often than delta", () => {
		const count = countFalse(TRIALS, 3, (random) => anyCertified(random, false));
		expect(isMoreThan(0.1, count, TRIALS)).toBe(true);
	});

	it("not where the labels share delta", () => {
		const count = countFalse(TRIALS, 4, (random) => anyCertified(random, true));
		expect(isMoreThan(0.1, count, TRIALS)).toBe(false);
	});
});
