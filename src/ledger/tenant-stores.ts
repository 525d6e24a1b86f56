import { createAuditTrail, type AuditTrail } from "./audit-trail.ts";
import { boundedTrail } from "./bounded-trail.ts";
import { createCanaryStore, type CanaryStore } from "./canary-store.ts";
import { createCanaryUsageStore, type CanaryUsageStore } from "./canary-usage-store.ts";
import { createDailyActs, type DailyActs } from "./daily-acts.ts";
import { createTenantKeys, type TenantKeys } from "./key-store.ts";
import { createPublicationOutbox, type PublicationOutbox } from "./publication-outbox.ts";
import type { TenantQuotas } from "./quotas.ts";
import { createRevisionStore, type RevisionStore } from "./revision-store.ts";
import { createTenantEvidence, type TenantEvidence } from "./tenant-evidence.ts";
import { createTenantRecord, type TenantRecord } from "./tenant-record.ts";

/** All that one tenant's ledger holds, but its usage by the hour. */
export interface TenantStores {
	readonly tenant: TenantRecord;
	readonly revisions: RevisionStore;
	readonly canary: CanaryStore;
	readonly canaryUsage: CanaryUsageStore;
	readonly keys: TenantKeys;
	readonly evidence: TenantEvidence;
	readonly audit: AuditTrail;
	readonly daily: DailyActs;
	readonly quotas: TenantQuotas;
	readonly outbox: PublicationOutbox;
}

/** The stores over one database. Nothing is read yet. */
export function createTenantStores(sql: SqlStorage, quotas: TenantQuotas): TenantStores {
	const daily = createDailyActs(sql);
	return {
		tenant: createTenantRecord(sql),
		revisions: createRevisionStore(sql),
		canary: createCanaryStore(sql),
		canaryUsage: createCanaryUsageStore(sql),
		keys: createTenantKeys(sql),
		evidence: createTenantEvidence(sql),
		audit: boundedTrail(createAuditTrail(sql), daily, quotas),
		daily,
		quotas,
		outbox: createPublicationOutbox(sql),
	};
}
