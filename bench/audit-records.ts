import { createHash } from "node:crypto";
import { guaranteeConfigText } from "../src/core/evidence/config-text.ts";
import type { EvidenceLease } from "../src/core/evidence/evidence-ports.ts";
import { parseTenantPolicy } from "../src/core/parse-tenant-policy.ts";
import { evidenceRecordName, policyRecordName } from "../src/core/published-records.ts";
import { benchRecords } from "./bench-records.ts";

const HOUR_MS = 3_600_000;

/**
 * What KV holds of the bench's tenant: the cascade `accepts` alone, and where a share of its accepted answers is to be
 * audited, under a guarantee whose certificate accepts everything for an hour. Null: without a guarantee.
 */
export function auditRecords(originUrl: string, auditRate: number | null): Readonly<Record<string, unknown>> {
	const records = benchRecords(originUrl);
	const published = records[policyRecordName("bench")] as { readonly policy: BenchPolicy };
	const [edge, origin] = published.policy.cascades.accepts.stages;
	const guarantee = auditRate === null ? {} : { guarantee: { risk: "selective", targetRisk: 0.05, delta: 0.1 } };
	const { threshold, ...unset } = edge;
	const first = auditRate === null ? edge : { ...unset, ...guarantee };
	const policy = { version: 1, cascades: { accepts: { stages: [first, origin] } } };
	const parsed = parseTenantPolicy(policy);
	const accepts = parsed.ok ? parsed.value.cascades["accepts"] : undefined;
	if (!parsed.ok || accepts === undefined)
		throw new Error(`The bench's policy is not valid: ${JSON.stringify(parsed)}`);
	const configHash = createHash("sha256").update(guaranteeConfigText(accepts, parsed.value)).digest("hex");
	const now = Date.now();
	const lease: EvidenceLease = {
		version: 1,
		configHash,
		state: "certified",
		threshold,
		epoch: 1,
		phase: 1,
		auditPropensity: Math.max(1, Math.round((auditRate ?? 0) * 1e6)),
		sequence: 1,
		issuedAt: now,
		expiresAt: now + HOUR_MS,
	};
	return {
		...records,
		[policyRecordName("bench")]: { ...published, policy },
		[evidenceRecordName({ tenant: "bench", cascade: "accepts", configHash })]: lease,
	};
}

interface BenchPolicy {
	readonly cascades: {
		readonly accepts: {
			readonly stages: readonly [{ readonly threshold: number; readonly [field: string]: unknown }, unknown];
		};
	};
}
