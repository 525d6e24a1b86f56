import { describe, expect, it } from "vitest";
import { countsAt, distinctScores, oracleCoverage, populationOf } from "../../../tools/guarantee/population.ts";
import { CLAIMS, runCells } from "../../../tools/guarantee/trace-cells.ts";
import { adjacentPairs, readTraces } from "../../../tools/guarantee/traces.ts";
import { keepsPromise } from "../../../tools/guarantee/violation-test.ts";
import { logOf } from "../../../tools/guarantee/simulate.ts";

const traces = readTraces();
const pairs = adjacentPairs(traces);
const DRAWS = 100;
const DELTA = 0.1;

describe("a population made of recorded rows", () => {
	const population = populationOf(
		logOf({
			confidence: Float64Array.of(0.9, 0.5, 0.9, Number.NaN, 0.2),
			wrong: Uint8Array.of(0, 1, 1, 1, 0),
			lastWrong: Uint8Array.of(0, 0, 1, 1, 1),
		}),
	);

	it("has each score once, strict to loose, and none for a missing reading", () => {
		expect([...population.thresholds]).toEqual([0.9, 0.5, 0.2]);
		expect([...distinctScores(Float64Array.of(Number.NaN))]).toEqual([]);
	});

	it("counts what any threshold accepts, a tie included", () => {
		expect(countsAt(population, 0.95)).toMatchObject({ accepted: 0, rows: 5 });
		expect(countsAt(population, 0.9)).toMatchObject({ accepted: 2, wrong: 1, worse: 0, better: 0 });
		expect(countsAt(population, 0.51)).toMatchObject({ accepted: 2 });
		expect(countsAt(population, 0.1)).toMatchObject({ accepted: 4, wrong: 2, worse: 1, better: 1 });
	});

	it("says what coverage no tuner can beat", () => {
		expect(oracleCoverage(population, "selective", 0.5)).toBe(4 / 5);
		expect(oracleCoverage(population, "selective", 0.4)).toBe(0);
		expect(oracleCoverage(population, "joint", 0.2)).toBe(2 / 5);
	});
});

describe.runIf(traces.length > 0)("each recorded trace as the population, every adjacent pair of models", () => {
	const cells = pairs.flatMap(({ log, name }, index) =>
		runCells(populationOf(log), { claims: CLAIMS, rows: 300, draws: DRAWS, delta: DELTA, seed: 100 + index }).map(
			(cell) => ({ ...cell, name }),
		),
	);

	it("has eighteen pairs in nine traces", () => {
		expect([traces.length, pairs.length]).toEqual([9, 18]);
	});

	it("the chosen threshold's risk on the whole trace exceeds the target with chance delta at most", () => {
		const broken = cells.filter(({ tuner }) => !keepsPromise(tuner.violations, DRAWS, DELTA, cells.length));
		expect(broken.map(({ name, risk, target }) => `${name} ${risk} ${target}`)).toEqual([]);
	});

	it("naive tuning fails the same test in most cells in which a target is within reach of missing", () => {
		const failed = cells.filter(({ naive }) => !keepsPromise(naive.violations, DRAWS, DELTA, cells.length));
		const missable = cells.filter(({ naive }) => naive.violations > 0);
		expect(failed.length).toBeGreaterThan(missable.length / 2);
	});

	it("no mean coverage is beyond the oracle's by more than violations explain", () => {
		for (const { tuner, oracle, draws } of cells)
			expect(tuner.meanCoverage).toBeLessThanOrEqual(oracle + tuner.violations / draws + 1e-9);
	});
});
