import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { estimateLabels, isLabelsNeededCapped } from "../../../src/tuning/selection/estimate-labels.ts";
import { pValue } from "../../../src/tuning/selection/risk.ts";

describe("the estimate of how many labels are needed", () => {
	it("counts all labelled rows, of which the accepted ones are a share", () => {
		// 152 accepted labels at a true risk of 0.05 (algorithm's table); a quarter of the rows are accepted.
		const counts = { rows: 80, accepted: 20, wrong: 1, worse: 1, better: 0 };
		expect(estimateLabels(counts, { risk: "selective", target: 0.1, delta: 0.1 })).toBe(152 * 4);
	});

	it("is of all rows for joint risk, whatever is accepted", () => {
		const counts = { rows: 20, accepted: 5, wrong: 1, worse: 1, better: 0 };
		expect(estimateLabels(counts, { risk: "joint", target: 0.1, delta: 0.1 })).toBe(152);
	});

	it("is about right for regret: as many rows pass about four times in five", () => {
		const counts = { rows: 100, accepted: 60, wrong: 6, worse: 5, better: 2 };
		const needed = estimateLabels(counts, { risk: "regret", target: 0.1, delta: 0.1 }) ?? 0;
		const random = seededRandom(5);
		const passed = Array.from({ length: 2_000 }, () => {
			let [worse, better] = [0, 0];
			for (let row = 0; row < needed; row++) {
				const draw = random();
				if (draw < 0.05) worse++;
				else if (draw < 0.07) better++;
			}
			return pValue("regret", { ...counts, rows: needed, worse, better }, 0.1) <= 0.1;
		}).filter(Boolean).length;
		expect(passed / 2_000).toBeGreaterThan(0.75);
		expect(passed / 2_000).toBeLessThan(0.95);
	});

	it("is nothing where more labels are not what is missing, or nothing was accepted", () => {
		const level = { target: 0.1, delta: 0.1 } as const;
		const bad = { rows: 100, accepted: 50, wrong: 10, worse: 10, better: 0 };
		expect(estimateLabels(bad, { risk: "selective", ...level })).toBeNull();
		expect(estimateLabels(bad, { risk: "joint", ...level })).toBeNull();
		expect(estimateLabels(bad, { risk: "regret", ...level })).toBeNull();
		expect(estimateLabels({ ...bad, accepted: 0, wrong: 0 }, { risk: "selective", ...level })).toBeNull();
	});

	it("ends at a hundred times the rows at hand, where it only says that more are needed", () => {
		const level = { target: 0.1, delta: 0.1 } as const;
		const close = { rows: 1_000, accepted: 1_000, wrong: 99, worse: 99, better: 0 };
		for (const risk of ["selective", "joint", "regret"] as const) {
			expect(estimateLabels(close, { risk, ...level })).toBe(100_000);
			expect(isLabelsNeededCapped(100_000, 1_000)).toBe(true);
			const hardly = { rows: 10_000_000, accepted: 10_000_000, wrong: 999_999, worse: 999_999, better: 0 };
			expect(estimateLabels(hardly, { risk, ...level })).toBe(1e9);
		}
		expect(isLabelsNeededCapped(estimateLabels({ ...close, wrong: 50 }, { risk: "joint", ...level }) ?? 0, 1_000)).toBe(
			false,
		);
	});
});
