import type { EvidenceAddress } from "../core/evidence/evidence-entry.ts";
import type { EvidenceLease, GuaranteeTerms } from "../core/evidence/evidence-ports.ts";

/** What a ledger of evidence is about. */
export interface EvidenceIdentity {
	readonly address: EvidenceAddress;
	readonly terms: GuaranteeTerms;
	/** When the tenant was created; a later one of the same name has nothing to do with this ledger. */
	readonly tenantCreatedAt: number;
	readonly createdAt: number;
}

type Row = {
	readonly tenant: string;
	readonly cascade: string;
	readonly config_hash: string;
	readonly terms: string;
	readonly tenant_created_at: number;
	readonly created_at: number;
	readonly destroyed_at: number | null;
};

/** The one row about the ledger as such, a tombstone once destroyed, and the lease in force. */
export interface EvidenceRecordStore {
	/** Null before the creation, and once destroyed. */
	readonly read: () => EvidenceIdentity | null;
	readonly isDestroyed: () => boolean;
	readonly create: (identity: EvidenceIdentity) => void;
	readonly setTerms: (terms: GuaranteeTerms) => void;
	readonly destroy: (at: number) => void;
	/** Throws where there is none. */
	readonly lease: () => EvidenceLease;
	readonly setLease: (lease: EvidenceLease) => void;
}

/** The row in SQL. */
export function createEvidenceRecord(sql: SqlStorage): EvidenceRecordStore {
	const row = () => sql.exec<Row>("SELECT * FROM evidence").toArray()[0];
	return {
		read() {
			const found = row();
			if (found === undefined || found.destroyed_at !== null) return null;
			const terms = JSON.parse(found.terms) as GuaranteeTerms & { readonly retainTextHours?: number | null };
			return {
				address: { tenant: found.tenant, cascade: found.cascade, configHash: found.config_hash },
				// Terms of before texts could be kept say nothing of them.
				terms: { ...terms, retainTextHours: terms.retainTextHours ?? null },
				tenantCreatedAt: found.tenant_created_at,
				createdAt: found.created_at,
			};
		},
		isDestroyed: () => row()?.destroyed_at != null,
		create({ address, terms, tenantCreatedAt, createdAt }) {
			sql.exec(
				"INSERT OR REPLACE INTO evidence (only, tenant, cascade, config_hash, terms, tenant_created_at, created_at, destroyed_at) VALUES (1, ?, ?, ?, ?, ?, ?, NULL)",
				address.tenant,
				address.cascade,
				address.configHash,
				JSON.stringify(terms),
				tenantCreatedAt,
				createdAt,
			);
		},
		setTerms(terms) {
			sql.exec("UPDATE evidence SET terms = ?", JSON.stringify(terms));
		},
		destroy(at) {
			sql.exec("UPDATE evidence SET terms = '', destroyed_at = ?", at);
		},
		lease() {
			const { document } = sql.exec<{ document: string }>("SELECT document FROM lease").one();
			return JSON.parse(document) as EvidenceLease;
		},
		setLease(lease) {
			sql.exec("INSERT OR REPLACE INTO lease (only, document) VALUES (1, ?)", JSON.stringify(lease));
		},
	};
}
