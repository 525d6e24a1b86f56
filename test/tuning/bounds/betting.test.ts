import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logRegretEValue, regretEValue, regretUpperBound } from "../../../src/tuning/bounds/betting.ts";
import { hoeffdingBentkusPValue } from "../../../src/tuning/bounds/hoeffding-bentkus.ts";

const FRACTIONS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8];
const outcomes = fc.array(fc.constantFrom(-1, 0, 1), { maxLength: 60 });
const target = fc.double({ min: -0.5, max: 0.9, noNaN: true });

/** The definition: a product over rows, in the order in which they came. */
function eValueByProduct(regrets: readonly number[], risk: number): number {
	const wealth = FRACTIONS.map((fraction) =>
		regrets.reduce((product, regret) => product * (1 - (fraction / (1 - risk)) * (regret - risk)), 1),
	);
	return wealth.reduce((sum, value) => sum + value, 0) / wealth.length;
}

const countsOf = (regrets: readonly number[]) => ({
	rows: regrets.length,
	worse: regrets.filter((regret) => regret === 1).length,
	better: regrets.filter((regret) => regret === -1).length,
});

describe("the betting e-value of a regret", () => {
	it("is the mean of the gamblers' wealth, whatever the order of rows", () => {
		fc.assert(
			fc.property(outcomes, target, (regrets, risk) => {
				const expected = eValueByProduct(regrets, risk);
				expect(regretEValue(countsOf(regrets), risk) / expected).toBeCloseTo(1, 9);
			}),
		);
	});

	it("has a mean of 1 where the regret is exactly the target, so that 1/E is a p-value", () => {
		// Every outcome of three rows with P(1) = .3, P(−1) = .1.
		const chances = new Map([
			[-1, 0.1],
			[0, 0.6],
			[1, 0.3],
		]);
		let mean = 0;
		for (const [a, first] of chances)
			for (const [b, second] of chances)
				for (const [c, third] of chances) mean += first * second * third * regretEValue(countsOf([a, b, c]), 0.2);
		expect(mean).toBeCloseTo(1, 12);
	});

	it("certifies where Hoeffding-Bentkus on the rescaled regret does not", () => {
		const counts = { rows: 300, worse: 12, better: 2 };
		expect(1 / regretEValue(counts, 0.1)).toBeLessThan(0.1);
		expect(hoeffdingBentkusPValue((10 / 300 + 1) / 2, 300, (0.1 + 1) / 2)).toBeGreaterThan(0.1);
	});

	it("has a logarithm where it exceeds every double", () => {
		const counts = { rows: 1_000_000, worse: 0, better: 1_000 };
		expect(regretEValue(counts, 0.1)).toBe(Number.POSITIVE_INFINITY);
		expect(Number.isFinite(logRegretEValue(counts, 0.1))).toBe(true);
	});

	it("has no evidence where there is no row", () => {
		expect(regretEValue({ rows: 0, worse: 0, better: 0 }, 0.1)).toBe(1);
		expect(regretUpperBound({ rows: 0, worse: 0, better: 0 }, 0.1)).toBe(1);
	});

	it("is inverted by its upper bound", () => {
		fc.assert(
			fc.property(outcomes, fc.double({ min: 0.001, max: 0.5, noNaN: true }), (regrets, delta) => {
				const counts = countsOf(regrets);
				const bound = regretUpperBound(counts, delta);
				const mean = regrets.reduce((sum: number, regret) => sum + regret, 0) / Math.max(1, regrets.length);
				expect(bound).toBeGreaterThanOrEqual(mean);
				const [above, below] = [bound + 1e-9, bound - 1e-9];
				if (above < 1) expect(regretEValue(counts, above) * delta).toBeGreaterThanOrEqual(1);
				if (below > -1) expect(regretEValue(counts, below) * delta).toBeLessThan(1);
			}),
		);
	});

	it("can show that a cascade is better than its last stage alone", () => {
		expect(regretUpperBound({ rows: 1_000, worse: 0, better: 300 }, 0.1)).toBeLessThan(0);
	});

	it("refuses counts that disagree and targets that no regret has", () => {
		expect(() => regretEValue({ rows: 2, worse: 2, better: 1 }, 0.1)).toThrow(RangeError);
		expect(() => regretEValue({ rows: 2.5, worse: 0, better: 0 }, 0.1)).toThrow(RangeError);
		expect(() => regretEValue({ rows: 2, worse: -1, better: 0 }, 0.1)).toThrow(RangeError);
		expect(() => regretEValue({ rows: 2, worse: 0, better: 0 }, 1)).toThrow(RangeError);
		expect(() => regretEValue({ rows: 2, worse: 0, better: 0 }, -1)).toThrow(RangeError);
		expect(() => regretUpperBound({ rows: 2, worse: 0, better: 0 }, 0)).toThrow(RangeError);
	});
});
