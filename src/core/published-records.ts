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

/**
 * Whether an origin's record may name this Worker secret: only those that begin with ORIGIN_, so that a record cannot
 * reach any other secret of the Worker.
 */
export function isOriginSecretName(name: string): boolean {
	return /^ORIGIN_[A-Z0-9_]{1,64}$/u.test(name) && name !== ORIGIN_HOSTS_SETTING;
}

/** The admin API's setting of where origins may be: no secret, in spite of its prefix. */
const ORIGIN_HOSTS_SETTING = "ORIGIN_HOSTS";
