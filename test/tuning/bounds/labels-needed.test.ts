import { describe, expect, it } from "vitest";
import { binomialCdf } from "../../../src/tuning/bounds/binomial.ts";
import { labelsForPower, labelsNeeded } from "../../../src/tuning/bounds/labels-needed.ts";
import vectors from "../../fixtures/tuning-vectors-bounds.json" with { type: "json" };

describe("how many labels a certificate needs", () => {
	it.each(vectors.n_min_for_k_errors)("is the reference's for target $alpha at delta $delta", (vector) => {
		const { alpha: target, delta } = vector;
		const needed = [0, 1, 2, 5, 10].map((wrong) => labelsNeeded({ target, delta, wrong }));
		expect(needed).toEqual([vector.k0, vector.k1, vector.k2, vector.k5, vector.k10]);
	});

	it("is the least number that passes", () => {
		const needed = labelsNeeded({ target: 0.03, delta: 0.07, wrong: 40 });
		expect(binomialCdf(40, needed, 0.03)).toBeLessThanOrEqual(0.07);
		expect(binomialCdf(40, needed - 1, 0.03)).toBeGreaterThan(0.07);
	});

	it("is at least one more than the wrong ones", () => {
		expect(labelsNeeded({ target: 0.999, delta: 0.5, wrong: 0 })).toBe(1);
		expect(labelsNeeded({ target: 0.999, delta: 0.5, wrong: 3 })).toBe(4);
	});

	it.each(vectors.n_for_power80)(
		"succeeds four times in five as the reference says, at $true_risk for $alpha",
		(vector) => {
			const { alpha: target, delta, true_risk: trueRisk } = vector;
			expect(labelsForPower({ target, delta, trueRisk, power: 0.8 })).toBe(vector.n_accepted_labels);
			expect(labelsForPower({ target, delta, trueRisk })).toBe(vector.n_accepted_labels);
		},
	);

	it("is what a model without errors needs where the risk is 0", () => {
		expect(labelsForPower({ target: 0.05, delta: 0.1, trueRisk: 0 })).toBe(45);
	});

	it("grows with the power wanted", () => {
		const labels = [0.5, 0.8, 0.95].map(
			(power) => labelsForPower({ target: 0.1, delta: 0.1, trueRisk: 0.05, power }) ?? 0,
		);
		expect(labels).toEqual(labels.toSorted((left, right) => left - right));
		expect(new Set(labels).size).toBe(3);
	});

	it("is no number where the risk is not below the target, or hardly", () => {
		expect(labelsForPower({ target: 0.1, delta: 0.1, trueRisk: 0.1 })).toBeNull();
		expect(labelsForPower({ target: 0.1, delta: 0.1, trueRisk: 0.3 })).toBeNull();
		expect(labelsForPower({ target: 0.1, delta: 0.1, trueRisk: 0.1 - 1e-9 })).toBeNull();
	});

	it("refuses what are no proportions and no counts", () => {
		expect(() => labelsNeeded({ target: 0, delta: 0.1, wrong: 0 })).toThrow(RangeError);
		expect(() => labelsNeeded({ target: 0.1, delta: 1, wrong: 0 })).toThrow(RangeError);
		expect(() => labelsNeeded({ target: 0.1, delta: 0.1, wrong: -1 })).toThrow(RangeError);
		expect(() => labelsForPower({ target: 0.1, delta: 0.1, trueRisk: -0.1 })).toThrow(RangeError);
		expect(() => labelsForPower({ target: 0.1, delta: 0.1, trueRisk: 0.05, power: 1 })).toThrow(RangeError);
		expect(() => labelsForPower({ target: 1, delta: 0.1, trueRisk: 0.05 })).toThrow(RangeError);
	});
});
