import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clopperPearsonLower } from "../../../src/tuning/bounds/clopper-pearson.ts";
import {
	addToMeanSequence,
	createMeanSequence,
	meanInterval,
} from "../../../src/tuning/evidence/empirical-bernstein.ts";
import { logWealth } from "../../../src/tuning/evidence/log-wealth.ts";
import { anytimeLowerBound, estimateConstantRisk, estimateRisk } from "../../../src/tuning/evidence/risk-estimate.ts";
import { arbitraryCount, epochRecord, evidenceCount, FOUR_THRESHOLDS, phaseRecord, THREE_PHASES } from "./examples.ts";

describe("the estimate of a candidate's risk", () => {
	const phases = [phaseRecord({ deployed: 0, auditPropensity: 50_000 })];
	// 1,000 accepted rows with a risk of 4%, 500 escalated ones with 30%.
	const counts = [
		evidenceCount({ propensity: 50_000, n: 50, wrong: 2, unlabelled: 950 }),
		evidenceCount({ cell: 1, n: 500, wrong: 150 }),
	];

	it("weighs each label by the inverse of its chance, which pooling does not", () => {
		const risk = estimateRisk({ counts, phases, epoch: epochRecord(), candidate: 1, delta: 0.1 });
		expect(risk?.estimate).toBeCloseTo((40 + 150) / 1_500, 12);
		expect(risk).toMatchObject({ labels: 550, wrong: 152 });
		expect(152 / 550).toBeGreaterThan(0.27);
	});

	it("of a joint risk is a share of all rows", () => {
		const epoch = epochRecord({ risk: "joint" });
		const strict = estimateRisk({ counts, phases, epoch, candidate: 0, delta: 0.1 });
		expect(strict?.estimate).toBeCloseTo(40 / 1_500, 12);
		expect(strict).toMatchObject({ labels: 50, wrong: 2 });
	});

	it("lies within its interval, which narrows with evidence and widens with confidence", () => {
		const evidence = { phases: THREE_PHASES, candidate: 3 };
		fc.assert(
			fc.property(
				fc.array(arbitraryCount, { minLength: 1, maxLength: 12 }),
				fc.constantFrom("selective", "joint" as const),
				(table, risk) => {
					const epoch = epochRecord({ risk, path: FOUR_THRESHOLDS });
					const found = estimateRisk({ ...evidence, counts: table, epoch, delta: 0.1 });
					if (found === null) return;
					const surer = estimateRisk({ ...evidence, counts: table, epoch, delta: 0.01 });
					expect(found.lower).toBeGreaterThanOrEqual(0);
					expect(found.upper).toBeLessThanOrEqual(1);
					expect(surer?.lower).toBeLessThanOrEqual(found.lower);
					expect(surer?.upper).toBeGreaterThanOrEqual(found.upper);
					// Of many phases the bets, not the weights, say what lies inside; of one, both agree.
					expect(found.lower).toBeLessThanOrEqual(found.upper);
				},
			),
			{ numRuns: 30 },
		);
		const epoch = epochRecord();
		const found = estimateRisk({ counts, phases, epoch, candidate: 1, delta: 0.1 });
		expect(found?.lower).toBeLessThan(found?.estimate ?? 0);
		expect(found?.upper).toBeGreaterThan(found?.estimate ?? 1);
	});

	it("has an upper bound below the target exactly where that is certified at half of delta", () => {
		const table = [evidenceCount({ n: 80, wrong: 2 })];
		const evidence = { counts: table, phases: [phaseRecord()], candidate: 0 };
		const upper = estimateRisk({ ...evidence, epoch: epochRecord(), delta: 0.1 })?.upper ?? Number.NaN;
		const at = (targetRisk: number) => logWealth({ ...evidence, epoch: epochRecord({ targetRisk }) });
		expect(at(upper)).toBeGreaterThanOrEqual(-Math.log(0.05));
		expect(at(upper * 0.999)).toBeLessThan(-Math.log(0.05));
	});

	it("is none without labels in the region", () => {
		const beyond = [evidenceCount({ cell: 1, n: 9 }), evidenceCount({ epoch: 2, n: 9 })];
		const input = { counts: beyond, phases: [phaseRecord()], epoch: epochRecord(), candidate: 0, delta: 0.1 };
		expect(estimateRisk(input)).toBe(null);
	});
});

describe("the risk of labels that all had one chance", () => {
	it("lies within bounds that hold at all times, wider than those of one time", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 2_000 }).chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n))),
				([wrong, n]) => {
					const { estimate, lower, upper } = estimateConstantRisk(wrong, n, 0.1);
					expect(lower).toBeLessThanOrEqual(estimate);
					expect(upper).toBeGreaterThanOrEqual(estimate);
					expect(lower).toBeLessThanOrEqual(clopperPearsonLower(wrong, n, 0.05) + 1e-12);
				},
			),
		);
		expect(estimateConstantRisk(0, 50, 0.1).lower).toBe(0);
		expect(estimateConstantRisk(100, 100, 0.1).lower).toBeGreaterThan(0.9);
	});

	it("is refused of what are no counts", () => {
		expect(() => anytimeLowerBound(3, 2, 0.1)).toThrow(RangeError);
		expect(() => anytimeLowerBound(1, 2, 1)).toThrow(RangeError);
	});
});

describe("a mean followed in order", () => {
	it("is unknown before the first observation, and refuses what is no share", () => {
		const sequence = createMeanSequence(0.1);
		expect(meanInterval(sequence)).toBe(null);
		expect(() => addToMeanSequence(sequence, 1.1)).toThrow(RangeError);
		expect(() => createMeanSequence(2)).toThrow(RangeError);
	});

	it("survives JSON, and looks the same from both sides", () => {
		let [sequence, mirrored] = [createMeanSequence(0.1), createMeanSequence(0.1)];
		for (let index = 0; index < 200; index++) {
			sequence = JSON.parse(JSON.stringify(addToMeanSequence(sequence, index % 7 === 0 ? 1 : 0)));
			mirrored = addToMeanSequence(mirrored, index % 7 === 0 ? 0 : 1);
		}
		const [interval, mirror] = [meanInterval(sequence), meanInterval(mirrored)];
		expect(interval?.lower).toBeCloseTo(1 - (mirror?.upper ?? 0), 12);
		expect(interval?.upper).toBeCloseTo(1 - (mirror?.lower ?? 0), 12);
	});
});
