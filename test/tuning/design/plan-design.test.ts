import { describe, expect, it } from "vitest";
import { callCosts } from "../../../src/tuning/design/call-costs.ts";
import { fittingFold } from "../../../src/tuning/design/fitting-fold.ts";
import { planDesign, type PlanRequest } from "../../../src/tuning/design/plan-design.ts";
import type { CascadeLog } from "../../../src/tuning/log/cascade-log.ts";
import { countVector } from "../../../src/tuning/selection/count-acceptances.ts";
import { twoStageLog } from "../two-stage-log.ts";
import { modelledLog, threeModels } from "./three-stage-log.ts";

function foldOf(log: CascadeLog) {
	const rows = Int32Array.from({ length: log.rows }, (_, row) => row);
	return fittingFold(log, rows, "selective", callCosts(log, rows).columns);
}

/** A hundred rows of which the small model gets the first `wrong` wrong and the large one none. */
const hundred = (wrong: number) =>
	foldOf(
		twoStageLog({
			confidence: new Float64Array(100).fill(0.5),
			wrong: Array.from({ length: 100 }, (_, row) => (row < wrong ? 1 : 0)),
			small: { costUsd: new Float64Array(100).fill(1) },
			large: { costUsd: new Float64Array(100).fill(10) },
		}),
	);

const request: PlanRequest = {
	risk: "selective",
	target: 0.1,
	delta: 0.1,
	margin: 0.5,
	startCoverages: [0.2],
	allowance: 0.1,
	testedRows: 100,
};

describe("the plan of a design", () => {
	it("is a single model as it is, without thresholds", () => {
		expect(planDesign([0], hundred(0), request)).toEqual({
			design: [0],
			thresholds: [],
			cost: 1,
			qualityDifference: -0,
			counts: { rows: 100, accepted: 100, wrong: 0, worse: 0, better: 0 },
			path: { vectors: [[]], starts: [0] },
		});
	});

	it("is the reference at its own cost, which promises nothing", () => {
		const plan = planDesign([1], hundred(50), { ...request, margin: 0 });
		expect(plan).toMatchObject({ design: [1], thresholds: [], cost: 10, qualityDifference: -0 });
	});

	it("is none where passing the test would need luck: the same errors pass, as many as may well come do not", () => {
		// Of 100, 4 wrong have p = 0.024 and 7, which is 0.84 deviations more, have p = 0.206.
		expect(planDesign([0], hundred(4), request)).toBeNull();
		expect(planDesign([0], hundred(4), { ...request, testedRows: 300 })).not.toBeNull();
		expect(planDesign([0], hundred(1), request)).not.toBeNull();
	});

	it("is none where matching the quality would need luck", () => {
		const lax = { ...request, target: 0.5 };
		// 4 of 100 lost, give or take 0.84 · 0.0196.
		expect(planDesign([0], hundred(4), { ...lax, margin: 0.05 })).toBeNull();
		expect(planDesign([0], hundred(4), { ...lax, margin: 0.06 })).toMatchObject({ qualityDifference: -0.04 });
	});

	it("may begin with points that are too strict to be tested", () => {
		const log = modelledLog(300, threeModels, 1);
		const plan = planDesign([0, 2], foldOf(log), { ...request, testedRows: 300 });
		expect(plan?.path.starts[0]).toBeGreaterThan(0);
		const before = countVector(
			{ ...log, stages: [log.stages[0], log.stages[2]] as CascadeLog["stages"] },
			plan?.path.vectors[0] as readonly number[],
		);
		// So few accepted rows certify nothing even without an error.
		expect(0.9 ** before.accepted).toBeGreaterThan(request.delta);
		expect(plan?.path.vectors.at(-1)).toEqual(plan?.thresholds);
	});

	it("is looser where more quality may be lost", () => {
		const fold = foldOf(modelledLog(1_000, threeModels, 2));
		const lax = { ...request, target: 0.4, allowance: 0.4, testedRows: 1_000 };
		const [near, far] = [0.05, 0.15].map((margin) => planDesign([0, 1, 2], fold, { ...lax, margin }));
		expect(far?.cost).toBeLessThan(near?.cost as number);
		expect(near?.qualityDifference).toBeGreaterThan(-0.05);
		expect(far?.qualityDifference).toBeLessThan(-0.05);
	});

	it("counts what a last model that is not the reference answers", () => {
		const log = modelledLog(400, threeModels, 3);
		const plan = planDesign([0, 1], foldOf(log), {
			...request,
			target: 0.5,
		});
		expect(plan?.counts.accepted).toBe(400);
		expect(plan?.thresholds.length).toBe(1);
	});
});
