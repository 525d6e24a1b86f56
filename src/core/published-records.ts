import type { EvidenceAddress } from "./evidence/evidence-entry.ts";

/**
 * Where the published copies stand in KV, and what an origin's record may name: one place for those who write them
 * (the command line, the laptop) and those who read them (the adapters). `docs/storage.md` has their values.
 */

/** The record of an API key; `sha256` of the key in lower-case hex. */
export function keyRecordName(sha256: string): string {
	return `key/${sha256}`;
}

/** The record of a tenant's current policy. */
export function policyRecordName(tenant: string): string {
	return `tenant/${tenant}/policy`;
}

/** The record of an operator-defined origin. */
export function originRecordName(name: string): string {
	return `origin/${name}`;
}

/** What the names of leases' records begin with. */
export const EVIDENCE_RECORDS = "evidence/";

/** The record of the lease on one configuration of one cascade. */
export function evidenceRecordName(address: EvidenceAddress): string {
	return `${EVIDENCE_RECORDS}${evidenceLedgerName(address)}`;
}

/** The name of the ledger of the evidence on it. Neither tenants nor hashes have a slash. */
export function evidenceLedgerName({ tenant, cascade, configHash }: EvidenceAddress): string {
	return `${tenant}/${cascade}/${configHash}`;
}

/** The address that a lease's record is of; null for other records. */
export function readEvidenceRecordName(recordName: string): EvidenceAddress | null {
	const [, tenant, cascade, configHash] = /^evidence\/([^/]+)\/(.+)\/([^/]+)$/u.exec(recordName) ?? [];
	if (tenant === undefined || cascade === undefined || configHash === undefined) return null;
	return { tenant, cascade, configHash };
}

/**
 * Whether an origin's record may name this Worker secret: only those that begin with ORIGIN_, so that a record cannot
 * reach any other secret of the Worker.
 */
export function isOriginSecretName(name: string): boolean {
	return /^ORIGIN_[A-Z0-9_]{1,64}$/u.test(name) && name !== ORIGIN_HOSTS_SETTING;
}

/** The admin API's setting of where origins may be: no secret, in spite of its prefix. */
const ORIGIN_HOSTS_SETTING = "ORIGIN_HOSTS";
