import { describe, expect, it } from "vitest";
import { memoryTrend, quantile } from "../../../tools/soak/memory.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";

/** Ten minutes, sampled every five seconds. */
const run = (mbAt: (minute: number) => number) =>
	Array.from({ length: 121 }, (_, index) => ({ minute: index / 12, mb: mbAt(index / 12) }));

describe("the trend of memory", () => {
	it("leaves the warm-up of the first quarter out of growth and slope", () => {
		const trend = memoryTrend(run((minute) => (minute < 2.5 ? 100 + 80 * minute : 300)));
		expect(trend?.quarters.slice(1)).toEqual([300, 300, 300]);
		expect(trend?.growth).toBe(0);
		expect(trend?.slope.estimate).toBeCloseTo(0);
	});

	it("is the slope of memory that grows without noise", () => {
		const trend = memoryTrend(run((minute) => 200 + 10 * minute));
		expect(trend?.slope.estimate).toBeCloseTo(10);
		expect(trend?.growth).toBeCloseTo(50 / (200 + 10 * 3.75), 1);
	});

	it("covers the slope of noisy memory in about 95 of 100 runs, also where neighbours are alike", () => {
		const random = seededRandom(1);
		let covered = 0;
		for (let trial = 0; trial < 300; trial++) {
			let wander = 0;
			const { slope } = memoryTrend(run((minute) => 300 + 2 * minute + (wander = 0.6 * wander + random() - 0.5))) ?? {};
			if (slope !== undefined && slope.lower <= 2 && slope.upper >= 2) covered += 1;
		}
		expect(covered / 300).toBeGreaterThan(0.88);
		expect(covered / 300).toBeLessThanOrEqual(1);
	});

	it("is none of a run that is too short, or of a system that does not say", () => {
		expect(memoryTrend([{ minute: 0, mb: 1 }])).toBeNull();
		expect(memoryTrend(run(() => Number.NaN))).toBeNull();
	});
});

describe("a quantile", () => {
	it("is interpolated between neighbours", () => {
		expect([quantile([4, 1, 3, 2], 0.5), quantile([1, 2], 0.99), quantile([7], 0.99)]).toEqual([2.5, 1.99, 7]);
		expect(quantile([], 0.5)).toBeNaN();
	});
});
