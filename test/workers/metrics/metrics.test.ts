import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { EvidenceLedgerPort } from "../../../src/core/evidence/evidence-ports.ts";
import type { TenantLedgerPort } from "../../../src/core/ledger/ledger-ports.ts";
import { evidenceLedgerName } from "../../../src/core/published-records.ts";
import type { Observation } from "../../../src/core/observation.ts";
import { exampleObservation } from "../../core/ledger/observations.ts";
import { parsePrometheus, sampleOf } from "../../support/parse-prometheus.ts";
import { createWorkerWorld } from "../admin/worker-world.ts";

afterEach(() => {
	vi.restoreAllMocks();
});

const ACTOR = { kind: "operator-key", name: "opkey_1" } as const;
const ACCEPTED = { endpoint: "chat.completions", outcome: "answered", reason: "accepted" };

const ledgerOf = (tenant: string) => env.TENANT_LEDGER.getByName(tenant) as unknown as TenantLedgerPort;

const observationsOf = (tenant: string, count: number): Observation[] =>
	Array.from({ length: count }, () =>
		exampleObservation({ tenant, requestId: `req_${crypto.randomUUID()}`, at: Date.now() + 1 }),
	);

/** What the Worker shows an operator. */
async function metricsShown(): Promise<ReturnType<typeof parsePrometheus>> {
	const world = await createWorkerWorld();
	const headers = { authorization: `Bearer ${world.operatorKey}` };
	const response = await world.fetch(new Request("https://edge.example/metrics", { headers }));
	expect(response.status).toBe(200);
	return parsePrometheus(await response.text());
}

/** Accepted requests among it; other tests of the file may have counted some. */
async function acceptedShown(): Promise<number> {
	return sampleOf(await metricsShown(), "edge_cascade_requests_total", ACCEPTED) ?? 0;
}

/** Waits until so many are shown; reports are made in the background. */
const untilShown = (count: number) =>
	vi.waitUntil(async () => (await acceptedShown()) === count, { timeout: 10_000, interval: 50 });

describe("/metrics", () => {
	it("counts each request once, however often it is delivered", { timeout: 30_000 }, async () => {
		const before = await acceptedShown();
		const tenants = [`m-${crypto.randomUUID()}`, `m-${crypto.randomUUID()}`] as const;
		for (const tenant of tenants) await ledgerOf(tenant).create({ tenant, name: "Example", actor: ACTOR });
		const observations = observationsOf(tenants[0], 5);
		await ledgerOf(tenants[0]).recordObservations(observations);
		await ledgerOf(tenants[1]).recordObservations(observationsOf(tenants[1], 2));
		await untilShown(before + 7);
		await ledgerOf(tenants[0]).recordObservations(observations);
		await evictDurableObject(env.TENANT_LEDGER.getByName(tenants[0]));
		await ledgerOf(tenants[0]).recordObservations([...observations.slice(3), ...observationsOf(tenants[0], 1)]);
		await untilShown(before + 8);
	});

	it(
		"keeps what a tenant had that is gone, and counts the next of its name from the beginning",
		{ timeout: 30_000 },
		async () => {
			const before = await acceptedShown();
			const tenant = `m-${crypto.randomUUID()}`;
			for (const round of [1, 2]) {
				await ledgerOf(tenant).create({ tenant, name: "Example", actor: ACTOR });
				await ledgerOf(tenant).recordObservations(observationsOf(tenant, 3));
				await untilShown(before + 3 * round);
				await ledgerOf(tenant).destroy({ actor: ACTOR });
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
			expect(await acceptedShown()).toBe(before + 6);
		},
	);

	it(
		"shows how the evidence on a configuration stands, once its ledger has looked after itself",
		{ timeout: 30_000 },
		async () => {
			const tenant = `m-${crypto.randomUUID()}`;
			await ledgerOf(tenant).create({ tenant, name: "Example", actor: ACTOR });
			const address = { tenant, cascade: "chat", configHash: "0".repeat(64) };
			const stub = env.EVIDENCE_LEDGER.getByName(evidenceLedgerName(address));
			const guarantee = { risk: "selective", targetRisk: 0.1, delta: 0.1, withoutCertificate: "escalate" } as const;
			const terms = {
				stage: "edge",
				guarantee,
				labeller: "normalised/1",
				auditPropensity: 50_000,
				retainTextHours: null,
			};
			const ledger = stub as unknown as EvidenceLedgerPort;
			expect(await ledger.lease({ address, terms, policyRevision: 1 })).toMatchObject({
				ok: true,
				value: { state: "audition" },
			});
			await runDurableObjectAlarm(stub);
			const inAudition = async () =>
				sampleOf(await metricsShown(), "edge_cascade_certificates", { state: "audition" }) === 1;
			await vi.waitUntil(inAudition, { timeout: 10_000, interval: 50 });
		},
	);

	it("is 404 without shards", async () => {
		const world = await createWorkerWorld({ METRIC_SHARD: undefined as never });
		const headers = { authorization: `Bearer ${world.operatorKey}` };
		expect((await world.fetch(new Request("https://edge.example/metrics", { headers }))).status).toBe(404);
	});
});
