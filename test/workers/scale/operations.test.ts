import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { sha256Hex } from "../../../src/adapters/kv-key-store.ts";
import { guaranteeConfigText } from "../../../src/core/evidence/config-text.ts";
import { CERTAIN } from "../../../src/core/evidence/guarantee.ts";
import type { QueueMessage } from "../../../src/core/ledger/observation-message.ts";
import { metricShardOf } from "../../../src/core/metrics/metric-report.ts";
import { parseTenantPolicy } from "../../../src/core/parse-tenant-policy.ts";
import { evidenceLedgerName, evidenceRecordName } from "../../../src/core/published-records.ts";
import {
	COUNTED_REQUESTS,
	COUNTED_ROWS,
	type CountedRows,
	type RequestKind,
} from "../../../tools/scale/counted-operations.ts";
import { MESSAGES } from "../ask.ts";
import { valueOf } from "../ledger/ledgers.ts";
import { publishTenant } from "../tenant.ts";
import { guaranteeTerms } from "../../../src/core/evidence/guarantee-terms.ts";
import type { EvidenceLedgerPort } from "../../../src/core/evidence/evidence-ports.ts";
import { EvidenceLedger } from "../../../src/ledger/evidence-ledger.ts";
import { ledgerRuntime } from "../../../src/ledger/ledger-runtime.ts";
import { entryOf } from "../evidence/evidence-world.ts";
import { countedIsolate, countRows } from "./counting.ts";

const GUARANTEE = { risk: "selective", targetRisk: 0.05, delta: 0.1 };
const GUARANTEED = { threshold: undefined, guarantee: GUARANTEE };
/** The fakes' small model has a confidence of 0.9. */
const KINDS: Readonly<Record<RequestKind, Kind>> = {
	accepted: { edge: { threshold: 0 } },
	escalated: { edge: { threshold: 1 } },
	"guaranteed, accepted": { edge: GUARANTEED, certified: { threshold: 0, propensity: 1 } },
	"guaranteed, escalated": { edge: GUARANTEED, certified: { threshold: 1, propensity: 1 } },
	"guaranteed, audited": { edge: GUARANTEED, certified: { threshold: 0, propensity: CERTAIN } },
};

interface Kind {
	readonly edge: Readonly<Record<string, unknown>>;
	readonly certified?: { readonly threshold: number; readonly propensity: number };
}

/** Longer than what is gathered waits for others, once for an entry and once more for its verdict. */
const SETTLED_MS = 2_500;
const COPIES = 50;

/** Asks an isolate twice, delivers what came of it alone and fifty times over, and closes the buckets. */
async function measured({ edge, certified }: Kind) {
	const tenant = await publishTenant({ edge });
	const ledger = env.TENANT_LEDGER.getByName(tenant.id);
	await ledger.create({ tenant: tenant.id, name: "Example", actor: { kind: "operator-key", name: "opkey_1" } });
	const published = await env.CONFIG.get<{ policy: unknown }>(`tenant/${tenant.id}/policy`, "json");
	const policy = valueOf(parseTenantPolicy(published?.policy));
	const cascade = policy.cascades["cascade"];
	if (cascade === undefined) throw new Error("the cascade is not there");
	const configHash = await sha256Hex(guaranteeConfigText(cascade, policy));
	const address = { tenant: tenant.id, cascade: "cascade", configHash };
	let ahead = 0;
	EvidenceLedger.runtime = { ...ledgerRuntime, now: () => Date.now() + ahead };
	const evidence = env.EVIDENCE_LEDGER.getByName(evidenceLedgerName(address));
	const evidenceLedger = evidence as unknown as EvidenceLedgerPort;
	const terms = guaranteeTerms(cascade);
	if (terms !== null) {
		valueOf(await evidenceLedger.lease({ address, terms, policyRevision: 1 }));
		const entries = Array.from({ length: 200 }, (_, index) =>
			entryOf({ at: Date.now(), phase: 0, confidence: (index + 0.5) / 200, wrong: true }),
		);
		await evidenceLedger.record({ address, entries, verdicts: [] });
	}
	if (certified !== undefined)
		await env.CONFIG.put(
			evidenceRecordName(address),
			JSON.stringify({
				version: 1,
				configHash,
				state: "certified",
				threshold: certified.threshold,
				epoch: 1,
				phase: 1,
				auditPropensity: certified.propensity,
				sequence: 1_000_000,
				issuedAt: Date.now(),
				expiresAt: Date.now() + 600_000,
			}),
		);
	const isolate = countedIsolate();
	const request = () =>
		new Request("https://edge.example/v1/chat/completions", {
			method: "POST",
			headers: { authorization: `Bearer ${tenant.key}`, "content-type": "application/json" },
			body: JSON.stringify({ model: "cascade", messages: MESSAGES }),
		});
	const ask = async () => {
		const response = await isolate.fetch(request());
		expect(response.status).toBe(200);
		await response.text();
		await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
		return isolate.take();
	};
	const cold = await ask();
	const warm = await ask();
	const shard = env.METRIC_SHARD.getByName(metricShardOf(tenant.id));
	const rows = {
		usage: await countRows(ledger as never),
		evidence: await countRows(evidence as never),
		metrics: await countRows(shard as never),
	};
	const deliver = async (messages: readonly QueueMessage[]) => {
		await isolate.deliver(messages);
		await new Promise((resolve) => setTimeout(resolve, 200));
		const { calls } = isolate.take();
		return { calls, usage: rows.usage.take(), evidence: rows.evidence.take(), metrics: rows.metrics.take() };
	};
	await deliver(cold.messages);
	const one = await deliver(warm.messages);
	const copies = Array.from({ length: COPIES }, (_, index) =>
		warm.messages.map((message) => renamed(message, index)),
	).flat();
	const fifty = await deliver(copies);
	ahead = 100_000;
	if (terms !== null) valueOf(await evidenceLedger.lease({ address, terms, policyRevision: 1 }));
	const closing = rows.evidence.take();
	return { cold, warm, one, fifty, closing, originCalls: (await tenant.originCalls()).length };
}

