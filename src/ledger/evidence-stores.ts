import { createAnchorStore, type AnchorStore } from "./anchor-store.ts";
import { createAuditedTexts, type AuditedTextStore } from "./audited-text-store.ts";
import { createAuditTrail, type AuditTrail } from "./audit-trail.ts";
import { boundedTrail } from "./bounded-trail.ts";
import { createDailyActs, type DailyActs } from "./daily-acts.ts";
import { createEvidenceBuckets, type EvidenceBucketStore } from "./evidence-bucket-store.ts";
import { createEvidenceCounts, type EvidenceCountStore } from "./evidence-count-store.ts";
import { createEvidenceEpochs, type EvidenceEpochStore } from "./evidence-epoch-store.ts";
import { createEvidenceRecord, type EvidenceRecordStore } from "./evidence-record-store.ts";
import { createEvidenceState, type EvidenceStateStore } from "./evidence-state.ts";
import type { EvidenceTimes } from "./evidence-times.ts";
import { createPublicationOutbox, type PublicationOutbox } from "./publication-outbox.ts";
import type { TenantQuotas } from "./quotas.ts";
import { createSeenObservations, type SeenObservations } from "./seen-observations.ts";

/** All that a ledger of evidence holds, and how it reckons. */
export interface EvidenceStores {
	readonly evidence: EvidenceRecordStore;
	readonly state: EvidenceStateStore;
	readonly epochs: EvidenceEpochStore;
	readonly counts: EvidenceCountStore;
	readonly buckets: EvidenceBucketStore;
	readonly seen: SeenObservations;
	readonly anchors: AnchorStore;
	readonly texts: AuditedTextStore;
	/** Its history: who did what, and what it found out by itself. Entries are only ever added. */
	readonly audit: AuditTrail;
	readonly daily: DailyActs;
	readonly quotas: TenantQuotas;
	readonly outbox: PublicationOutbox;
	readonly times: EvidenceTimes;
}

/**
 * A message is tried for hours at most, and what a person sends again from a dead-letter queue after a day is counted as
 * wrong, which needs no identity (`evidence-record.ts`). With 15 days, as usage has, a busy object would be full in five.
 */
const TOLD_APART_DAYS = 1;

/** The stores over one database. Nothing is read yet. */
export function createEvidenceStores(sql: SqlStorage, quotas: TenantQuotas, times: EvidenceTimes): EvidenceStores {
	const daily = createDailyActs(sql);
	return {
		evidence: createEvidenceRecord(sql),
		state: createEvidenceState(sql),
		epochs: createEvidenceEpochs(sql),
		counts: createEvidenceCounts(sql),
		buckets: createEvidenceBuckets(sql),
		seen: createSeenObservations(sql, {
			tableName: "evidence_seen_",
			days: TOLD_APART_DAYS,
			mostBytes: quotas.databaseBytes,
		}),
		anchors: createAnchorStore(sql),
		texts: createAuditedTexts(sql),
		audit: boundedTrail(createAuditTrail(sql), daily, quotas),
		daily,
		quotas,
		outbox: createPublicationOutbox(sql),
		times,
	};
}
