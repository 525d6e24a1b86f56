import { describe, expect, it } from "vitest";
import { expectedRisks } from "../../../src/tuning/design/expected-risk.ts";
import { twoStageLog } from "../two-stage-log.ts";

describe("the expected risk of an answer", () => {
	const log = twoStageLog({
		confidence: [0.9, 0.9, 0.7, 0.5, 0.3, Number.NaN],
		wrong: [0, 1, 0, 1, 1, 1],
		lastWrong: [0, 0, 0, 1, 0, 0],
	});

	it("is the share wrong by isotonic regression, equal confidences together, and the mean without a reading", () => {
		// 0.9 has 1 of 2 wrong and 0.7 has 0 of 1: pooled, 1 of 3.
		const [risk] = expectedRisks(log, "selective") as [Float64Array];
		const expected = [1 / 3, 1 / 3, 1 / 3, 1, 1, 4 / 6];
		for (const [row, value] of expected.entries()) expect(risk[row]).toBeCloseTo(value, 12);
		expect(expectedRisks(log, "joint")).toEqual([risk]);
	});

	it("is less the last stage's errors for regret", () => {
		const [risk] = expectedRisks(log, "regret") as [Float64Array];
		const pooled = 1 / 4;
		const expected = [pooled, pooled, pooled, pooled, 1, 3 / 6];
		for (const [row, value] of expected.entries()) expect(risk[row]).toBeCloseTo(value, 12);
	});

	it("has no column for the last stage", () => {
		expect(expectedRisks(log, "joint").length).toBe(1);
	});
});
