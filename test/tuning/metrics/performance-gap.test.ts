import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deferralCurve, pointAtEscalation, type DeferralCurve } from "../../../src/tuning/metrics/deferral-curve.ts";
import {
	areaUnder,
	areaUnderDeferralCurve,
	averagePerformanceGapRecovered,
	callPerformanceThreshold,
	oracleCurve,
	performanceGapRecovered,
	randomCurve,
} from "../../../src/tuning/metrics/performance-gap.ts";
import vectors from "../../fixtures/tuning-vectors-metrics.json" with { type: "json" };
import { expectClose } from "./close-to.ts";
import { logOfPairs, pairsOf, type Pair } from "./pairs.ts";

const { deferral } = vectors;
const log = logOfPairs(pairsOf(deferral.conf, deferral.small_correct, deferral.large_correct));
const reference = deferralCurve(log) as DeferralCurve;
const equallyGood = deferralCurve(
	logOfPairs([
		{ confidence: 0.1, small: false, large: true },
		{ confidence: 0.2, small: true, large: false },
	]),
) as DeferralCurve;

describe("measures of a deferral curve", () => {
	it("are the reference's", () => {
		expectClose(areaUnderDeferralCurve(reference), deferral.audc_trapezoid);
		expectClose(averagePerformanceGapRecovered(reference) as number, deferral.apgr);
		expectClose(callPerformanceThreshold(reference, 0.5) as number, deferral.cpt50_first_crossing);
		expectClose(callPerformanceThreshold(reference, 0.8) as number, deferral.cpt80_first_crossing);
	});

	it("recover nothing of the gap at the small model's quality and all of it at the large one's", () => {
		expect(performanceGapRecovered(reference, 0.55)).toBe(0);
		expect(performanceGapRecovered(reference, 0.95)).toBe(1);
		expect(performanceGapRecovered(reference, 0.35)).toBeCloseTo(-0.5, 14);
	});

	it("say that there is no gap where the large model is not better", () => {
		expect(performanceGapRecovered(equallyGood, 0.5)).toBe("no-gap");
		expect(averagePerformanceGapRecovered(equallyGood)).toBe("no-gap");
		expect(callPerformanceThreshold(equallyGood, 0.5)).toBe("no-gap");
	});

	it("take the first crossing of a curve that falls again", () => {
		// Quality by escalation: 1/4, 2/4, 1/4, 2/4, 3/4.
		const curve = deferralCurve(
			logOfPairs([
				{ confidence: 0.1, small: false, large: true },
				{ confidence: 0.2, small: true, large: false },
				{ confidence: 0.3, small: false, large: true },
				{ confidence: 0.4, small: false, large: true },
			]),
		) as DeferralCurve;
		expect(callPerformanceThreshold(curve, 0.5)).toBe(0.25);
		expect(callPerformanceThreshold(curve, 0.25)).toBe(0.125);
		expect(callPerformanceThreshold(curve, 0)).toBe(0);
		expect(callPerformanceThreshold(curve, 1)).toBe(1);
		expect(() => callPerformanceThreshold(curve, 1.01)).toThrow(RangeError);
	});

	it("take the whole gap where the sum of its parts is rounded above the large model's quality", () => {
		// 1/9 + (6/9 − 1/9) is 0.6666666666666667, and 6/9 is less; the last row gains nothing.
		const rows = Array.from({ length: 9 }, (_, row) => ({
			confidence: row / 10,
			small: row === 8,
			large: row < 5 || row === 8,
		}));
		expect(callPerformanceThreshold(deferralCurve(logOfPairs(rows)) as DeferralCurve, 1)).toBe(5 / 9);
	});

	it("give escalation at random half of the gap", () => {
		const area = areaUnder(randomCurve(reference));
		expect(performanceGapRecovered(reference, area)).toBeCloseTo(0.5, 14);
	});
});

describe("the oracle's curve", () => {
	it("escalates first what only the large model knows, last what only the small one does", () => {
		const rows = [
			{ confidence: 0.9, small: false, large: true },
			{ confidence: 0.1, small: true, large: false },
			{ confidence: 0.5, small: true, large: true },
			{ confidence: 0.5, small: false, large: true },
			{ confidence: 0.5, small: false, large: false },
		];
		expect(oracleCurve(logOfPairs(rows))).toEqual([
			{ escalation: 0, quality: 0.4 },
			{ escalation: 0.4, quality: 0.8 },
			{ escalation: 0.8, quality: 0.8 },
			{ escalation: 1, quality: 0.6 },
		]);
		expect(oracleCurve(logOfPairs([]))).toBeUndefined();
	});

	it("lies on or above every order's curve", () => {
		const pair = fc.record({
			confidence: fc.double({ min: 0, max: 1, noNaN: true }),
			small: fc.boolean(),
			large: fc.boolean(),
		});
		fc.assert(
			fc.property(fc.array(pair, { minLength: 1, maxLength: 30 }), (pairs: readonly Pair[]) => {
				const curve = deferralCurve(logOfPairs(pairs)) as DeferralCurve;
				const oracle = oracleCurve(logOfPairs(pairs)) ?? [];
				const asCurve = {
					...curve,
					points: oracle.map((point) => ({ ...curve.points[0], ...point })),
				} as DeferralCurve;
				for (const { escalation, quality } of curve.points)
					expect(pointAtEscalation(asCurve, escalation).quality).toBeGreaterThanOrEqual(quality - 1e-12);
			}),
		);
	});
});
