import { mergeTables, type EpochRecord, type EvidenceCount, type PhaseRecord } from "./evidence-table.ts";

/** The whole table at a moment at which a candidate was newly certified; e-values may fall afterwards, this shows that they were there. */
export interface EvidenceSnapshot {
	readonly epoch: number;
	/** Everything that arrived before this is counted; milliseconds since the Unix epoch. */
	readonly watermark: number;
	readonly counts: readonly EvidenceCount[];
}

/** What a ledger hands out: all that certificates are computed from. */
export interface ExportedEvidence {
	readonly version: 1;
	readonly tenant: string;
	readonly cascade: string;
	readonly stage: string;
	readonly epochs: readonly EpochRecord[];
	readonly phases: readonly PhaseRecord[];
	/** As they are now. */
	readonly counts: readonly EvidenceCount[];
	readonly snapshots: readonly EvidenceSnapshot[];
}

/** The record of an epoch, if the ledger has it. */
export function epochOf({ epochs }: ExportedEvidence, epoch: number): EpochRecord | undefined {
	return epochs.find((record) => record.epoch === epoch);
}

/** The snapshots of an epoch, by watermark, each with the epoch's own counts alone. */
export function snapshotsOf({ snapshots }: ExportedEvidence, epoch: number): EvidenceSnapshot[] {
	return snapshots
		.filter((snapshot) => snapshot.epoch === epoch)
		.map((snapshot) => ({ ...snapshot, counts: countsOf(snapshot.counts, epoch) }))
		.sort((left, right) => left.watermark - right.watermark);
}

/** The counts of one epoch, sorted, one entry a key. */
export function countsOf(counts: readonly EvidenceCount[], epoch: number): EvidenceCount[] {
	return mergeTables([counts.filter((count) => count.epoch === epoch)]);
}

/**
 * All the evidence of an epoch up to a watermark as one text, the same for the same evidence: the epoch's record, the phases
 * that have rows, each snapshot, a line each. What comes later does not change it. To be hashed.
 */
export function evidenceText(exported: ExportedEvidence, epoch: number, upTo: number): string {
	const record = epochOf(exported, epoch);
	const snapshots = snapshotsOf(exported, epoch).filter(({ watermark }) => watermark <= upTo);
	const used = new Set(snapshots.flatMap(({ counts }) => counts.map(({ phase }) => phase)));
	const phases = exported.phases
		.filter((phase) => phase.epoch === epoch && used.has(phase.phase))
		.sort((left, right) => left.phase - right.phase);
	const lines = [
		["ledger", exported.tenant, exported.cascade, exported.stage],
		...(record === undefined ? [] : [epochFields(record)]),
		...phases.map((phase) => [
			"phase",
			phase.phase,
			phase.deployed,
			phase.auditPropensity,
			phase.escalatedPropensity ?? null,
			phase.openedAt,
		]),
		...snapshots.flatMap(({ watermark, counts }) => [
			["snapshot", watermark],
			...counts.map((count) => [
				count.phase,
				count.revision,
				count.cell,
				count.propensity,
				count.n,
				count.wrong,
				count.unlabelled,
			]),
		]),
	];
	return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

function epochFields(record: EpochRecord): unknown[] {
	const { epoch, configHash, labeller, risk, targetRisk, delta, path, start, openedAt, cause } = record;
	return ["epoch", epoch, configHash, labeller, risk, targetRisk, delta, path, start, openedAt, cause];
}
