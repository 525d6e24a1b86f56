import type { EvidenceAddress } from "../core/evidence/evidence-entry.ts";
import { evidenceLedgerName, readEvidenceRecordName } from "../core/published-records.ts";
import type { LedgerBindings, LedgerRuntime, RecordWriter } from "./ledger-runtime.ts";

type Row = { readonly cascade: string; readonly config_hash: string };

/** The ledgers of the evidence on a tenant's cascades, one a configuration. They go with the tenant. */
export interface TenantEvidence {
	/** Oldest first. */
	readonly all: (tenant: string) => readonly EvidenceAddress[];
	/** Repeating changes nothing. */
	readonly note: (address: EvidenceAddress, at: number) => void;
}

/** The list in SQL. */
export function createTenantEvidence(sql: SqlStorage): TenantEvidence {
	return {
		all: (tenant) =>
			sql
				.exec<Row>("SELECT cascade, config_hash FROM evidence_ledgers ORDER BY noted_at, cascade, config_hash")
				.toArray()
				.map(({ cascade, config_hash: configHash }) => ({ tenant, cascade, configHash })),
		note({ cascade, configHash }, at) {
			sql.exec(
				"INSERT INTO evidence_ledgers (cascade, config_hash, noted_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
				cascade,
				configHash,
				at,
			);
		},
	};
}

/**
 * Where a tenant's ledger publishes to. The record of a lease is not its own: to delete it is to have the ledger of that
 * evidence destroyed, which withdraws the record itself. So the end of a tenant is carried to those ledgers by the outbox,
 * which tries again until it is done.
 */
export function withEvidenceLedgers(
	records: RecordWriter,
	runtime: Pick<LedgerRuntime, "evidenceLedgerOf">,
	bindings: LedgerBindings,
): RecordWriter {
	return {
		put: (key: string, value: string) => records.put(key, value),
		async delete(key: string) {
			const address = readEvidenceRecordName(key);
			if (address === null) return records.delete(key);
			await runtime.evidenceLedgerOf(bindings, evidenceLedgerName(address)).destroy();
		},
	} as RecordWriter;
}
