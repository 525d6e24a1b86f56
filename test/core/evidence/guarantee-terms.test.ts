import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Guarantee } from "../../../src/core/evidence/guarantee.ts";
import { guaranteeTerms, propensityOf } from "../../../src/core/evidence/guarantee-terms.ts";
import { labellerName, type Labeller } from "../../../src/core/evidence/labeller.ts";
import { edgeStage, exampleCascade, originStage } from "../examples.ts";

const guarantee: Guarantee = { risk: "joint", targetRisk: 0.1, delta: 0.05, withoutCertificate: "escalate" };
const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

describe("what a ledger is told of a policy", () => {
	it("is the stage, its guarantee, the labeller's name and the chance of an audit", () => {
		const stages = [{ ...edgeStage, guarantee }, originStage];
		expect(guaranteeTerms(exampleCascade({ stages, labeller: { kind: "json" }, auditRate: 0.02 }))).toEqual({
			stage: "edge",
			guarantee,
			labeller: "json/1",
			auditPropensity: 20_000,
			retainTextHours: null,
		});
	});

	it("is nothing where the first stage has no guarantee", () => {
		expect(guaranteeTerms(exampleCascade())).toBeNull();
		expect(guaranteeTerms(exampleCascade({ stages: [edgeStage, { ...originStage, guarantee }] }))).toBeNull();
	});
});

describe("a chance in parts per million", () => {
	it("is whole, at least one part and at most all of them", () => {
		expect([0.001, 0.05, 0.29, 1].map(propensityOf)).toEqual([1_000, 50_000, 290_000, 1_000_000]);
		expect(propensityOf(0)).toBe(1);
		fc.assert(
			fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (chance) => {
				const parts = propensityOf(chance);
				expect(Number.isInteger(parts)).toBe(true);
				expect(parts).toBeGreaterThanOrEqual(1);
				expect(parts).toBeLessThanOrEqual(1_000_000);
			}),
		);
	});
});

describe("a labeller's name", () => {
	const judge = { kind: "judge", adapter: "openai", model: "m", origin: "main", price } as const;
	const LABELLERS: readonly Labeller[] = [
		{ kind: "exact" },
		{ kind: "normalised" },
		{ kind: "json" },
		{ kind: "tool-call" },
		{ kind: "label" },
		{ kind: "label", labels: ["a,b", "c"] },
		{ kind: "label", labels: ["a", "b,c"] },
		{ kind: "similarity", model: "m", least: 0.9, price },
		{ kind: "similarity", model: "m", least: 0.91, price },
		{ kind: "similarity", model: "n", least: 0.9, price },
		judge,
		{ ...judge, model: "n" },
		{ ...judge, origin: "other" },
		{ kind: "judge", adapter: "workers-ai", model: "m", price },
	];

	it("is another wherever a verdict may be, and has its version", () => {
		const names = LABELLERS.map(labellerName);
		expect(new Set(names).size).toBe(LABELLERS.length);
		for (const name of names) expect(name).toMatch(/^[a-z-]+\/1(?: |$)/u);
	});

	it("says nothing of what it costs", () => {
		const dearer = { inputUsdPerMillion: 100, outputUsdPerMillion: 200 };
		expect(labellerName({ ...judge, price: dearer })).toBe(labellerName(judge));
	});
});
