import { describe, expect, it } from "vitest";
import { logRegretEValue } from "../../../src/tuning/bounds/betting.ts";
import { hoeffdingBentkusPValue } from "../../../src/tuning/bounds/hoeffding-bentkus.ts";
import { chooseThreshold } from "../../../src/tuning/selection/choose-threshold.ts";
import { conformalRiskControl } from "../../../src/tuning/selection/conformal-risk-control.ts";
import { countAcceptances, countVector } from "../../../src/tuning/selection/count-acceptances.ts";
import { fixedSequence } from "../../../src/tuning/selection/fixed-sequence.ts";
import { empiricalRisk, pValue, upperBound, type RiskKind } from "../../../src/tuning/selection/risk.ts";
import vectors from "../../fixtures/tuning-vectors-selection.json" with { type: "json" };
import { relativeError } from "../relative-error.ts";
import { twoStageLog } from "../two-stage-log.ts";

const { ltt_worked: worked } = vectors;
const rows = worked.data_score_wrongSmall_wrongLarge as [number, number, number][];
const grid = Float64Array.from(worked.grid);
const log = twoStageLog({
	confidence: rows.map(([score]) => score),
	wrong: rows.map(([, wrong]) => wrong),
	lastWrong: rows.map(([, , wrong]) => wrong),
});
const [small, large] = log.stages;
const counts = countAcceptances(
	small?.confidence ?? new Float64Array(),
	small?.wrong ?? new Uint8Array(),
	large?.wrong ?? new Uint8Array(),
	grid,
);

/** The whole tuner on the example's grid, as the reference chose it. */
function choose(risk: RiskKind, target: number, delta: number, starts: readonly number[]) {
	return chooseThreshold(log, { risk, target, delta, seed: 1, path: { thresholds: grid, starts } });
}

describe("the worked example of 300 rows", () => {
	it.each([
		[0.1, 0.1, 0, worked["selective_alpha0.1_delta0.1_start0"].lambda_hat],
		[0.1, 0.1, 4, worked["selective_alpha0.1_delta0.1_start4"].lambda_hat],
		[0.1, 0.1, 8, worked["selective_alpha0.1_delta0.1_start8"].lambda_hat],
		[0.15, 0.1, 0, worked["selective_alpha0.15_delta0.1_start0"].lambda_hat],
		[0.15, 0.1, 4, worked["selective_alpha0.15_delta0.1_start4"].lambda_hat],
		[0.15, 0.1, 8, worked["selective_alpha0.15_delta0.1_start8"].lambda_hat],
		[0.2, 0.05, 0, worked["selective_alpha0.2_delta0.05_start0"].lambda_hat],
		[0.2, 0.05, 4, worked["selective_alpha0.2_delta0.05_start4"].lambda_hat],
		[0.2, 0.05, 8, worked["selective_alpha0.2_delta0.05_start8"].lambda_hat],
	])(
		"selective risk %d at delta %d from start %i gives the reference's threshold",
		(target, delta, start, threshold) => {
			const selection = choose("selective", target, delta, [start]);
			expect(selection.threshold).toBe(threshold);
			expect(selection.certified).toBe(threshold !== null);
		},
	);

	it.each([
		[0.1, 0.1, worked["selective_alpha0.1_delta0.1_start4"].rows],
		[0.15, 0.1, worked["selective_alpha0.15_delta0.1_start4"].rows],
		[0.2, 0.05, worked["selective_alpha0.2_delta0.05_start4"].rows],
	])(
		"selective risk %d at delta %d has the reference's counts, p-values, bounds and tests",
		(target, delta, expected) => {
			const { tested } = choose("selective", target, delta, [4]);
			const rejected = new Set(tested.filter((step) => step.rejected).map(({ index }) => index));
			for (const [index, row] of expected.entries()) {
				const here = counts[index] ?? expect.fail();
				expect([here.rows, here.accepted, here.wrong]).toEqual([300, row.n, row.k]);
				expect(relativeError(pValue("selective", here, target), row.p)).toBeLessThan(1e-12);
				expect(relativeError(upperBound("selective", here, delta), row.cp_upper)).toBeLessThan(1e-12);
				expect(rejected.has(index)).toBe(row.rejected);
			}
		},
	);

	it.each([
		[0.1, 0.1, worked.multistart_idx_4_8_12["alpha0.1_delta0.1"]],
		[0.15, 0.1, worked.multistart_idx_4_8_12["alpha0.15_delta0.1"]],
		[0.2, 0.05, worked.multistart_idx_4_8_12["alpha0.2_delta0.05"]],
	])("selective risk %d at delta %d from three starts gives the reference's threshold", (target, delta, threshold) => {
		expect(choose("selective", target, delta, [4, 8, 12]).threshold).toBe(threshold);
	});

	it("joint risk has the reference's p-values, bounds and thresholds", () => {
		for (const [index, row] of worked["joint_alpha0.05_delta0.1"].rows.entries()) {
			const here = counts[index] ?? expect.fail();
			expect([here.rows, here.wrong]).toEqual([row.n, row.k]);
			expect(relativeError(pValue("joint", here, 0.05), row.p)).toBeLessThan(1e-9);
			expect(relativeError(upperBound("joint", here, 0.1), row.cp_upper)).toBeLessThan(1e-12);
		}
		expect(choose("joint", 0.05, 0.1, [0]).threshold).toBe(worked["joint_alpha0.05_delta0.1"].lambda_hat);
		expect(choose("joint", 0.1, 0.1, [0]).threshold).toBe(worked["joint_alpha0.1_delta0.1"].lambda_hat);
	});

	it("conformal risk control, in expectation only, gives the reference's thresholds", () => {
		const at = (target: number) => grid[conformalRiskControl(counts, target) ?? expect.fail()];
		expect(at(0.05)).toBe(worked["crc_joint_alpha0.05"].lambda_hat);
		expect(at(0.1)).toBe(worked["crc_joint_alpha0.1"].lambda_hat);
	});

	it("regret by betting has the reference's e-values, p-values and threshold", () => {
		for (const [index, row] of worked["regret_eps0.1_delta0.1_betting"].rows.entries()) {
			const here = counts[index] ?? expect.fail();
			expect(empiricalRisk("regret", here)).toBeCloseTo(row.mean_regret, 14);
			expect(relativeError(logRegretEValue(here, 0.1), row.logE)).toBeLessThan(1e-10);
			expect(relativeError(pValue("regret", here, 0.1), row.p)).toBeLessThan(1e-9);
		}
		expect(choose("regret", 0.1, 0.1, [0]).threshold).toBe(worked["regret_eps0.1_delta0.1_betting"].lambda_hat);
	});

	it("regret by Hoeffding-Bentkus has the reference's p-values and certifies nothing", () => {
		const pValues = counts.map((here) => hoeffdingBentkusPValue((empiricalRisk("regret", here) + 1) / 2, 300, 0.55));
		for (const [index, row] of worked["regret_eps0.1_delta0.1_HB"].rows.entries())
			expect(relativeError(pValues[index] ?? Number.NaN, row.p_hb)).toBeLessThan(1e-9);
		expect(fixedSequence(pValues, { delta: 0.1, starts: [0] }).chosen).toBe(
			worked["regret_eps0.1_delta0.1_HB"].lambda_hat,
		);
	});

	it("is counted the same one vector at a time", () => {
		expect(Array.from(grid, (threshold) => countVector(log, [threshold]))).toEqual(counts);
	});
});
