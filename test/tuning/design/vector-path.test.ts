import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callCosts } from "../../../src/tuning/design/call-costs.ts";
import { fittingFold } from "../../../src/tuning/design/fitting-fold.ts";
import { cascadeOf } from "../../../src/tuning/design/threshold-vectors.ts";
import { layVectorPath, type FittingRows } from "../../../src/tuning/design/vector-path.ts";
import type { CascadeLog } from "../../../src/tuning/log/cascade-log.ts";
import { countVector } from "../../../src/tuning/selection/count-acceptances.ts";
import type { RiskKind } from "../../../src/tuning/selection/risk.ts";
import { modelledLog, threeModels } from "./three-stage-log.ts";

function fittingRows(log: CascadeLog, risk: RiskKind): FittingRows {
	const rows = Int32Array.from({ length: log.rows }, (_, row) => row);
	return cascadeOf(fittingFold(log, rows, risk, callCosts(log, rows).columns).models);
}

function costOf(log: CascadeLog, thresholds: readonly number[]): number {
	let cost = 0;
	for (let row = 0; row < log.rows; row++) {
		const accepting = thresholds.findIndex(
			(threshold, stage) => (log.stages[stage]?.confidence[row] as number) >= threshold,
		);
		const asked = accepting < 0 ? log.stages.length : accepting + 1;
		for (const { costUsd } of log.stages.slice(0, asked)) cost += costUsd[row] as number;
	}
	return cost / log.rows;
}

const risks = fc.constantFrom<RiskKind>("selective", "joint", "regret");
const seeds = fc.nat(1_000);

describe("a path of threshold vectors", () => {
	it("says what each vector does on the rows it was laid on", () => {
		fc.assert(
			fc.property(risks, seeds, fc.integer({ min: 1, max: 60 }), (risk, seed, rows) => {
				const drawn = modelledLog(rows, threeModels, seed);
				// Rounded, so that most confidences tie, and some missing.
				const rounded = drawn.stages.map((stage) => ({
					...stage,
					confidence: stage.confidence.map((value, row) => (row % 7 === 3 ? Number.NaN : Math.round(value * 5) / 5)),
				}));
				const log = { ...drawn, stages: rounded };
				for (const point of layVectorPath(fittingRows(log, risk), { allowance: 0.1, levels: 7 })) {
					expect(point.counts).toEqual(countVector(log, point.thresholds));
					expect(point.cost).toBeCloseTo(costOf(log, point.thresholds), 9);
				}
			}),
			{ numRuns: 40 },
		);
	});

	it("begins by accepting nothing, loosens and never tightens, and each point costs less", () => {
		fc.assert(
			fc.property(risks, seeds, (risk, seed) => {
				const log = modelledLog(80, threeModels, seed);
				const points = layVectorPath(fittingRows(log, risk), { allowance: 0.1 });
				expect(points[0]?.thresholds).toEqual([2, 2]);
				for (const [index, point] of points.slice(1).entries()) {
					const before = points[index] as typeof point;
					expect(point.cost).toBeLessThan(before.cost);
					expect(point.counts.accepted).toBeGreaterThanOrEqual(before.counts.accepted);
					for (const [stage, threshold] of point.thresholds.entries())
						expect(threshold).toBeLessThanOrEqual(before.thresholds[stage] as number);
				}
			}),
			{ numRuns: 40 },
		);
	});

	it("ends where the first model answers everything it has a reading for", () => {
		const log = modelledLog(50, threeModels, 1);
		const confidence = (log.stages[0] as { confidence: Float64Array }).confidence.map((value, row) =>
			row < 5 ? Number.NaN : value,
		);
		const partly = {
			...log,
			stages: log.stages.with(0, { ...(log.stages[0] as CascadeLog["stages"][number]), confidence }),
		};
		const last = layVectorPath(fittingRows(partly, "joint"), { allowance: 0 }).at(-1);
		expect(last?.thresholds[0]).toBe(Math.min(...confidence.filter((value) => !Number.isNaN(value))));
		expect(last?.counts.accepted).toBe(50);
	});

	it("keeps few points, the first and the last among them", () => {
		const fitting = fittingRows(modelledLog(2_000, threeModels, 2), "selective");
		const all = layVectorPath(fitting, { allowance: 0.1, most: 10_000 });
		const few = layVectorPath(fitting, { allowance: 0.1, most: 10 });
		expect(all.length).toBeGreaterThan(40);
		expect(few.length).toBeLessThanOrEqual(12);
		expect([few[0], few.at(-1)]).toEqual([all[0], all.at(-1)]);
	});

	it("loosens the model whose confidence tells right from wrong before one whose confidence is chance", () => {
		const log = modelledLog(2_000, [{ model: "blind", skill: 0.5, cost: 1, insight: 0 }, ...threeModels.slice(1)], 3);
		const points = layVectorPath(fittingRows(log, "selective"), { allowance: 0.1 });
		const tenth = points.find(({ counts }) => counts.accepted >= 0.4 * counts.rows);
		expect(tenth?.thresholds[0]).toBe(2);
		expect(tenth?.thresholds[1]).toBeLessThan(1);
	});

	it("accepts equal confidences together", () => {
		const log = modelledLog(100, threeModels, 4);
		const confidence = (log.stages[0] as { confidence: Float64Array }).confidence.map((value) => (value > 0.5 ? 1 : 0));
		const tied = {
			...log,
			stages: log.stages.with(0, { ...(log.stages[0] as CascadeLog["stages"][number]), confidence }),
		};
		const thresholds = layVectorPath(fittingRows(tied, "joint"), { allowance: 0, most: 1_000 }).map(
			(point) => point.thresholds[0],
		);
		expect(new Set(thresholds)).toEqual(new Set([2, 1, 0]));
	});

	it("saves only calls of the last stage where only those are counted", () => {
		const fitting = fittingRows(modelledLog(500, threeModels, 5), "selective");
		const flat = (cost: number) => new Float64Array(500).fill(cost);
		const counted = {
			...fitting,
			stages: fitting.stages.map((stage) => ({ ...stage, cost: flat(0) })),
			final: { ...fitting.final, cost: flat(1) },
		};
		const points = layVectorPath(counted, { allowance: 0.1 });
		for (const { cost, counts } of points) expect(cost).toBeCloseTo(1 - counts.accepted / counts.rows, 12);
		expect(points.at(-1)?.cost).toBe(0);
	});
});
