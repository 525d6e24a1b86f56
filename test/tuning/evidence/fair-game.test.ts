import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EvidenceCount, PhaseRecord } from "../../../src/tuning/evidence/evidence-table.ts";
import { logWealth, logWealthAbove } from "../../../src/tuning/evidence/log-wealth.ts";
import { epochRecord, evidenceCount, phaseRecord } from "./examples.ts";

const TARGET = 0.1;

/** Chance of each cell (two of the path, and outside) and of a wrong answer in it. */
interface Traffic {
	readonly cells: readonly [number, number, number];
	readonly risks: readonly [number, number, number];
}

interface Outcome {
	readonly count: EvidenceCount;
	readonly chance: number;
}

/** What one request may become in a phase: its cell, its coin, its label. */
function outcomesOf({ cells, risks }: Traffic, phase: PhaseRecord): Outcome[] {
	return cells.flatMap((share, cell) => {
		const isAccepted = phase.deployed !== null && cell <= phase.deployed;
		const propensity = isAccepted ? phase.auditPropensity : 1_000_000;
		const drawn = propensity / 1e6;
		const risk = risks[cell] as number;
		const key = { phase: phase.phase, cell, propensity };
		return [
			{ count: evidenceCount({ ...key, wrong: 1 }), chance: share * drawn * risk },
			{ count: evidenceCount({ ...key }), chance: share * drawn * (1 - risk) },
			{ count: evidenceCount({ ...key, n: 0, unlabelled: 1 }), chance: share * (1 - drawn) },
		].filter(({ chance }) => chance > 0);
	});
}

/** Every sequence of so many requests, with its chance. */
function* sequences(
	outcomes: readonly Outcome[],
	length: number,
): Generator<{ counts: EvidenceCount[]; chance: number }> {
	if (length === 0) {
		yield { counts: [], chance: 1 };
		return;
	}
	for (const rest of sequences(outcomes, length - 1))
		for (const { count, chance } of outcomes) yield { counts: [...rest.counts, count], chance: chance * rest.chance };
}

const audition = phaseRecord();
/** As a ledger does, the second phase follows from what the first one showed. */
function secondPhase(first: readonly EvidenceCount[]): PhaseRecord {
	const wrong = first.reduce((sum, count) => sum + count.wrong, 0);
	return wrong === 0
		? phaseRecord({ phase: 2, deployed: 1, auditPropensity: 150_000 })
		: phaseRecord({ phase: 2, deployed: 0, auditPropensity: 400_000 });
}

/** The mean of the e-value of the looser candidate over everything that two requests in each of two phases may become. */
function meanEValue(traffic: Traffic, risk: "selective" | "joint", wealth: typeof logWealth): number {
	const epoch = epochRecord({ risk, targetRisk: TARGET });
	let mean = 0;
	for (const first of sequences(outcomesOf(traffic, audition), 2)) {
		const phase = secondPhase(first.counts);
		const phases = [audition, phase];
		for (const second of sequences(outcomesOf(traffic, phase), 2)) {
			const counts = [...first.counts, ...second.counts];
			mean += first.chance * second.chance * Math.exp(wealth({ counts, phases, epoch, candidate: 1 }));
		}
	}
	return mean;
}

/** Traffic at which the looser candidate's risk is `times` the target, however it depends on the score. */
function trafficAt(risk: "selective" | "joint", times: number): fc.Arbitrary<Traffic> {
	const share = fc.double({ min: 0.1, max: 0.45, noNaN: true });
	return fc.tuple(share, share, fc.double({ min: 0, max: 1, noNaN: true })).map(([first, second, tilt]): Traffic => {
		const allowed = times * TARGET * (risk === "selective" ? first + second : 1);
		const wrongFirst = allowed * tilt;
		// Nothing that is outside of the region matters.
		const risks = [Math.min(1, wrongFirst / first), Math.min(1, (allowed - wrongFirst) / second), 0.5] as const;
		return { cells: [first, second, 1 - first - second], risks };
	});
}

/** Traffic whose risks had to be cut at 1 is not at the target any more. */
function isAt({ cells, risks }: Traffic, risk: "selective" | "joint", times: number): boolean {
	const wrong = cells[0] * risks[0] + cells[1] * risks[1];
	return Math.abs(wrong - times * TARGET * (risk === "selective" ? cells[0] + cells[1] : 1)) < 1e-12;
}

describe.each(["selective", "joint"] as const)("betting on the %s risk", (risk) => {
	it("is a fair game at the target, over two phases of which the second follows from the first", () => {
		fc.assert(
			fc.property(
				trafficAt(risk, 1).filter((traffic) => isAt(traffic, risk, 1)),
				(traffic) => {
					expect(meanEValue(traffic, risk, logWealth)).toBeCloseTo(1, 10);
					expect(meanEValue(traffic, risk, logWealthAbove)).toBeCloseTo(1, 10);
				},
			),
			{ numRuns: 8 },
		);
	});

	it("loses on average where the risk is above the target, and wins where it is below", () => {
		fc.assert(
			fc.property(
				trafficAt(risk, 1.5).filter((traffic) => isAt(traffic, risk, 1.5)),
				trafficAt(risk, 0.5).filter((traffic) => isAt(traffic, risk, 0.5)),
				(above, below) => {
					expect(meanEValue(above, risk, logWealth)).toBeLessThan(1);
					expect(meanEValue(below, risk, logWealth)).toBeGreaterThan(1);
					expect(meanEValue(below, risk, logWealthAbove)).toBeLessThan(1);
				},
			),
			{ numRuns: 4 },
		);
	});
});

describe("a floor above a row's own propensity", () => {
	it("would make the game unfair, which is why such rows are refused", () => {
		const traffic: Traffic = { cells: [0.5, 0.4, 0.1], risks: [0.1, 0.1, 0.5] };
		// The coin has a chance of a tenth, and is taken for certainty.
		const rows = outcomesOf(traffic, phaseRecord({ deployed: 1, auditPropensity: 100_000 }));
		const phases = [phaseRecord({ deployed: 1, auditPropensity: 1_000_000 })];
		const epoch = epochRecord({ risk: "joint" });
		let mean = 0;
		for (const { counts, chance } of sequences(rows, 3)) {
			const pooled = counts.map((count) => ({ ...count, propensity: 1_000_000 }));
			mean += chance * Math.exp(logWealth({ counts: pooled, phases, epoch, candidate: 1 }));
		}
		expect(mean).toBeGreaterThan(1.1);
	});
});
