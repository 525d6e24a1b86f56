import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deferralCurve } from "../../../src/tuning/metrics/deferral-curve.ts";
import {
	heldOutMatchedQuality,
	matchedQuality,
	type MatchedQuality,
} from "../../../src/tuning/metrics/matched-quality.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import vectors from "../../fixtures/tuning-vectors-metrics.json" with { type: "json" };
import { expectClose } from "./close-to.ts";
import { logOfPairs, pairsOf, type Pair } from "./pairs.ts";

const { deferral } = vectors;
const reference = logOfPairs(pairsOf(deferral.conf, deferral.small_correct, deferral.large_correct));
const options = (margin: number, replicates = 200) => ({ margin, replicates, random: seededRandom(5) });

/** Confidence is the chance that the small model is right; the large one is right in nine of ten. */
function simulatedPairs(rows: number, seed: number): Pair[] {
	const random = seededRandom(seed);
	return Array.from({ length: rows }, () => {
		const confidence = random();
		return { confidence, small: random() < confidence, large: random() < 0.9 };
	});
}

describe("the saving at matched quality", () => {
	it("is the reference's", () => {
		const { min_escalation_reaching_q_large, cost, always_large_cost, saving } = deferral.savings_at_matched_quality;
		const matched = matchedQuality(reference, options(0)) as MatchedQuality;
		expectClose(matched.escalation, min_escalation_reaching_q_large);
		expectClose(matched.costUsd ?? undefined, cost);
		expectClose(matched.costLargeUsd ?? undefined, always_large_cost);
		expectClose(matched.saving ?? undefined, saving);
		expect(matched).toMatchObject({ choice: "in-sample", rows: 20, threshold: 0.84, qualityDifference: 0 });
	});

	it("takes a margin, to the row", () => {
		// Quality is 0.85 at 0.5, 0.9 at 0.65 and 0.95 at 0.8.
		expect([0.05, 0.0499, 0.1, 0.0999].map((margin) => matchedQuality(reference, options(margin))?.escalation)).toEqual(
			[0.65, 0.8, 0.5, 0.65],
		);
	});

	it("escalates nothing where the small model is as good", () => {
		const log = logOfPairs([{ confidence: 0.3, small: true, large: true }]);
		expect(matchedQuality(log, options(0))).toMatchObject({ escalation: 0, threshold: 0.3, saving: 0.95 });
	});

	it("still escalates rows without a reading, as the Worker does", () => {
		const log = logOfPairs([
			{ confidence: Number.NaN, small: true, large: true },
			{ confidence: 0.3, small: true, large: true },
		]);
		expect(matchedQuality(log, options(0))).toMatchObject({ escalation: 0.5, threshold: 0.3 });
	});

	it("is below nothing where everything has to escalate: the small model was paid for too", () => {
		const log = logOfPairs([{ confidence: 0.3, small: false, large: true }]);
		expect(matchedQuality(log, options(0))).toMatchObject({ escalation: 1, threshold: null, saving: 1 - 21 / 20 });
	});

	it("takes an unknown price at its model's mean, and is unknown where a model has no price; the quality is not", () => {
		const known = { confidence: 0.3, small: false, large: true };
		expect(
			matchedQuality(
				logOfPairs([known, { confidence: 0.5, small: true, large: true, costLarge: Number.NaN }]),
				options(0),
			),
		).toMatchObject({ costLargeUsd: 20, isCostEstimated: true });
		const log = logOfPairs([
			{ ...known, costLarge: Number.NaN },
			{ confidence: 0.5, small: true, large: true, costLarge: Number.NaN },
		]);
		const matched = matchedQuality(log, options(0));
		expect(matched).toMatchObject({ escalation: 0.5, quality: 1, costUsd: null, costLargeUsd: null, saving: null });
		expect(matched?.intervals.saving).toBeNull();
		expect(matched?.intervals.qualityDifference).toEqual({ lower: 0, upper: 0 });
	});

	it("is undefined without labelled rows and refuses what is no margin, level or number", () => {
		expect(matchedQuality(logOfPairs([]), options(0))).toBeUndefined();
		for (const wrong of [{ margin: -0.1 }, { margin: 1 }, { level: 1 }, { replicates: 0 }, { replicates: 1.5 }])
			expect(() => matchedQuality(reference, { ...options(0), ...wrong })).toThrow(RangeError);
	});

	it("is the first point of the curve that a threshold makes and that reaches the line", () => {
		const pair = fc.record({
			confidence: fc.constantFrom(0, 0.3, 0.5, 0.9, Number.NaN),
			small: fc.boolean(),
			large: fc.boolean(),
		});
		fc.assert(
			fc.property(fc.array(pair, { minLength: 1, maxLength: 30 }), fc.integer({ min: 0, max: 5 }), (pairs, tenths) => {
				const log = logOfPairs(pairs);
				const matched = matchedQuality(log, options(tenths / 10, 1));
				const curve = deferralCurve(log);
				const first = curve?.points.find(
					(point) =>
						(point.threshold !== null || point.escalation === 1) &&
						point.quality >= curve.qualityLarge - tenths / 10 - 1e-9,
				);
				expect(matched?.escalation).toBe(first?.escalation);
				expect(matched?.threshold).toBe(first?.threshold);
				expect(matched?.quality).toBeCloseTo(first?.quality as number, 12);
				expect(matched?.costUsd).toBeCloseTo(first?.costUsd as number, 12);
			}),
		);
	});
});

