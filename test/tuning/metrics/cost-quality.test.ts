import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	averageImprovementInQuality,
	costQualityHull,
	incrementalBenefit,
	type CostQualityPoint,
} from "../../../src/tuning/metrics/cost-quality.ts";
import vectors from "../../fixtures/tuning-vectors-metrics.json" with { type: "json" };
import { expectClose } from "./close-to.ts";

const { deferral } = vectors;
const points = deferral.points_escalationrate_quality.map(([escalation, quality]) => ({
	costUsd: 1 + 20 * (escalation as number),
	quality: quality as number,
}));
const hull = costQualityHull(points);
const corners = (given: readonly CostQualityPoint[]) => given.map(({ costUsd, quality }) => [costUsd, quality]);

describe("the hull of cost and quality", () => {
	it("is the reference's", () => {
		expectClose(corners(hull).flat(), deferral.hull.flat());
	});

	it("never falls: what is dearer and worse is no corner", () => {
		const given = [
			{ costUsd: 1, quality: 0.5 },
			{ costUsd: 2, quality: 0.9 },
			{ costUsd: 4, quality: 0.6 },
		];
		expect(corners(costQualityHull(given))).toEqual([
			[1, 0.5],
			[2, 0.9],
			[4, 0.9],
		]);
	});

	it("takes the best of points that cost the same, first, last and in the middle", () => {
		const given = [1, 2, 3].flatMap((costUsd) =>
			[20, 60, 30].map((quality) => ({ costUsd, quality: quality + 10 * costUsd })),
		);
		expect(corners(costQualityHull(given))).toEqual([
			[1, 70],
			[3, 90],
		]);
	});

	it("is the point itself for one point, and nothing for none", () => {
		expect(costQualityHull([{ costUsd: 2, quality: 0.4 }])).toEqual([{ costUsd: 2, quality: 0.4 }]);
		expect(costQualityHull([])).toEqual([]);
	});

	it("lies on or above every point, is concave and never falls, in whatever order the points come", () => {
		const point = fc.record({ costUsd: fc.integer({ min: 0, max: 20 }), quality: fc.integer({ min: 0, max: 20 }) });
		fc.assert(
			fc.property(fc.array(point, { minLength: 1, maxLength: 30 }), (given) => {
				const made = costQualityHull(given);
				expect(costQualityHull(given.toReversed())).toEqual(made);
				for (const { costUsd, quality } of given) {
					const above = made.findIndex((corner) => corner.costUsd >= costUsd);
					const to = made[above] as CostQualityPoint;
					const from = made[above - 1] ?? to;
					const width = to.costUsd - from.costUsd;
					const share = width === 0 ? 1 : (costUsd - from.costUsd) / width;
					expect(from.quality + share * (to.quality - from.quality)).toBeGreaterThanOrEqual(quality - 1e-9);
				}
				const slopes = made.slice(1).map((to, index) => {
					const from = made[index] as CostQualityPoint;
					return (to.quality - from.quality) / (to.costUsd - from.costUsd);
				});
				for (const [index, slope] of slopes.entries()) {
					expect(slope).toBeGreaterThanOrEqual(0);
					expect(slope).toBeLessThan(slopes[index - 1] ?? Infinity);
				}
			}),
		);
	});
});

describe("the average improvement in quality", () => {
	it("is the reference's by either convention", () => {
		const measured = averageImprovementInQuality(hull);
		expectClose(measured?.overCostRange, deferral.aiq_paper_norm);
		expectClose(measured?.overHighestCost, deferral.aiq_code_norm_div_maxcost);
	});

	it("is undefined where nothing costs more than anything else", () => {
		expect(averageImprovementInQuality([])).toBeUndefined();
		expect(averageImprovementInQuality([{ costUsd: 2, quality: 0.4 }])).toBeUndefined();
	});
});

describe("the incremental benefit per cost", () => {
	const small = { costUsd: 1, quality: 0.55 };
	const large = { costUsd: 20, quality: 0.95 };

	it("is the reference's", () => {
		const { ibc_m, ibc_base, delta_pct } = deferral.ibc["at_escalation_0.3"];
		const measured = incrementalBenefit({ costUsd: 7, quality: 0.75 }, small, large);
		expectClose(measured?.perDollar, ibc_m);
		expectClose(measured?.ofLarge, ibc_base);
		expectClose(measured?.liftPercent, delta_pct);
	});

	it("is undefined without a price or a gain to compare with", () => {
		expect(incrementalBenefit(small, small, large)).toBeUndefined();
		expect(incrementalBenefit({ costUsd: 7, quality: 0.75 }, small, { ...large, costUsd: 1 })).toBeUndefined();
		expect(incrementalBenefit({ costUsd: 7, quality: 0.75 }, small, { ...large, quality: 0.55 })).toBeUndefined();
	});
});
