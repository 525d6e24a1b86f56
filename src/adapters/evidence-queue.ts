import type { AuditVerdict, EvidenceAddress, EvidenceEntry } from "../core/evidence/evidence-entry.ts";
import { evidenceLedgerName } from "../core/published-records.ts";
import { settledWithin } from "../web/settled-within.ts";
import { createGatheringQueue, type GatheringQueuePorts } from "./gathering-queue.ts";

/** How long the queue may take to say that it has a draw; the audit waits for that. */
const MOST_DRAW_MS = 5_000;

/** Bytes of an entry or a verdict as JSON, at most, without its request's name: all else of it is numbers and words of ours. */
const MOST_BYTES = 512;
/** Of a character as JSON: `\u0000`. */
const MOST_CHARACTER_BYTES = 6;

/** Where evidence goes on its way to its ledger. Nothing of it throws. */
export interface EvidenceSink {
	/** Sends it with others within a second. */
	readonly record: (address: EvidenceAddress, entry: EvidenceEntry) => void;
	readonly verdict: (address: EvidenceAddress, verdict: AuditVerdict) => void;
	/** Sends it at once; true once the queue has it. */
	readonly draw: (address: EvidenceAddress, entry: EvidenceEntry) => Promise<boolean>;
}

/** In place of a queue, where there is none: no audit is begun, since its draw could not be told. */
export const NO_EVIDENCE_QUEUE: EvidenceSink = {
	record() {},
	verdict() {},
	draw: () => Promise.resolve(false),
};

interface Addressed {
	readonly address: EvidenceAddress;
	readonly entry?: EvidenceEntry;
	readonly verdict?: AuditVerdict;
}

/** Sends evidence to the queue, gathered by ledger. What cannot be sent is logged as a fault, by ledger and count. */
export function createEvidenceQueue(ports: GatheringQueuePorts): EvidenceSink {
	const gathering = createGatheringQueue<Addressed>(ports, {
		groupOf: ({ address }) => evidenceLedgerName(address),
		messageOf: (items) => ({
			version: 1,
			evidence: {
				address: (items[0] as Addressed).address,
				entries: items.flatMap(({ entry = [] }) => entry),
				verdicts: items.flatMap(({ verdict = [] }) => verdict),
			},
		}),
		fault: "evidence-not-sent",
		factsOf: ({ address: { tenant, cascade } }) => ({ tenant, cascade }),
		mostBytesOf: ({ entry, verdict }) =>
			MOST_BYTES + MOST_CHARACTER_BYTES * ((entry ?? verdict)?.requestId.length ?? 0),
	});
	return {
		record: (address, entry) => gathering.add({ address, entry }),
		verdict: (address, verdict) => gathering.add({ address, verdict }),
		draw: async (address, entry) =>
			(await settledWithin(gathering.send({ address, entry }), MOST_DRAW_MS, ports.clock)) ?? false,
	};
}
