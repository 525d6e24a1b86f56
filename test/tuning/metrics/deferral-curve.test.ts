import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deferralCurve, pointAtEscalation, type DeferralCurve } from "../../../src/tuning/metrics/deferral-curve.ts";
import vectors from "../../fixtures/tuning-vectors-metrics.json" with { type: "json" };
import { expectClose } from "./close-to.ts";
import { logOfPairs, pairsOf, type Pair } from "./pairs.ts";

const { deferral } = vectors;
const reference = logOfPairs(pairsOf(deferral.conf, deferral.small_correct, deferral.large_correct));

const pair = fc.record({
	confidence: fc.oneof(fc.constantFrom(0, 0.25, 0.5, 1, Number.NaN), fc.double({ min: 0, max: 1, noNaN: true })),
	small: fc.boolean(),
	large: fc.boolean(),
});
const somePairs = fc.array(pair, { minLength: 1, maxLength: 40 });

function curveOf(pairs: readonly Pair[]): DeferralCurve {
	return deferralCurve(logOfPairs(pairs)) as DeferralCurve;
}

describe("the deferral curve", () => {
	it("is the reference's, in quality and in cost", () => {
		const curve = deferralCurve(reference) as DeferralCurve;
		expectClose(
			curve.points.flatMap(({ escalation, quality }) => [escalation, quality]),
			deferral.points_escalationrate_quality.flat(),
		);
		expectClose(
			curve.points.map(({ costUsd }) => costUsd as number),
			deferral.points_escalationrate_quality.map(([escalation]) => 1 + 20 * (escalation as number)),
		);
		expect(curve.costLargeUsd).toBe(20);
	});

	it("has the threshold of each point: what is under it escalates", () => {
		const { points } = curveOf([
			{ confidence: 0.9, small: true, large: true },
			{ confidence: 0.2, small: false, large: true },
			{ confidence: 0.5, small: true, large: false },
		]);
		expect(points.map(({ threshold }) => threshold)).toEqual([0.2, 0.5, 0.9, null]);
		expect(points.map(({ quality }) => quality)).toEqual([2 / 3, 1, 2 / 3, 2 / 3]);
		expect(points.map(({ selectiveRisk }) => selectiveRisk)).toEqual([1 - 2 / 3, 0, 0, null]);
	});

	it("never parts rows of equal confidence", () => {
		const { points } = curveOf([
			{ confidence: 0, small: false, large: true },
			{ confidence: 1, small: true, large: true },
			{ confidence: 0, small: true, large: false },
			{ confidence: -0, small: false, large: true },
		]);
		expect(points.map(({ escalation }) => escalation)).toEqual([0, 0.75, 1]);
		expect(points.map(({ threshold }) => threshold)).toEqual([0, 1, null]);
	});

	it("escalates rows without a reading before all others, and says that no threshold keeps them", () => {
		const { points, withoutReading } = curveOf([
			{ confidence: 0.1, small: true, large: true },
			{ confidence: Number.NaN, small: false, large: true },
		]);
		expect(withoutReading).toBe(1);
		expect(points).toMatchObject([
			{ escalation: 0, quality: 0.5, threshold: null },
			{ escalation: 0.5, quality: 1, threshold: 0.1 },
			{ escalation: 1, quality: 1, threshold: null },
		]);
	});

	it("has two points where no row has a reading", () => {
		const { points } = curveOf([{ confidence: Number.NaN, small: false, large: true }]);
		expect(points.map(({ escalation, threshold }) => [escalation, threshold])).toEqual([
			[0, null],
			[1, null],
		]);
	});

	it("leaves out rows that were never labelled, and is undefined where there are no others", () => {
		const labelled = { confidence: 0.4, small: true, large: true };
		const unlabelled = { confidence: 0.6, small: false, large: false, isUnlabelled: true };
		expect(curveOf([labelled, unlabelled])).toEqual(curveOf([labelled]));
		expect(deferralCurve(logOfPairs([unlabelled]))).toBeUndefined();
		expect(deferralCurve(logOfPairs([]))).toBeUndefined();
	});

	it("takes an unknown price at its model's mean and says so; without any known price a cost from there on is unknown", () => {
		const [known, unknown] = [
			{ confidence: 0.1, small: true, large: true },
			{ confidence: 0.2, small: true, large: true, costLarge: Number.NaN },
		];
		const { points, costLargeUsd, isCostEstimated } = curveOf([known, unknown]);
		expect(points.map(({ costUsd }) => costUsd)).toEqual([1, 11, 21]);
		expect([costLargeUsd, isCostEstimated]).toEqual([20, true]);
		expect(curveOf([known]).isCostEstimated).toBe(false);
		const none = curveOf([{ ...known, costLarge: Number.NaN }, unknown]);
		expect(none.points.map(({ costUsd }) => costUsd)).toEqual([1, null, null]);
		expect([none.costLargeUsd, none.isCostEstimated]).toEqual([null, false]);
	});

	it("counts shadowing, judging and a gate; behind a gate the small model is not paid twice", () => {
		const log = logOfPairs([
			{ confidence: 0.1, small: true, large: true },
			{ confidence: 0.2, small: true, large: true },
		]);
		const costs = { shadowRate: 0.5, judgeCostUsd: 4, gateCostUsd: 0.25 };
		const costsOf = (curve: DeferralCurve | undefined) => curve?.points.map(({ costUsd }) => costUsd);
		// small + π(large + judge) + gate where accepted, small + large + gate where escalated.
		expect(costsOf(deferralCurve(log, { costs }))).toEqual([13.25, (13.25 + 21.25) / 2, 21.25]);
		expect(costsOf(deferralCurve(log, { costs: { paysSmallWhenEscalated: false } }))).toEqual([1, 10.5, 20]);
	});

	it("can order by another score than the confidence", () => {
		const log = logOfPairs([
			{ confidence: 0.1, small: true, large: true },
			{ confidence: 0.2, small: false, large: true },
		]);
		const curve = deferralCurve(log, { score: Float64Array.of(7, 3) });
		expect(curve?.points[1]).toMatchObject({ quality: 1, threshold: 7 });
		expect(() => deferralCurve(log, { score: Float64Array.of(7) })).toThrow(RangeError);
	});

	it("is of two stages, neither more nor fewer", () => {
		const [small, large] = reference.stages;
		for (const stages of [[small], [small, large, large]])
			expect(() => deferralCurve({ ...reference, stages: stages.filter((stage) => stage !== undefined) })).toThrow(
				RangeError,
			);
	});

	it("begins at the small model's quality, ends at the large one's, and is a replay at each threshold", () => {
		fc.assert(
			fc.property(somePairs, (pairs) => {
				const { points, qualitySmall, qualityLarge } = curveOf(pairs);
				const shareOf = (isRight: (row: Pair) => boolean) => pairs.filter(isRight).length / pairs.length;
				expect(points[0]?.quality).toBe(shareOf(({ small }) => small));
				expect(points.at(-1)?.quality).toBe(shareOf(({ large }) => large));
				expect([qualitySmall, qualityLarge]).toEqual([points[0]?.quality, points.at(-1)?.quality]);
				for (const { threshold, quality, escalation } of points) {
					if (threshold === null) continue;
					const isAccepted = ({ confidence }: Pair) => confidence >= threshold;
					expect(escalation).toBe(shareOf((row) => !isAccepted(row)));
					expect(quality).toBe(shareOf((row) => (isAccepted(row) ? row.small : row.large)));
				}
			}),
		);
	});

	it("does not depend on the order of the rows", () => {
		fc.assert(
			fc.property(somePairs, (pairs) => {
				expect(curveOf(pairs.toReversed())).toEqual(curveOf(pairs));
			}),
		);
	});
});

