import type { CascadeLog } from "../../src/tuning/log/cascade-log.ts";
import { seededRandom } from "../../src/tuning/seeded-random.ts";
import { chooseThreshold } from "../../src/tuning/selection/choose-threshold.ts";
import { fixedSequence } from "../../src/tuning/selection/fixed-sequence.ts";
import { pValue, type AcceptanceCounts } from "../../src/tuning/selection/risk.ts";
import { naiveChoice, pointwiseChoice, type Goal } from "./rules.ts";
import { countOnGrid, drawScenario, GRID, GRID_STARTS, type Scenario, type ScenarioRows } from "./scenarios.ts";

/** The ways to choose a threshold that are held against each other. */
export const RULES = ["naive", "pointwise", "single", "multi", "tuner"] as const;

/**
 * - `naive` and `pointwise`: see `rules.ts`; on the grid of the scenario
 * - `single`, `multi`: fixed-sequence testing on that grid from coverage 20%, and from 20, 40 and 60% at delta / 3 each
 * - `tuner`: the product, `chooseThreshold` with its defaults: it lays its own path on a tenth of the rows
 */
export type Rule = (typeof RULES)[number];

/** What became of a rule over all trials. */
export interface RuleOutcome {
	/** Trials whose threshold has a true risk above the target. */
	readonly violations: number;
	/** Mean true coverage; 0 where nothing was chosen. */
	readonly meanCoverage: number;
}

/** One cell of the experiment. */
export interface SimulationRequest {
	readonly scenario: Scenario;
	readonly rows: number;
	readonly trials: number;
	readonly seed: number;
	readonly goal: Goal;
}

/** Runs the trials. Scores are uniform, so the true coverage of a threshold is 1 − threshold. */
export function simulate({ scenario, rows, trials, seed, goal }: SimulationRequest): Record<Rule, RuleOutcome> {
	const random = seededRandom(seed);
	const violations: Record<Rule, number> = { naive: 0, pointwise: 0, single: 0, multi: 0, tuner: 0 };
	const coverage: Record<Rule, number> = { naive: 0, pointwise: 0, single: 0, multi: 0, tuner: 0 };
	for (let trial = 0; trial < trials; trial++) {
		const drawn = drawScenario(scenario, rows, random);
		const thresholds = chooseByAll(drawn, goal, Math.floor(random() * 2 ** 31));
		for (const rule of RULES) {
			const threshold = thresholds[rule];
			if (threshold === null) continue;
			coverage[rule] += 1 - threshold;
			if (scenario.selectiveRisk(threshold) > goal.target) violations[rule]++;
		}
	}
	return Object.fromEntries(
		RULES.map((rule) => [rule, { violations: violations[rule], meanCoverage: coverage[rule] / trials }]),
	) as Record<Rule, RuleOutcome>;
}

function chooseByAll(drawn: ScenarioRows, goal: Goal, seed: number): Record<Rule, number | null> {
	const counts = countOnGrid(drawn);
	const onGrid = (position: number | null) => (position === null ? null : (GRID[position] as number));
	return {
		naive: onGrid(naiveChoice(counts, goal)),
		pointwise: onGrid(pointwiseChoice(counts, goal)),
		single: onGrid(testInSequence(counts, goal, GRID_STARTS.slice(0, 1))),
		multi: onGrid(testInSequence(counts, goal, GRID_STARTS)),
		tuner: chooseThreshold(logOf(drawn), { ...goal, seed }).threshold,
	};
}

function testInSequence(counts: readonly AcceptanceCounts[], goal: Goal, starts: readonly number[]): number | null {
	const pValueAt = (index: number) => pValue(goal.risk, counts[index] as AcceptanceCounts, goal.target);
	return fixedSequence(pValueAt, { delta: goal.delta, starts, length: counts.length }).chosen;
}

/** A log of two stages with nothing but what a choice needs. */
export function logOf({ confidence, wrong, lastWrong }: ScenarioRows): CascadeLog {
	const rows = confidence.length;
	const unknown = new Float64Array(rows).fill(Number.NaN);
	const stage = { costUsd: unknown, latencyMs: unknown };
	return {
		rows,
		ids: [],
		stages: [
			{ ...stage, model: "small", confidence, wrong },
			{ ...stage, model: "large", confidence: unknown, wrong: lastWrong },
		],
	};
}
