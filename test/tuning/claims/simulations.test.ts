import { describe, expect, it } from "vitest";
import { simulate, type SimulationRequest } from "../../../tools/guarantee/simulate.ts";
import { INFORMATIVE, NON_MONOTONE, SCENARIOS, USELESS } from "../../../tools/guarantee/scenarios.ts";
import { keepsPromise } from "../../../tools/guarantee/violation-test.ts";

const TRIALS = 500;
const DELTA = 0.1;
const ROWS = [100, 300, 1_000];
const CELLS = SCENARIOS.length * ROWS.length;
const goal = { risk: "selective", target: 0.1, delta: DELTA } as const;

const cells = SCENARIOS.flatMap((scenario, index) =>
	ROWS.map((rows) => {
		const request: SimulationRequest = { scenario, rows, trials: TRIALS, seed: 7_000 + 10 * index + rows, goal };
		return { scenario: scenario.name, rows, outcome: simulate(request) };
	}),
);

describe("the chosen threshold's true risk is above the target with chance delta at most", () => {
	it.each(cells)("$scenario score, $rows rows", ({ outcome }) => {
		for (const rule of ["tuner", "single", "multi"] as const)
			expect(keepsPromise(outcome[rule].violations, TRIALS, DELTA, CELLS), rule).toBe(true);
	});
});

describe("the test that the tuner passes has the power to fail others", () => {
	it.each(cells)("it fails naive tuning: $scenario score, $rows rows", ({ outcome }) => {
		expect(keepsPromise(outcome.naive.violations, TRIALS, DELTA, CELLS)).toBe(false);
	});

	it.each(cells.filter(({ scenario }) => scenario === USELESS.name))(
		"it fails picking the loosest of many bounds, each of which holds: useless score, $rows rows",
		({ outcome }) => {
			expect(keepsPromise(outcome.pointwise.violations, TRIALS, DELTA, CELLS)).toBe(false);
		},
	);

	it("it fails a tuner that spends thrice its delta", () => {
		const request = { scenario: USELESS, rows: 300, trials: 1_000, seed: 1 };
		const { tuner } = simulate({ ...request, goal: { ...goal, delta: 3 * DELTA } });
		expect(keepsPromise(tuner.violations, request.trials, DELTA, CELLS)).toBe(false);
	});
});

describe("what the guarantee costs", () => {
	const coverageOf = (scenario: string, rows: number) => {
		const cell = cells.find((each) => each.scenario === scenario && each.rows === rows);
		return cell?.outcome ?? expect.unreachable();
	};

	it("a good score keeps most of the 72% that are possible from 1,000 rows on", () => {
		expect(coverageOf(INFORMATIVE.name, 1_000).tuner.meanCoverage).toBeGreaterThan(0.6);
		expect(coverageOf(INFORMATIVE.name, 1_000).single.meanCoverage).toBeCloseTo(0.64, 1);
	});

	it("several starts cost a good score coverage, since each has a share of delta", () => {
		const { single, multi } = coverageOf(INFORMATIVE.name, 300);
		expect(multi.meanCoverage).toBeLessThan(single.meanCoverage);
		expect(multi.meanCoverage).toBeGreaterThan(0.3);
	});

	it("a score that is worst where it is surest certifies nothing, however many the rows", () => {
		expect(coverageOf(NON_MONOTONE.name, 1_000).tuner.meanCoverage).toBeLessThan(0.01);
	});
});
