import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sumUsage, type UsageSum } from "../../../src/dashboard/usage/sum-usage.ts";
import { costAt, coverageAt, cutBin, readingsFrom } from "../../../src/dashboard/views/threshold/preview.ts";

const binsOf = (readings: readonly number[]) => {
	const all = Array<number>(20).fill(0);
	// As the usage counts them: the last bin is closed.
	for (const reading of readings) {
		const bin = Math.min(19, Math.floor(Math.round(reading * 1_000) / 50));
		all[bin] = (all[bin] ?? 0) + 1;
	}
	return all;
};

describe("how many binned readings are at or above a threshold", () => {
	const counts = Array.from({ length: 20 }, (_, bin) => bin + 1);

	it("is known exactly at an edge of the bins, whatever the arithmetic says of 0.15 times 20", () => {
		for (let edge = 0; edge < 20; edge++) {
			const expected = counts.slice(edge).reduce((sum, count) => sum + count, 0);
			expect(readingsFrom(counts, edge * 0.05)).toEqual({ low: expected, high: expected });
		}
		expect(cutBin(20, 0.15)).toBeNull();
	});

	it("is known to the bin that the threshold cuts through, and to the last bin at 1, which holds 1", () => {
		expect(cutBin(20, 0.86)).toBe(17);
		expect(readingsFrom(counts, 0.86)).toEqual({ low: 19 + 20, high: 18 + 19 + 20 });
		expect(readingsFrom(counts, 1)).toEqual({ low: 0, high: 20 });
	});

	it("holds the true number, of any readings and any threshold", () => {
		const thousandth = fc.integer({ min: 0, max: 1_000 }).map((whole) => whole / 1_000);
		fc.assert(
			fc.property(fc.array(thousandth), thousandth, (readings, threshold) => {
				const truth = readings.filter((reading) => reading >= threshold).length;
				const { low, high } = readingsFrom(binsOf(readings), threshold);
				expect(low).toBeLessThanOrEqual(truth);
				expect(high).toBeGreaterThanOrEqual(truth);
			}),
		);
	});

	it("is a share of nothing where there are no readings", () => {
		const none = Array<number>(20).fill(0);
		expect(coverageAt({ all: none, accepted: none }, 0.5)).toBeNull();
		expect(coverageAt({ all: counts, accepted: none }, 0)).toEqual({ low: 1, high: 1 });
	});
});

describe("what a request would cost at a threshold", () => {
	const half = Array.from({ length: 20 }, (_, bin) => (bin === 5 || bin === 15 ? 50 : 0));
	const bins = { all: half, accepted: half.map((count, bin) => (bin === 15 ? count : 0)) };
	/** 100 requests, all read; the small model costs 1, the large one 10; the 50 at 0.75 were accepted. */
	const sum: UsageSum = { ...sumUsage([]), requests: 100, costUsd: 600, savedUsd: 400, alwaysLastUsd: 1_000 };

	it("is what it did at the threshold that was in force, and a call of the last stage more or less beyond it", () => {
		expect(costAt(sum, bins, 0.5)).toEqual({ costUsd: { low: 6, high: 6 }, savedUsd: { low: 4, high: 4 } });
		expect(costAt(sum, bins, 0.9)?.costUsd).toEqual({ low: 11, high: 11 });
		expect(costAt(sum, bins, 0.9)?.savedUsd).toEqual({ low: -1, high: -1 });
		expect(costAt(sum, bins, 0.1)?.costUsd).toEqual({ low: 1, high: 1 });
	});

	it("goes by what was in fact accepted, so a period in which nothing was tells what accepting would cost", () => {
		const audition = { ...sum, costUsd: 1_100, savedUsd: -100 };
		const nothing = { all: half, accepted: half.map(() => 0) };
		expect(costAt(audition, nothing, 0.5)?.costUsd).toEqual({ low: 6, high: 6 });
	});

	it("is a range where the threshold cuts through a bin", () => {
		expect(costAt(sum, bins, 0.77)).toEqual({ costUsd: { low: 6, high: 11 }, savedUsd: { low: -1, high: 4 } });
	});

	it("leaves out requests whose cost is unknown, counts audits, and is never less than nothing", () => {
		expect(costAt({ ...sum, requests: 125, costUnknown: 25 }, bins, 0.9)?.costUsd.low).toBeCloseTo(6 + 50 / 12.5);
		expect(costAt({ ...sum, auditUsd: 100 }, bins, 0.5)?.costUsd.low).toBe(7);
		expect(costAt({ ...sum, costUsd: 100 }, bins, 0)?.costUsd).toEqual({ low: 0, high: 0 });
	});

	it("is not known without requests or prices", () => {
		expect(costAt(sumUsage([]), bins, 0.5)).toBeNull();
		expect(costAt({ ...sum, alwaysLastUsd: 0 }, bins, 0.5)).toBeNull();
		expect(costAt({ ...sum, costUnknown: 100 }, bins, 0.5)).toBeNull();
	});
});
