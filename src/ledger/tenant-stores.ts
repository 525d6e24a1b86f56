import { createAuditTrail, type AuditTrail } from "./audit-trail.ts";
import { createCanaryStore, type CanaryStore } from "./canary-store.ts";
import { createTenantKeys, type TenantKeys } from "./key-store.ts";
import { createPublicationOutbox, type PublicationOutbox } from "./publication-outbox.ts";
import { createRevisionStore, type RevisionStore } from "./revision-store.ts";
import { createTenantRecord, type TenantRecord } from "./tenant-record.ts";

/** All that one tenant's ledger holds, but its usage. */
export interface TenantStores {
	readonly tenant: TenantRecord;
	readonly revisions: RevisionStore;
	readonly canary: CanaryStore;
	readonly keys: TenantKeys;
	readonly audit: AuditTrail;
	readonly outbox: PublicationOutbox;
}

/** The stores over one database. Nothing is read yet. */
export function createTenantStores(sql: SqlStorage): TenantStores {
	return {
		tenant: createTenantRecord(sql),
		revisions: createRevisionStore(sql),
		canary: createCanaryStore(sql),
		keys: createTenantKeys(sql),
		audit: createAuditTrail(sql),
		outbox: createPublicationOutbox(sql),
	};
}
