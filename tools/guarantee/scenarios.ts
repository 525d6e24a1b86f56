import { countAcceptances } from "../../src/tuning/selection/count-acceptances.ts";
import type { AcceptanceCounts } from "../../src/tuning/selection/risk.ts";

/** A population of scores, uniform in [0, 1], in which the chance that an answer is wrong depends on its score alone. */
export interface Scenario {
	readonly name: string;
	/** P(wrong | score). */
	readonly riskAt: (score: number) => number;
	/** P(wrong | score ≥ threshold): the selective risk, known exactly. */
	readonly selectiveRisk: (threshold: number) => number;
}

/** Risk 0.4 (1 − s)^1.5: surer answers are better ones. At target 0.1 the best threshold accepts 72%, on a grid of 50. */
export const INFORMATIVE: Scenario = {
	name: "informative",
	riskAt: (score) => 0.4 * (1 - score) ** 1.5,
	selectiveRisk: (threshold) => 0.16 * (1 - threshold) ** 1.5,
};

/** The score says nothing, and the risk is 0.105 everywhere: at target 0.1 nothing may be certified. */
export const USELESS: Scenario = {
	name: "useless",
	riskAt: () => 0.105,
	selectiveRisk: () => 0.105,
};

/**
 * From high scores to low: above the target, well below it, far above it. The best threshold accepts 50%. The numbers are chosen so
 * that naive tuning and pointwise bounds do as they did in the recorded simulation, of which only results were kept.
 */
export const NON_MONOTONE: Scenario = {
	name: "non-monotone",
	riskAt: (score) => (score > 0.8 ? 0.2 : score > 0.5 ? 0.02 : 0.35),
	selectiveRisk: (threshold) => {
		const over = (from: number, to: number, risk: number) => Math.max(0, to - Math.max(from, threshold)) * risk;
		return (over(0.8, 1, 0.2) + over(0.5, 0.8, 0.02) + over(0, 0.5, 0.35)) / (1 - threshold);
	},
};

export const SCENARIOS = [INFORMATIVE, USELESS, NON_MONOTONE] as const;

/** Rows drawn from a scenario. The last stage is never wrong. */
export interface ScenarioRows {
	readonly confidence: Float64Array;
	readonly wrong: Uint8Array;
	readonly lastWrong: Uint8Array;
}

/** Draws rows; `random` draws uniformly from [0, 1). */
export function drawScenario({ riskAt }: Scenario, rows: number, random: () => number): ScenarioRows {
	const confidence = new Float64Array(rows);
	const wrong = new Uint8Array(rows);
	for (let row = 0; row < rows; row++) {
		const score = random();
		confidence[row] = score;
		wrong[row] = random() < riskAt(score) ? 1 : 0;
	}
	return { confidence, wrong, lastWrong: new Uint8Array(rows) };
}

/** Thresholds 0.98, 0.96 … 0: coverages 2%, 4% … 100%. */
export const GRID = Float64Array.from({ length: 50 }, (_, step) => 1 - (step + 1) / 50);

/** Positions in the grid of coverages 20%, 40% and 60%. */
export const GRID_STARTS = [9, 19, 29] as const;

/** What is accepted at each threshold of the grid. */
export function countOnGrid({ confidence, wrong, lastWrong }: ScenarioRows): AcceptanceCounts[] {
	return countAcceptances(confidence, wrong, lastWrong, GRID);
}
