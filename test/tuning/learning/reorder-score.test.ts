import { describe, expect, it } from "vitest";
import { fitReordering, reorderScores } from "../../../src/tuning/learning/reorder-score.ts";
import { withConfidence } from "../../../src/tuning/learning/train-learned.ts";
import type { CascadeLog } from "../../../src/tuning/log/cascade-log.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { chooseThreshold } from "../../../src/tuning/selection/choose-threshold.ts";
import { twoStageLog } from "../two-stage-log.ts";

const riskOf = (score: number) => (score > 0.8 ? 0.25 : score > 0.5 ? 0.03 : 0.4);

function drawnRows(rows: number, random: () => number) {
	const confidence = Float64Array.from({ length: rows }, random);
	return { confidence, wrong: Uint8Array.from(confidence, (score) => (random() < riskOf(score) ? 1 : 0)) };
}

/** Risk and coverage in the population of a rule of acceptance, on a fine grid of scores. */
function inPopulation(accepts: (score: number) => boolean) {
	const accepted = Array.from({ length: 10_000 }, (_, index) => (index + 0.5) / 10_000).filter(accepts);
	const risk = accepted.reduce((sum, score) => sum + riskOf(score), 0) / accepted.length;
	return { coverage: accepted.length / 10_000, risk };
}

describe("a reordered score", () => {
	it("restores the coverage that a score not monotone loses, at the promised risk", () => {
		const [trials, target, delta] = [150, 0.1, 0.1];
		const certify = (log: CascadeLog) => chooseThreshold(log, { risk: "selective", target, delta, seed: 1 }).threshold;
		let [violations, coverage, coverageAsItIs] = [0, 0, 0];
		for (let seed = 0; seed < trials; seed++) {
			const random = seededRandom(seed);
			const fitting = drawnRows(300, random);
			const rest = drawnRows(700, random);
			const asItIs = certify(twoStageLog(rest));
			if (asItIs !== null) coverageAsItIs += inPopulation((score) => score >= asItIs).coverage;
			const reordering = fitReordering(fitting.confidence, fitting.wrong);
			if (!reordering.ok) throw new Error(reordering.error.kind);
			const threshold = certify(withConfidence(twoStageLog(rest), 0, reorderScores(reordering.value, rest.confidence)));
			if (threshold === null) continue;
			const kept = inPopulation(
				(score) => (reorderScores(reordering.value, Float64Array.of(score))[0] as number) >= threshold,
			);
			coverage += kept.coverage;
			if (kept.risk > target) violations++;
		}
		expect(coverageAsItIs / trials).toBeLessThan(0.02);
		expect(coverage / trials).toBeGreaterThan(0.2);
		// A binomial of 150 at 0.1 exceeds 27 with chance 0.001.
		expect(violations).toBeLessThanOrEqual(27);
	}, 30_000);

	it("is each range's share of right answers, one answer of each kind added", () => {
		const scores = Float64Array.of(0.2, 0.4, 0.6, 0.8);
		const reordering = fitReordering(scores, Uint8Array.of(1, 1, 0, 1), { bins: 2 });
		expect(reordering).toEqual({ ok: true, value: { edges: [0.2, 0.6], values: [1 / 4, 2 / 4] } });
	});

	it("takes the range whose lower edge a score reaches, the first below all edges", () => {
		const reordering = { edges: [0.2, 0.6], values: [0.9, 0.3] };
		expect(reorderScores(reordering, Float64Array.of(0, 0.2, 0.59, 0.6, 1, Number.NaN))).toEqual(
			Float64Array.of(0.9, 0.9, 0.9, 0.3, 0.3, Number.NaN),
		);
	});

	it("stays what it is through JSON", () => {
		const { confidence, wrong } = drawnRows(100, seededRandom(1));
		const reordering = fitReordering(confidence, wrong);
		if (!reordering.ok) throw new Error(reordering.error.kind);
		expect(JSON.parse(JSON.stringify(reordering.value))).toEqual(reordering.value);
	});

	it("needs a reading", () => {
		expect(fitReordering(Float64Array.of(Number.NaN), Uint8Array.of(1))).toEqual({
			ok: false,
			error: { kind: "no-readings" },
		});
	});
});