describe("a curve at any escalation", () => {
	it("is its own point where it has one, and a straight line between", () => {
		const curve = deferralCurve(reference) as DeferralCurve;
		expect(pointAtEscalation(curve, 0.3)).toBe(curve.points[6]);
		expect(pointAtEscalation(curve, 0)).toBe(curve.points[0]);
		expect(pointAtEscalation(curve, 1)).toBe(curve.points[20]);
		const between = pointAtEscalation(curve, 0.28);
		expect(between.quality).toBeCloseTo(0.7 + 0.6 * 0.05, 14);
		expect(between.costUsd).toBeCloseTo(1 + 20 * 0.28, 12);
		expect(between.threshold).toBeNull();
	});

	it("has within a tie the risk of accepted rows drawn at random from it", () => {
		const curve = curveOf([
			{ confidence: 0.5, small: true, large: true },
			{ confidence: 0.5, small: false, large: true },
			{ confidence: 0.5, small: true, large: true },
			{ confidence: 0.5, small: false, large: true },
		]);
		expect(pointAtEscalation(curve, 0.5)).toMatchObject({ quality: 0.75, selectiveRisk: 0.5 });
	});

	it("refuses what is no share", () => {
		for (const escalation of [-0.1, 1.1, Number.NaN])
			expect(() => pointAtEscalation(deferralCurve(reference) as DeferralCurve, escalation)).toThrow(RangeError);
	});
});
