import * as v from "valibot";
import { policyRecordName } from "../core/published-records.ts";
import { guaranteeConfigText } from "../core/evidence/config-text.ts";
import { guaranteeTerms } from "../core/evidence/guarantee-terms.ts";
import { parseTenantPolicy } from "../core/parse-tenant-policy.ts";
import type { TenantPolicy } from "../core/tenant-policy.ts";
import type { CascadeGuarantee, Clock, PolicyAtRevision, PolicyStore, PublishedPolicy } from "../cascade/ports.ts";
import { sha256Hex } from "./kv-key-store.ts";
import type { FaultLog } from "./fault-counter.ts";
import { createKvRecordCache, type CacheTimes } from "./kv-record-cache.ts";

const revision = v.pipe(v.number(), v.integer(), v.minValue(1));

/** `tenant/<id>/policy`: the current revision, as published. */
const policyRecord = v.object({
	version: v.literal(1),
	/** Absent in records that were written without a ledger: older than any of a ledger, and told apart by revision. */
	sequence: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
	revision,
	/** Seconds since the Unix epoch. */
	publishedAt: v.pipe(v.number(), v.integer(), v.minValue(0)),
	policy: v.unknown(),
	suspended: v.optional(v.boolean(), false),
	canary: v.optional(
		v.object({
			revision,
			share: v.pipe(v.number(), v.gtValue(0), v.ltValue(1)),
			policy: v.unknown(),
		}),
	),
});

/**
 * Policies in KV. KV is eventually consistent: a new revision is seen within about a minute everywhere, and different
 * locations may serve different revisions meanwhile; one isolate never goes back. A revision that does not parse was
 * refused when it was written; found all the same, the last good one serves and the fault is logged.
 */
export function createKvPolicyStore(input: {
	readonly kv: Pick<KVNamespace, "get">;
	readonly clock: Clock;
	readonly times?: CacheTimes;
	readonly logFault?: FaultLog;
}): PolicyStore {
	const records = createKvRecordCache({
		...input,
		kind: "policy",
		parse: parsePublishedPolicy,
		isOlder: (read, known) =>
			read.sequence < known.sequence || (read.sequence === known.sequence && read.revision < known.revision),
	});
	return { read: (tenant) => records.read(policyRecordName(tenant)) };
}

async function parsePublishedPolicy(document: unknown): Promise<PublishedPolicy | undefined> {
	const record = v.safeParse(policyRecord, document);
	if (!record.success) return undefined;
	const { revision, sequence, publishedAt, suspended, canary } = record.output;
	const policy = parseTenantPolicy(record.output.policy);
	if (!policy.ok) return undefined;
	const current = await atRevision(revision, policy.value);
	const published = { ...current, sequence, publishedAt, suspended, canary: null };
	if (canary === undefined) return published;
	const onCanary = parseTenantPolicy(canary.policy);
	// A canary that cannot be read takes nobody down: the current revision serves its share too.
	if (!onCanary.ok) return published;
	return { ...published, canary: { ...(await atRevision(canary.revision, onCanary.value)), share: canary.share } };
}

/** A policy with what names its evidence: a canary that changes what a certificate depends on has evidence of its own. */
async function atRevision(revision: number, policy: TenantPolicy): Promise<PolicyAtRevision> {
	const guarantees = new Map<string, CascadeGuarantee>();
	for (const [alias, cascade] of Object.entries(policy.cascades)) {
		const terms = guaranteeTerms(cascade);
		if (terms === null) continue;
		guarantees.set(alias, { configHash: await sha256Hex(guaranteeConfigText(cascade, policy)), terms });
	}
	return guarantees.size === 0 ? { revision, policy } : { revision, policy, guarantees };
}
