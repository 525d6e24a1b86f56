import { describe, expect, it } from "vitest";
import { logBinomialTails } from "../../../src/tuning/bounds/binomial.ts";
import { clopperPearsonUpper } from "../../../src/tuning/bounds/clopper-pearson.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { chooseThreshold, type SelectionRequest } from "../../../src/tuning/selection/choose-threshold.ts";
import { countAcceptances } from "../../../src/tuning/selection/count-acceptances.ts";
import type { CascadeLog } from "../../../src/tuning/log/cascade-log.ts";
import { twoStageLog } from "../two-stage-log.ts";

// The guarantee as a claim about many logs: a log is drawn, a threshold chosen, and the true risk at that threshold, which
// is known here, compared with the target. Scores are uniform; what differs is the chance of being wrong at a score.

const TARGET = 0.1;
const DELTA = 0.1;
const TRIALS = 400;
/** A sound tuner fails one such test in a thousand seeds; the seeds are fixed. */
const SIGNIFICANCE = 0.001;

interface Scenario {
	readonly wrongAt: (score: number) => number;
	/** ∫ wrongAt over the scores from the threshold to 1, over their length. */
	readonly riskAbove: (threshold: number) => number;
}

const informative: Scenario = {
	wrongAt: (score) => 0.4 * (1 - score) ** 1.5,
	riskAbove: (threshold) => 0.16 * (1 - threshold) ** 1.5,
};
const useless: Scenario = { wrongAt: () => 0.105, riskAbove: () => 0.105 };
/** The most confident fifth is overconfident, the middle is good: at 0.5 the risk is 0.092. */
const notMonotone: Scenario = {
	wrongAt: (score) => (score > 0.8 ? 0.2 : score > 0.5 ? 0.02 : 0.4),
	riskAbove: (threshold) => {
		const [top, middle, bottom] = [
			1 - Math.max(threshold, 0.8),
			0.8 - clamp(threshold, 0.5, 0.8),
			0.5 - Math.min(threshold, 0.5),
		];
		return (0.2 * top + 0.02 * middle + 0.4 * bottom) / (1 - threshold);
	},
};

function clamp(value: number, lowest: number, highest: number): number {
	return Math.min(Math.max(value, lowest), highest);
}

function drawLog({ wrongAt }: Scenario, rows: number, random: () => number): CascadeLog {
	const confidence = Float64Array.from({ length: rows }, () => random());
	return twoStageLog({ confidence, wrong: confidence.map((score) => (random() < wrongAt(score) ? 1 : 0)) });
}

type Tuner = (log: CascadeLog, trial: number) => number | null;

const certified =
	(change: Partial<SelectionRequest> = {}): Tuner =>
	(log, trial) =>
		chooseThreshold(log, { risk: "selective", target: TARGET, delta: DELTA, seed: trial, ...change }).threshold;

const grid = Float64Array.from({ length: 50 }, (_, step) => 1 - (step + 1) / 50);
const countsOf = ({ stages: [small, large] }: CascadeLog) =>
	countAcceptances(
		small?.confidence ?? new Float64Array(),
		small?.wrong ?? new Uint8Array(),
		large?.wrong ?? new Uint8Array(),
		grid,
	);

/** The loosest threshold at which the errors seen do not exceed the target, as most tuners do it. */
const naive: Tuner = (log) =>
	grid[countsOf(log).findLastIndex(({ wrong, accepted }) => accepted > 0 && wrong / accepted <= TARGET)] ?? null;

/** The loosest threshold whose own bound is within the target, wherever it lies: no sequence, so no guarantee. */
const pointwise: Tuner = (log) =>
	grid[countsOf(log).findLastIndex(({ wrong, accepted }) => clopperPearsonUpper(wrong, accepted, DELTA) <= TARGET)] ??
	null;

function simulate(scenario: Scenario, rows: number, tuner: Tuner) {
	const random = seededRandom(rows);
	let violations = 0;
	let coverage = 0;
	for (let trial = 0; trial < TRIALS; trial++) {
		const threshold = tuner(drawLog(scenario, rows, random), trial);
		if (threshold === null) continue;
		coverage += 1 - threshold;
		if (scenario.riskAbove(threshold) > TARGET) violations++;
	}
	return { violations, coverage: coverage / TRIALS };
}

/** P(so many violations or more), were their chance delta: small where the claim is refuted. */
const refutation = (violations: number): number =>
	Math.exp(logBinomialTails(violations - 1, TRIALS, DELTA, 1 - DELTA).upper);

describe("a certified threshold", () => {
	it.each([
		["an informative score", 100, informative, 0.08],
		["an informative score", 300, informative, 0.4],
		["an informative score", 1_000, informative, 0.6],
		["an informative score", 3_000, informative, 0.65],
		["a useless score", 300, useless, 0],
		["a useless score", 1_000, useless, 0],
		["a score that is not monotone", 300, notMonotone, 0],
		["a score that is not monotone", 1_000, notMonotone, 0],
	] as const)("exceeds its target no more often than delta: %s, %i rows", (_, rows, scenario, leastCoverage) => {
		const { violations, coverage } = simulate(scenario, rows, certified());
		expect(refutation(violations)).toBeGreaterThan(SIGNIFICANCE);
		expect(coverage).toBeGreaterThanOrEqual(leastCoverage);
	});

	it.each([
		["an informative score", informative],
		["a useless score", useless],
		["a score that is not monotone", notMonotone],
	] as const)("does not from three starts either: %s", (_, scenario) => {
		const { violations } = simulate(scenario, 300, certified({ startCoverages: [0.2, 0.4, 0.6] }));
		expect(refutation(violations)).toBeGreaterThan(SIGNIFICANCE);
	});

	it("does not where the path is laid by rows without labels", () => {
		const { violations, coverage } = simulate(informative, 600, (log, trial) => {
			const labelled = Uint8Array.from({ length: log.rows }, (_, row) => row % 2);
			return certified()({ ...log, labelled }, trial);
		});
		expect(refutation(violations)).toBeGreaterThan(SIGNIFICANCE);
		expect(coverage).toBeGreaterThan(0.4);
	});
});

describe("what has no guarantee", () => {
	it.each([
		["an informative score", 300, informative, 0.4],
		["an informative score", 1_000, informative, 0.35],
		["a useless score", 300, useless, 0.8],
		["a score that is not monotone", 300, notMonotone, 0.3],
	] as const)(
		"tuning to the errors seen exceeds the target again and again: %s, %i rows",
		(_, rows, scenario, least) => {
			const { violations } = simulate(scenario, rows, naive);
			expect(violations / TRIALS).toBeGreaterThan(least);
			expect(refutation(violations)).toBeLessThan(SIGNIFICANCE);
		},
	);

	it("picking the loosest of many bounds exceeds it twice as often as delta where the score is useless", () => {
		const { violations } = simulate(useless, 300, pointwise);
		expect(violations / TRIALS).toBeGreaterThan(0.15);
		expect(refutation(violations)).toBeLessThan(SIGNIFICANCE);
	});
});
