import { describe, expect, it } from "vitest";
import { conformalRiskControl } from "../../../src/tuning/selection/conformal-risk-control.ts";

const steps = [0, 3, 4, 9].map((wrong) => ({ rows: 99, accepted: 50, wrong, worse: 0, better: 0 }));

describe("conformal risk control", () => {
	it("chooses the loosest rule whose errors, and one more, stay within the target", () => {
		expect(conformalRiskControl(steps, 0.05)).toBe(2);
		expect(conformalRiskControl(steps, 0.049)).toBe(1);
		expect(conformalRiskControl(steps, 0.1)).toBe(3);
	});

	it("chooses nothing where even no error is too many, or there is nothing to choose", () => {
		expect(conformalRiskControl(steps, 0.009)).toBeNull();
		expect(conformalRiskControl([], 0.1)).toBeNull();
		expect(conformalRiskControl([{ rows: 0, accepted: 0, wrong: 0, worse: 0, better: 0 }], 0.5)).toBeNull();
	});

	it("refuses a target that is none", () => {
		expect(() => conformalRiskControl(steps, 0)).toThrow(RangeError);
		expect(() => conformalRiskControl(steps, 1)).toThrow(RangeError);
	});
});
