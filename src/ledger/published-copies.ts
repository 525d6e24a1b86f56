import type { CanaryState, KeySummary, PolicyRevision } from "../core/ledger/ledger-ports.ts";
import { evidenceRecordName, keyRecordName, policyRecordName } from "../core/published-records.ts";
import type { StoredKey } from "./key-store.ts";
import type { TenantStores } from "./tenant-stores.ts";

/** Queues a tenant's policy as it is now for publication; without a policy there is nothing to publish. */
export function queuePolicy({ tenant, revisions, canary, outbox }: TenantStores, now: number): void {
	const row = tenant.read();
	const number = revisions.current();
	if (row === null || number === null) return;
	const current = revisions.read(number);
	if (current === null) return;
	const onCanary = canary.read();
	const candidate = onCanary === null ? null : revisions.read(onCanary.revision);
	outbox.put(
		policyRecordName(row.tenant),
		(sequence) =>
			policyRecord({
				sequence,
				now,
				current,
				suspended: row.suspended,
				...(onCanary !== null && candidate !== null ? { canary: { state: onCanary, candidate } } : {}),
			}),
		now,
	);
}

/** Queues a key as it is now for publication. Revoked and expired ones say so: readers refuse them. */
export function queueKey({ tenant, outbox }: TenantStores, { sha256, summary }: StoredKey, now: number): void {
	const row = tenant.read();
	if (row !== null) outbox.put(keyRecordName(sha256), () => keyRecord(row.tenant, summary), now);
}

/**
 * Queues the deletion of all that is published of a tenant: its keys first, so that nobody is let in without a policy, and
 * its ledgers of evidence last.
 */
export function queueWithdrawal({ tenant, keys, evidence, outbox }: TenantStores, now: number): void {
	const row = tenant.read();
	if (row === null) return;
	for (const { sha256 } of keys.all()) outbox.put(keyRecordName(sha256), null, now);
	outbox.put(policyRecordName(row.tenant), null, now);
	for (const address of evidence.all(row.tenant)) outbox.put(evidenceRecordName(address), null, now);
}

function policyRecord(input: {
	readonly sequence: number;
	readonly now: number;
	readonly current: PolicyRevision;
	readonly suspended: boolean;
	readonly canary?: { readonly state: CanaryState; readonly candidate: PolicyRevision };
}): string {
	const { sequence, now, current, suspended, canary } = input;
	return JSON.stringify({
		version: 1,
		sequence,
		revision: current.revision,
		publishedAt: Math.floor(now / 1000),
		policy: current.document,
		...(suspended ? { suspended } : {}),
		...(canary === undefined
			? {}
			: {
					canary: {
						revision: canary.state.revision,
						share: canary.state.share,
						policy: canary.candidate.document,
					},
				}),
	});
}

function keyRecord(tenant: string, key: KeySummary): string {
	const { scopes, prefix, lastFour, expiresAt, revokedAt } = key;
	return JSON.stringify({
		version: 1,
		tenant,
		scopes,
		prefix,
		lastFour,
		...(expiresAt === null ? {} : { expiresAt }),
		...(revokedAt === null ? {} : { revokedAt }),
	});
}