/** The same message of another request. */
function renamed(message: QueueMessage, index: number): QueueMessage {
	const hex = String(index).padStart(12, "0");
	return JSON.parse(JSON.stringify(message).replaceAll(/(req_[0-9a-f-]{24})[0-9a-f]{12}/gu, `$1${hex}`));
}

/** How many items of each kind are in these messages. */
function itemsOf(messages: readonly QueueMessage[]) {
	const items = { observations: 0, entries: 0, verdicts: 0, alone: 0 };
	for (const message of messages) {
		if ("evidence" in message) {
			const { entries, verdicts } = message.evidence;
			items.entries += entries.length;
			items.verdicts += verdicts.length;
			items.alone += entries.filter(({ draw }) => draw === "drawn").length;
		} else items.observations += message.observations.length;
	}
	return items;
}

const times = ({ written, read }: CountedRows, count: number): CountedRows => ({
	written: written * count,
	read: read * count,
});
const sum = (...rows: readonly CountedRows[]): CountedRows => ({
	written: rows.reduce((total, { written }) => total + written, 0),
	read: rows.reduce((total, { read }) => total + read, 0),
});

describe("what a request does that is charged for, as the cost model has it", () => {
	const { usageCall, usageItem, metricsCall, evidenceCall, evidenceEntry, audit, closing } = COUNTED_ROWS;
	it.each(Object.keys(KINDS) as RequestKind[])("of one that is %s", { timeout: 60_000 }, async (name) => {
		const counted = COUNTED_REQUESTS[name];
		const isGuaranteed = counted.leaseReads > 0;
		const result = await measured(KINDS[name]);
		const { cold, warm, one, fifty } = result;

		expect(cold.kvReads).toBe(counted.recordReads + counted.leaseReads);
		expect(cold.calls).toEqual(isGuaranteed ? { "EvidenceLedger.lease": 1 } : {});
		// What an isolate holds costs nothing to use.
		expect([warm.kvReads, warm.calls]).toEqual([0, {}]);
		expect([cold.aiCalls, warm.aiCalls]).toEqual([counted.edgeCalls, counted.edgeCalls]);
		expect(result.originCalls).toBe(2 * counted.originCalls);
		const { observations, entries, verdicts, alone } = itemsOf(warm.messages);
		expect({ observations, gatheredEvidence: entries + verdicts - alone, draws: alone, auditCosts: verdicts }).toEqual({
			observations: counted.observations,
			gatheredEvidence: counted.gatheredEvidence,
			draws: counted.draws,
			auditCosts: counted.auditCosts,
		});
		// Nothing waited for others that never came: a message for each thing.
		expect(warm.messages).toHaveLength(observations + entries + verdicts);

		for (const [delivered, copies] of [
			[one, 1],
			[fifty, COPIES],
		] as const) {
			expect(delivered.calls).toEqual({
				"TenantLedger.recordObservations": 1,
				...(isGuaranteed ? { "EvidenceLedger.record": 1 } : {}),
			});
			const costs = counted.observations + counted.auditCosts;
			expect(delivered.usage).toEqual(sum(usageCall, times(usageItem, costs * copies)));
			expect(delivered.metrics).toEqual(metricsCall);
			if (!isGuaranteed) continue;
			// Up to a row less where the ledger's state is as it was; without the row that closing deletes.
			const most = sum(evidenceCall, times(evidenceEntry, copies), times(audit, counted.draws * copies));
			expect(delivered.evidence.written).toBeLessThanOrEqual(most.written);
			expect(delivered.evidence.written).toBeGreaterThanOrEqual(most.written - counted.draws * copies - 1);
			expect(delivered.evidence.read).toBeLessThanOrEqual(most.read);
		}
		// Both requests' rows, and the copies', which may lie in two buckets.
		const drawn = counted.draws * (2 + COPIES);
		expect(result.closing.written).toBeLessThanOrEqual(closing.written + 1 + drawn);
		expect(result.closing.written).toBeGreaterThanOrEqual(isGuaranteed ? 1 + drawn : 0);
	});
});
