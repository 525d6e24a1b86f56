import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeTables, type EvidenceCount, type PhaseRecord } from "../../../src/tuning/evidence/evidence-table.ts";
import {
	logWealth,
	logWealthAbove,
	logWealthPerFraction,
	logWealths,
} from "../../../src/tuning/evidence/log-wealth.ts";
import { arbitraryCount, epochRecord, evidenceCount, FOUR_THRESHOLDS, phaseRecord, THREE_PHASES } from "./examples.ts";
import { sequenceWealth, type SequenceRow } from "./sequence-wealth.ts";

const risks = fc.constantFrom("selective", "joint" as const);
const tables = fc.array(arbitraryCount, { maxLength: 20 });

/** Least propensity of a phase in the region of a candidate. */
function floorIn(
	{ deployed, auditPropensity, escalatedPropensity = 1_000_000 }: PhaseRecord,
	candidate: number,
): number {
	if (deployed === null) return escalatedPropensity / 1e6;
	if (candidate <= deployed) return auditPropensity / 1e6;
	return Math.min(auditPropensity, escalatedPropensity) / 1e6;
}

/** The requests that a table counts, in some order. */
function rowsOf(counts: readonly EvidenceCount[], candidate: number): SequenceRow[] {
	return counts.flatMap(({ phase, cell, propensity, n, wrong, unlabelled }) =>
		Array.from({ length: n + unlabelled }, (_, index) => ({
			inside: cell <= candidate,
			labelled: index < n,
			propensity: propensity / 1e6,
			wrong: index < wrong,
			floor: floorIn(THREE_PHASES[phase - 1] as PhaseRecord, candidate),
		})),
	);
}

describe("the wealth of a candidate", () => {
	it("is, from counts, what the bets win request by request", () => {
		fc.assert(
			fc.property(tables, risks, fc.integer({ min: 0, max: 3 }), (counts, risk, candidate) => {
				const epoch = epochRecord({ risk, path: FOUR_THRESHOLDS });
				const sequence = sequenceWealth(rowsOf(counts, candidate), { risk, target: 0.1, floor: 1 });
				expect(logWealth({ counts, phases: THREE_PHASES, epoch, candidate })).toBeCloseTo(sequence, 8);
			}),
		);
	});

	it("is that of the merged table of all shards", () => {
		fc.assert(
			fc.property(fc.array(tables, { maxLength: 4 }), risks, (shards, risk) => {
				const epoch = epochRecord({ risk, path: FOUR_THRESHOLDS });
				const merged = logWealths({ counts: mergeTables(shards), phases: THREE_PHASES, epoch });
				const whole = logWealths({ counts: shards.flat().toReversed(), phases: THREE_PHASES, epoch });
				for (const [candidate, log] of merged.entries()) expect(log).toBeCloseTo(whole[candidate] ?? Number.NaN, 9);
			}),
		);
	});

	it("sees no rows beyond its region, and of other epochs none", () => {
		const epoch = epochRecord();
		const phases = [phaseRecord(), phaseRecord({ epoch: 2 })];
		const inside = evidenceCount({ n: 30 });
		const beyond = evidenceCount({ cell: 1, n: 30, wrong: 30 });
		const unread = evidenceCount({ cell: 2, n: 30, wrong: 30 });
		const other = evidenceCount({ epoch: 2, n: 30, wrong: 30 });
		const alone = logWealth({ counts: [inside], phases, epoch, candidate: 0 });
		expect(logWealth({ counts: [inside, beyond, unread, other], phases, epoch, candidate: 0 })).toBe(alone);
		expect(alone).toBeGreaterThan(0);
	});

	it("of a selective risk does not heed rows without a label; a joint risk's grows with them", () => {
		const phases = [phaseRecord({ deployed: 0, auditPropensity: 100_000 })];
		const count = evidenceCount({ propensity: 100_000, n: 10, wrong: 1 });
		const with100 = { ...count, unlabelled: 100 };
		const wealth = (counts: EvidenceCount[], risk: "selective" | "joint") =>
			logWealth({ counts, phases, epoch: epochRecord({ risk }), candidate: 0 });
		expect(wealth([with100], "selective")).toBe(wealth([count], "selective"));
		expect(wealth([with100], "joint")).toBeGreaterThan(wealth([count], "joint"));
	});

	it("falls with each wrong answer, and rises with each right one", () => {
		fc.assert(
			fc.property(tables, arbitraryCount, risks, (counts, more, risk) => {
				const evidence = { phases: THREE_PHASES, epoch: epochRecord({ risk, path: FOUR_THRESHOLDS }), candidate: 3 };
				const inside = { ...more, cell: Math.min(more.cell, 3), n: 1, unlabelled: 0, propensity: 1_000_000 };
				const before = logWealth({ ...evidence, counts });
				expect(logWealth({ ...evidence, counts: [...counts, { ...inside, wrong: 1 }] })).toBeLessThan(before);
				expect(logWealth({ ...evidence, counts: [...counts, { ...inside, wrong: 0 }] })).toBeGreaterThan(before);
			}),
		);
	});

	it("grows with the target, and the evidence against a small risk falls", () => {
		fc.assert(
			fc.property(tables, risks, fc.double({ min: 0.01, max: 0.9, noNaN: true }), (counts, risk, target) => {
				const evidence = { counts, phases: THREE_PHASES, candidate: 2 };
				const lower = epochRecord({ risk, path: FOUR_THRESHOLDS, targetRisk: target });
				const higher = { ...lower, targetRisk: target * 1.05 };
				const slack = 1e-9;
				expect(logWealth({ ...evidence, epoch: higher })).toBeGreaterThanOrEqual(
					logWealth({ ...evidence, epoch: lower }) - slack,
				);
				expect(logWealthAbove({ ...evidence, epoch: higher })).toBeLessThanOrEqual(
					logWealthAbove({ ...evidence, epoch: lower }) + slack,
				);
			}),
		);
	});

	it("is nothing without evidence, and each bet's is apart", () => {
		const evidence = { counts: [], phases: [phaseRecord()], epoch: epochRecord(), candidate: 1 };
		expect(logWealth(evidence)).toBe(0);
		expect(logWealthPerFraction(evidence)).toEqual([0, 0, 0, 0, 0, 0, 0]);
	});

	it("bets on no label of a row outside of every region, so its chance may be any", () => {
		const phases = [phaseRecord({ deployed: 0, auditPropensity: 50_000 })];
		const outside = evidenceCount({ cell: 2, propensity: 10, n: 3, wrong: 3 });
		const alone = (counts: EvidenceCount[]) => logWealths({ counts, phases, epoch: epochRecord() });
		expect(alone([outside])).toEqual([0, 0]);
	});

	it("refuses counts that its bets were not sized for", () => {
		const epoch = epochRecord();
		const counts = [evidenceCount({ propensity: 49_999 })];
		const phases = [phaseRecord({ deployed: 0, auditPropensity: 50_000 })];
		expect(() => logWealth({ counts, phases, epoch, candidate: 0 })).toThrow(RangeError);
		expect(() => logWealth({ counts, phases: [], epoch, candidate: 0 })).toThrow(RangeError);
		expect(() => logWealth({ counts: [], phases, epoch, candidate: 2 })).toThrow(RangeError);
	});
});
