import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areaUnderRoc } from "../../../src/tuning/metrics/ranking.ts";
import { riskCoverage, selectiveRiskByRank } from "../../../src/tuning/metrics/risk-coverage.ts";
import vectors from "../../fixtures/tuning-vectors-metrics.json" with { type: "json" };
import { expectClose } from "./close-to.ts";

const { ranking, calibration_metrics: rows } = vectors;
const wrong = rows.correct.map((verdict) => 1 - verdict);

describe("risk along coverage", () => {
	it("has the reference's areas and its risk at every rank", () => {
		const measured = riskCoverage(rows.conf, wrong);
		expectClose(measured?.area, ranking.aurc);
		expectClose(measured?.oracleArea, ranking.aurc_oracle);
		expectClose(measured?.excessArea, ranking.e_aurc);
		expectClose(selectiveRiskByRank(rows.conf, wrong), ranking.selective_risk_by_k);
		expectClose(areaUnderRoc(rows.conf, rows.correct), ranking.auroc);
		const { c, y, auroc } = ranking.auroc_ties_example;
		expectClose(areaUnderRoc(c, y), auroc);
	});

	it("has a point for each threshold, rows without a reading last and with none", () => {
		expect(riskCoverage([0.5, Number.NaN, 0.9, 0.5], [1, 1, 0, 0])?.points).toEqual([
			{ threshold: 0.9, accepted: 1, wrong: 0, coverage: 0.25, selectiveRisk: 0 },
			{ threshold: 0.5, accepted: 3, wrong: 1, coverage: 0.75, selectiveRisk: 1 / 3 },
			{ threshold: null, accepted: 4, wrong: 2, coverage: 1, selectiveRisk: 0.5 },
		]);
	});

	it("takes within a tie what is expected of a random order", () => {
		// One wrong in two: among the first it is expected half.
		expect([...selectiveRiskByRank([0.5, 0.5], [1, 0])]).toEqual([0.5, 0.5]);
		expect([...selectiveRiskByRank([0.9, 0.5, 0.5], [0, 1, 0])]).toEqual([0, 0.25, 1 / 3]);
	});

	it("is undefined for no rows, and refuses columns of different lengths", () => {
		expect(riskCoverage([], [])).toBeUndefined();
		expect(() => riskCoverage([0.5], [])).toThrow(RangeError);
	});

	it("wastes nothing where every right answer is above every wrong one", () => {
		expect(riskCoverage([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1])?.excessArea).toBeCloseTo(0, 15);
	});

	it("is never better than the oracle and does not depend on the order of the rows", () => {
		const row = fc.tuple(fc.constantFrom(0, 0.2, 0.5, 0.7, 1, Number.NaN), fc.constantFrom(0, 1));
		fc.assert(
			fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), (given) => {
				const measure = (list: typeof given) =>
					riskCoverage(
						list.map(([score]) => score),
						list.map(([, verdict]) => verdict),
					);
				const measured = measure(given);
				expect(measured?.excessArea).toBeGreaterThanOrEqual(-1e-12);
				expect(measure(given.toReversed())).toEqual(measured);
				expect(measured?.points.at(-1)?.coverage).toBe(1);
			}),
		);
	});
});