describe("the intervals", () => {
	it("are the same for the same draws and hold their estimate", () => {
		const log = logOfPairs(simulatedPairs(400, 1));
		const [first, again] = [matchedQuality(log, options(0.02)), matchedQuality(log, options(0.02))];
		expect(again).toEqual(first);
		const { qualityDifference, intervals, saving } = first as MatchedQuality;
		expect(intervals).toMatchObject({ level: 0.95, replicates: 200 });
		expect(intervals.qualityDifference.lower).toBeLessThan(qualityDifference);
		expect(intervals.qualityDifference.upper).toBeGreaterThan(qualityDifference);
		expect(intervals.saving?.lower).toBeLessThan(saving as number);
		expect(intervals.saving?.upper).toBeGreaterThan(saving as number);
	});

	it("of the difference have the width of a paired mean, to within sampling", () => {
		const pairs = simulatedPairs(2_000, 2);
		const matched = matchedQuality(logOfPairs(pairs), options(0.02, 2_000)) as MatchedQuality;
		const losses = pairs.map(({ confidence, small, large }) =>
			confidence >= (matched.threshold as number) ? Number(small) - Number(large) : 0,
		);
		const mean = losses.reduce((sum: number, loss) => sum + loss, 0) / losses.length;
		const variance = losses.reduce((sum: number, loss) => sum + (loss - mean) ** 2, 0) / losses.length;
		const { lower, upper } = matched.intervals.qualityDifference;
		const relativeWidth = (upper - lower) / (2 * 1.96 * Math.sqrt(variance / losses.length));
		expect(relativeWidth).toBeGreaterThan(0.93);
		expect(relativeWidth).toBeLessThan(1.07);
	});

	it("of the saving are wider where each resample chooses its threshold", () => {
		const log = logOfPairs(simulatedPairs(2_000, 3));
		const width = (matched: MatchedQuality | undefined) =>
			(matched?.intervals.saving?.upper ?? 0) - (matched?.intervals.saving?.lower ?? 0);
		expect(width(matchedQuality(log, options(0.02)))).toBeGreaterThan(width(heldOutMatchedQuality(log, options(0.02))));
	});

	it("resample whole groups", () => {
		const pairs = simulatedPairs(300, 4);
		const copies = Array.from({ length: 10 }, () => pairs).flat();
		const tenTimes = copies.map((pair, row) => ({ ...pair, group: row % pairs.length }));
		const width = (rows: readonly Pair[]) => {
			const { lower, upper } = (matchedQuality(logOfPairs(rows), options(0.02, 500)) as MatchedQuality).intervals
				.qualityDifference;
			return upper - lower;
		};
		// Ten copies of each row say no more than one, unless they are taken for independent.
		expect(width(tenTimes) / width(pairs)).toBeGreaterThan(0.85);
		expect(width(copies) / width(pairs)).toBeLessThan(0.45);
	});

	it("draw again where a resample of few rows is empty", () => {
		const matched = matchedQuality(reference, options(0)) as MatchedQuality;
		expect(Number.isFinite(matched.intervals.saving?.lower)).toBe(true);
		const one = matchedQuality(logOfPairs([{ confidence: 0.5, small: true, large: true }]), options(0));
		expect(one?.intervals.qualityDifference).toEqual({ lower: 0, upper: 0 });
	});
});

describe("the saving held out", () => {
	it("is measured on other rows than the threshold was chosen on", () => {
		const held = heldOutMatchedQuality(logOfPairs(simulatedPairs(400, 5)), { ...options(0.02), share: 0.25 });
		expect(held).toMatchObject({ choice: "held-out", rows: 300 });
	});

	it("misses the line about every other time, which the choosing rows never do", () => {
		const differences = Array.from({ length: 60 }, (_, seed) => {
			const log = logOfPairs(simulatedPairs(400, seed));
			const drawn = { margin: 0, replicates: 1, random: seededRandom(seed) };
			return [
				matchedQuality(log, drawn)?.qualityDifference,
				heldOutMatchedQuality(log, drawn)?.qualityDifference,
			] as const;
		});
		expect(differences.every(([chosen]) => (chosen ?? -1) >= 0)).toBe(true);
		const missed = differences.filter(([, held]) => (held ?? 0) < 0).length;
		expect(missed).toBeGreaterThan(15);
	});

	it("follows a score of the caller's into either half", () => {
		const pairs = simulatedPairs(200, 6);
		const log = logOfPairs(pairs.map((pair) => ({ ...pair, confidence: 0.5 })));
		const score = Float64Array.from(pairs, ({ confidence }) => confidence);
		expect(heldOutMatchedQuality(log, { ...options(0.02), score })).toEqual(
			heldOutMatchedQuality(logOfPairs(pairs), options(0.02)),
		);
	});

	it("is undefined where a half has no labelled row, and refuses what is no share", () => {
		expect(heldOutMatchedQuality(logOfPairs([]), options(0))).toBeUndefined();
		expect(heldOutMatchedQuality(logOfPairs(simulatedPairs(1, 1)), options(0))).toBeUndefined();
		expect(() => heldOutMatchedQuality(reference, { ...options(0), share: 1 })).toThrow(RangeError);
	});
});
