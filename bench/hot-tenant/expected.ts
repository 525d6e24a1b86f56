import type { AuditVerdict, EvidenceEntry } from "../../src/core/evidence/evidence-entry.ts";
import { EVIDENCE_TIMES } from "../../src/ledger/evidence-times.ts";
import {
	countOf,
	mergeTables,
	type EpochRecord,
	type EvidenceCount,
	type PhaseRecord,
} from "../../src/tuning/evidence/evidence-table.ts";
import type { QueueBatch } from "./queue.ts";

/** An entry as it must be counted in the end. */
interface Row {
	readonly entry: EvidenceEntry;
	/** Null: not to be labelled. */
	wrong: boolean | null;
}

/**
 * What a ledger must have counted, by the rules as they are written and not by its code: each entry once, by the bucket of its
 * arrival, and as wrong where it has a label and came after that was closed, or was drawn and got no verdict before.
 */
export function createExpectation() {
	const rows = new Map<string, Row>();
	const early = new Map<string, boolean>();
	const resolved = new Set<string>();
	const { bucketMs, closesAfterMs } = EVIDENCE_TIMES;
	const isOpen = (at: number, now: number) => (Math.floor(at / bucketMs) + 1) * bucketMs + closesAfterMs > now;

	const addEntry = (entry: EvidenceEntry, now: number): void => {
		const { requestId, draw } = entry;
		if (rows.has(requestId)) return;
		if (draw === "not-drawn") {
			rows.set(requestId, { entry, wrong: null });
			return;
		}
		if (!isOpen(entry.at, now)) {
			rows.set(requestId, { entry, wrong: true });
			return;
		}
		const verdict = early.get(requestId);
		if (draw === "drawn" && verdict !== undefined) resolved.add(requestId);
		rows.set(requestId, { entry, wrong: draw === "drawn" ? (verdict ?? true) : entry.wrong });
	};
	const addVerdict = ({ requestId, at, wrong }: AuditVerdict, now: number): void => {
		if (!isOpen(at, now) || resolved.has(requestId)) return;
		const row = rows.get(requestId);
		if (row === undefined) {
			if (!early.has(requestId)) early.set(requestId, wrong);
			return;
		}
		resolved.add(requestId);
		row.wrong = wrong;
	};

	return {
		/** In the order of the consumer: a batch is one call, with its entries first. */
		deliver({ at: now, messages }: QueueBatch): void {
			const bodies = messages.flatMap(({ body }) => ("evidence" in body ? body.evidence : []));
			for (const { entries } of bodies) for (const entry of entries) addEntry(entry, now);
			for (const { verdicts } of bodies) for (const verdict of verdicts) addVerdict(verdict, now);
		},
		requests: () => rows.size,
		/** The table of counts; rows from before the path was laid are in none. */
		table(epoch: EpochRecord, phases: readonly PhaseRecord[]): EvidenceCount[] {
			let table: EvidenceCount[] = [];
			let more: EvidenceCount[] = [];
			for (const { entry, wrong } of rows.values()) {
				const phase = phases.find((each) => each.phase === entry.phase);
				if (phase === undefined) continue;
				const draw = wrong === null ? "not-drawn" : "labelled";
				const row = { ...entry, revision: entry.policyRevision, draw, wrong } as const;
				const counted = countOf(row, epoch, phase);
				if (!counted.ok) throw new Error(`an entry is left out: ${counted.error}`);
				more.push(counted.value);
				if (more.length < 50_000) continue;
				table = mergeTables([table, more]);
				more = [];
			}
			return mergeTables([table, more]);
		},
	};
}
