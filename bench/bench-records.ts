import { createHash } from "node:crypto";
import { formatOperatorKey } from "../src/admin/operator-key.ts";
import { formatApiKey } from "../src/core/api-key.ts";
import { guaranteeConfigText } from "../src/core/evidence/config-text.ts";
import type { EvidenceLease } from "../src/core/evidence/evidence-ports.ts";
import { parseTenantPolicy } from "../src/core/parse-tenant-policy.ts";
import { evidenceRecordName, policyRecordName } from "../src/core/published-records.ts";

/** The tenant of the first key. */
export const TENANT = "bench";
const HOUR_MS = 3_600_000;

/** The threshold of each cascade: the mock's confidence is between them. */
const THRESHOLDS = { accepts: 0, escalates: 1 } as const;

/** The key of the n-th tenant. Keys of fixed bytes: they open nothing but this benchmark. */
export function benchKey(tenant: number): string {
	const bytes = new Uint8Array(32).fill(7);
	new DataView(bytes.buffer).setUint32(0, tenant);
	return formatApiKey(bytes);
}

/** The operator's key, and its hash. */
export const OPERATOR_KEY = formatOperatorKey(new Uint8Array(32).fill(8));
export const OPERATOR_KEY_SHA256 = sha256Hex(OPERATOR_KEY);

/** What KV holds. */
export type Records = Readonly<Record<string, unknown>>;

/**
 * What KV holds of the bench's tenant, whose key is the first: one policy whose two cascades differ in their threshold alone.
 * With an audit rate both have a guarantee, whose certificates have these thresholds for hours, and a share of the accepted
 * answers is audited. Null: without a guarantee, and the thresholds are set by hand.
 */
export function benchRecords(originUrl: string, auditRate: number | null = null): Records {
	const policy = benchPolicy(auditRate !== null);
	return {
		[keyRecordName(0)]: { version: 1, tenant: TENANT, scopes: ["inference"] },
		[policyRecordName(TENANT)]: policyRecord(policy),
		"origin/bench": { version: 1, baseUrl: originUrl },
		...(auditRate === null ? {} : leaseRecords(policy, auditRate)),
	};
}

/** The same of so many tenants, each with its own key; `policy` is that of every one of them. */
export function manyTenants(originUrl: string, count: number): { readonly records: Records; readonly policy: unknown } {
	const keys = Array.from({ length: count }, (_, tenant) => [
		keyRecordName(tenant),
		{ version: 1, tenant: `${TENANT}-${tenant}`, scopes: ["inference"] },
	]);
	return {
		records: { ...Object.fromEntries(keys), "origin/bench": { version: 1, baseUrl: originUrl } },
		policy: policyRecord(benchPolicy(false)),
	};
}

function keyRecordName(tenant: number): string {
	return `key/${sha256Hex(benchKey(tenant))}`;
}

function policyRecord(policy: object) {
	return { version: 1, revision: 1, publishedAt: 0, policy };
}

function benchPolicy(isGuaranteed: boolean) {
	const cascade = (threshold: number) => ({
		stages: [
			{
				name: "edge",
				adapter: "workers-ai",
				model: "@cf/meta/llama-3.2-3b-instruct",
				logprobs: true,
				confidence: { method: "mean-logprob" },
				price: { inputUsdPerMillion: 0.05, outputUsdPerMillion: 0.34 },
				...(isGuaranteed ? { guarantee: { risk: "selective", targetRisk: 0.05, delta: 0.1 } } : { threshold }),
			},
			{
				name: "origin",
				adapter: "openai",
				model: "large",
				origin: "bench",
				price: { inputUsdPerMillion: 2.5, outputUsdPerMillion: 10 },
			},
		],
		allowRouteHeader: true,
	});
	return {
		version: 1,
		cascades: { accepts: cascade(THRESHOLDS.accepts), escalates: cascade(THRESHOLDS.escalates) },
	};
}

function leaseRecords(policy: unknown, auditRate: number): Records {
	const parsed = parseTenantPolicy(policy);
	if (!parsed.ok) throw new Error(`The bench's policy is not valid: ${JSON.stringify(parsed.error)}`);
	const issuedAt = Date.now();
	const leases = Object.entries(parsed.value.cascades).map(([cascade, parsedCascade]) => {
		const configHash = sha256Hex(guaranteeConfigText(parsedCascade, parsed.value));
		const lease: EvidenceLease = {
			version: 1,
			configHash,
			state: "certified",
			threshold: THRESHOLDS[cascade as keyof typeof THRESHOLDS],
			epoch: 1,
			phase: 1,
			auditPropensity: Math.max(1, Math.round(auditRate * 1e6)),
			// Above those of the ledger, which is asked in the background and has no evidence, so that its leases are older.
			sequence: 1_000_000_000,
			issuedAt,
			expiresAt: issuedAt + 4 * HOUR_MS,
		};
		return [evidenceRecordName({ tenant: TENANT, cascade, configHash }), lease];
	});
	return Object.fromEntries(leases) as Records;
}

function sha256Hex(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}
