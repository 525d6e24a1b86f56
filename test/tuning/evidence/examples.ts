import * as fc from "fast-check";
import { deltaOfEpoch } from "../../../src/tuning/evidence/epoch-delta.ts";
import type { EpochRecord, EvidenceCount, PhaseRecord } from "../../../src/tuning/evidence/evidence-table.ts";

/** The first epoch of a claim of 10% at delta 10%, over two thresholds, except for what is given. */
export function epochRecord(given: Partial<EpochRecord> = {}): EpochRecord {
	return {
		epoch: 1,
		configHash: "c0ffee",
		labeller: "normalised/1",
		risk: "selective",
		targetRisk: 0.1,
		delta: deltaOfEpoch(0.1, given.epoch ?? 1),
		path: [0.8, 0.6],
		start: 0,
		openedAt: 0,
		cause: "first",
		...given,
	};
}

/** An audition, except for what is given. */
export function phaseRecord(given: Partial<PhaseRecord> = {}): PhaseRecord {
	return { epoch: 1, phase: 1, deployed: null, auditPropensity: 1_000_000, openedAt: 0, ...given };
}

/** Right and wrong labels of the first epoch and phase at certainty, except for what is given. */
export function evidenceCount(given: Partial<EvidenceCount> = {}): EvidenceCount {
	return { epoch: 1, phase: 1, revision: 1, cell: 0, propensity: 1_000_000, n: 1, wrong: 0, unlabelled: 0, ...given };
}

/** An audition, a phase that audits a fifth, one that audits a twentieth and has loosened. */
export const THREE_PHASES: readonly PhaseRecord[] = [
	phaseRecord(),
	phaseRecord({ phase: 2, deployed: 0, auditPropensity: 200_000 }),
	phaseRecord({ phase: 3, deployed: 2, auditPropensity: 50_000, escalatedPropensity: 500_000 }),
];

/** Thresholds for `THREE_PHASES`. */
export const FOUR_THRESHOLDS = [0.9, 0.8, 0.6, 0.3];

/** Counts as `THREE_PHASES` may have made them. */
export const arbitraryCount: fc.Arbitrary<EvidenceCount> = fc
	.record({
		phase: fc.integer({ min: 1, max: 3 }),
		revision: fc.integer({ min: 1, max: 2 }),
		cell: fc.integer({ min: 0, max: 4 }),
		aboveFloor: fc.constantFrom(1, 1.5, 2),
		n: fc.integer({ min: 0, max: 40 }),
		share: fc.double({ min: 0, max: 0.3, noNaN: true }),
		unlabelled: fc.integer({ min: 0, max: 100 }),
	})
	.map(({ phase, revision, cell, aboveFloor, n, share, unlabelled }) => {
		const { deployed, auditPropensity, escalatedPropensity = 1_000_000 } = THREE_PHASES[phase - 1] as PhaseRecord;
		const floor = deployed !== null && cell <= deployed ? auditPropensity : escalatedPropensity;
		const propensity = Math.min(1_000_000, Math.round(floor * aboveFloor));
		return evidenceCount({ phase, revision, cell, propensity, n, wrong: Math.floor(n * share), unlabelled });
	});
