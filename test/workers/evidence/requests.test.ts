import { env, exports } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { sha256Hex } from "../../../src/adapters/kv-key-store.ts";
import { guaranteeConfigText } from "../../../src/core/evidence/config-text.ts";
import type { EvidenceLease, EvidenceLedgerPort, EvidenceReport } from "../../../src/core/evidence/evidence-ports.ts";
import { guaranteeTerms } from "../../../src/core/evidence/guarantee-terms.ts";
import { CERTAIN } from "../../../src/core/evidence/guarantee.ts";
import type { TenantLedgerPort } from "../../../src/core/ledger/ledger-ports.ts";
import { parseTenantPolicy } from "../../../src/core/parse-tenant-policy.ts";
import { evidenceLedgerName, evidenceRecordName } from "../../../src/core/published-records.ts";
import { readEvents } from "../../support/read-events.ts";
import { ORIGIN_COST_USD, type CascadeChanges } from "../../support/cascades.ts";
import { send } from "../ask.ts";
import { valueOf } from "../ledger/ledgers.ts";
import { publishTenant, type TestTenant } from "../tenant.ts";

const ACTOR = { kind: "operator-key", name: "opkey_1" } as const;
const GUARANTEE = { risk: "selective", targetRisk: 0.05, delta: 0.1 };

/** A tenant whose first stage is guaranteed, and where its evidence is. */
async function guaranteedTenant({ edge, ...changes }: CascadeChanges = {}) {
	const cascade = { ...changes, edge: { threshold: undefined, guarantee: GUARANTEE, ...edge } };
	const tenant = await publishTenant(cascade, {}, ["inference"], { defaults: { moderations: "cascade" } });
	return { tenant, ...(await evidenceOf(tenant)) };
}

/** The ledger of the tenant's cascade as it is published. */
async function evidenceOf(tenant: TestTenant) {
	const published = await env.CONFIG.get<{ policy: unknown }>(`tenant/${tenant.id}/policy`, "json");
	const policy = valueOf(parseTenantPolicy(published?.policy));
	const cascade = policy.cascades["cascade"];
	if (cascade === undefined) throw new Error("the cascade is not there");
	const configHash = await sha256Hex(guaranteeConfigText(cascade, policy));
	const address = { tenant: tenant.id, cascade: "cascade", configHash };
	const ledger = env.EVIDENCE_LEDGER.getByName(evidenceLedgerName(address)) as unknown as EvidenceLedgerPort;
	return { address, ledger };
}

async function newTenantLedger({ id }: TestTenant): Promise<TenantLedgerPort> {
	const ledger = env.TENANT_LEDGER.getByName(id) as unknown as TenantLedgerPort;
	expect(await ledger.create({ tenant: id, name: "Example", actor: ACTOR })).toMatchObject({ ok: true });
	return ledger;
}

/** Publishes a certificate that no ledger will have a newer one than. */
async function certify(
	{ address }: Awaited<ReturnType<typeof guaranteedTenant>>,
	differences: Partial<EvidenceLease> = {},
): Promise<void> {
	const lease: EvidenceLease = {
		version: 1,
		configHash: address.configHash,
		state: "certified",
		threshold: 0.8,
		epoch: 1,
		phase: 0,
		auditPropensity: CERTAIN,
		sequence: 1_000_000,
		issuedAt: Date.now(),
		expiresAt: Date.now() + 600_000,
		...differences,
	};
	await env.CONFIG.put(evidenceRecordName(address), JSON.stringify(lease));
}

/** The ledger's report once the queue has brought so many entries. */
function reportOf(ledger: EvidenceLedgerPort, requests: number): Promise<EvidenceReport> {
	return vi.waitUntil(
		async () => {
			const report = await ledger.report();
			return report.ok && report.value.counts.requests >= requests ? report.value : false;
		},
		{ timeout: 50_000, interval: 250 },
	);
}

/** Sends a request to another endpoint. */
async function post(tenant: TestTenant, path: string, body: object): Promise<Response> {
	const response = await exports.default.fetch(`https://edge.example${path}`, {
		method: "POST",
		headers: { authorization: `Bearer ${tenant.key}`, "content-type": "application/json" },
		body: JSON.stringify({ model: "cascade", ...body }),
	});
	expect(response.status).toBe(200);
	return response;
}

describe("a guaranteed cascade that is new", () => {
	it(
		"accepts nothing, makes its ledger, and labels all that it escalates, whatever the endpoint",
		{ timeout: 90_000 },
		async () => {
			const made = await guaranteedTenant();
			const { tenant, ledger } = made;
			await newTenantLedger(tenant);
			const first = await send(tenant);
			expect(first.headers.get("x-cascade-stage")).toBe("origin");
			expect(first.headers.get("x-cascade-reason")).toBe("no-certificate");
			await first.text();
			const lease = await vi.waitUntil(
				async () => {
					const report = await ledger.report();
					return report.ok ? report.value.lease : false;
				},
				{ timeout: 10_000, interval: 50 },
			);
			expect(lease).toMatchObject({ state: "audition", threshold: null, epoch: 1, auditPropensity: CERTAIN });
			const second = await send(tenant);
			expect(second.headers.get("x-cascade-reason")).toBe("audition");
			await second.text();
			await readEvents(await send(tenant, { stream: true }));
			await (await post(tenant, "/v1/responses", { input: "Is this spam?" })).text();
			await (await post(tenant, "/v1/responses", { input: "Is this spam?", stream: true })).text();
			const { counts } = await reportOf(ledger, 5);
			// The first was decided before there was a lease, and belongs to no epoch.
			expect(counts).toMatchObject({
				requests: 5,
				accepted: 0,
				escalated: 5,
				drawn: 0,
				unobserved: 0,
				otherEpoch: 1,
				beforePath: 4,
			});
		},
	);

	it("counts each text of a batch", { timeout: 90_000 }, async () => {
		const { tenant, ledger } = await guaranteedTenant({
			edge: { confidence: { method: "label-margin" } },
			origin: { model: "labeller" },
		});
		await newTenantLedger(tenant);
		const ask = () => post(tenant, "/v1/classifications", { input: ["one", "two", "three"], labels: ["spam", "ham"] });
		await (await ask()).text();
		await vi.waitUntil(async () => (await ledger.report()).ok, { timeout: 10_000, interval: 50 });
		const { counts } = await reportOf(ledger, 3);
		expect(counts).toMatchObject({ requests: 3, escalated: 3 });
	});
});

describe("a guaranteed cascade that keeps texts", () => {
	it("brings what was compared to its ledger, where people can read it, and without that brings none", async () => {
		for (const retainText of [{ hours: 24 }, undefined]) {
			const made = await guaranteedTenant({ retainText });
			const { tenant, ledger, address } = made;
			await newTenantLedger(tenant);
			const published = await env.CONFIG.get<{ policy: unknown }>(`tenant/${tenant.id}/policy`, "json");
			const cascade = valueOf(parseTenantPolicy(published?.policy)).cascades["cascade"];
			const terms = cascade === undefined ? null : guaranteeTerms(cascade);
			if (terms === null) throw new Error("the cascade has no guarantee");
			valueOf(await ledger.lease({ address, terms, policyRevision: 1 }));
			await certify(made);
			await (await send(tenant)).text();
			await expect.poll(() => tenant.originCalls(), { timeout: 10_000 }).toHaveLength(1);
			const kept = async () => valueOf(await ledger.keptTexts({ after: 0, limit: 10 })).items;
			if (retainText === undefined) {
				await scheduler.wait(500);
				expect(await kept()).toEqual([]);
				continue;
			}
			await expect
				.poll(kept, { timeout: 10_000 })
				.toMatchObject([
					{ served: "accepted", wrong: null, text: { messages: [{ role: "user", content: "Is this spam?" }] } },
				]);
		}
	});
});

describe("a guaranteed cascade with a certificate", () => {
	it("accepts by it, audits beside it, and pays for that", { timeout: 90_000 }, async () => {
		const made = await guaranteedTenant();
		const { tenant, ledger } = made;
		const usage = await newTenantLedger(tenant);
		await certify(made);
		const reply = await send(tenant);
		expect(reply.headers.get("x-cascade-stage")).toBe("edge");
		expect(reply.headers.get("x-cascade-reason")).toBe("accepted");
		expect(reply.headers.get("x-cascade-threshold")).toBe("0.8");
		expect(reply.headers.get("x-cascade-threshold-source")).toBe("certified");
		await reply.text();
		await expect.poll(() => tenant.originCalls(), { timeout: 10_000 }).toHaveLength(1);
		const [audit] = await tenant.originCalls();
		expect(audit?.body).toMatchObject({ stream: false, messages: [{ role: "user", content: "Is this spam?" }] });
		expect((await reportOf(ledger, 1)).counts).toMatchObject({ accepted: 1, escalated: 0, drawn: 1, unobserved: 0 });
		const rows = await vi.waitUntil(
			async () => {
				const now = Date.now();
				const report = await usage.usage({ from: now - 86_400_000, to: now + 86_400_000, by: "hour" });
				return report.rows.some(({ audits }) => audits.count > 0) ? report.rows : false;
			},
			{ timeout: 50_000, interval: 250 },
		);
		expect(rows.map(({ audits }) => audits)).toEqual([
			{ count: 1, usd: expect.closeTo(ORIGIN_COST_USD, 12), unknown: 0 },
		]);
	});

	it("answers although no ledger can be had, until the certificate's end", async () => {
		const made = await guaranteedTenant();
		await certify(made, { auditPropensity: 1 });
		expect((await send(made.tenant)).headers.get("x-cascade-stage")).toBe("edge");
		const over = await guaranteedTenant();
		await certify(over, { expiresAt: Date.now() });
		expect((await send(over.tenant)).headers.get("x-cascade-reason")).toBe("certificate-stale");
	});

	it.each<[string, Partial<EvidenceLease>, string]>([
		["in alarm", { state: "alarm", threshold: null }, "drift-alarm"],
		["closed", { state: "closed", threshold: null }, "no-certificate"],
	])("accepts nothing when it is %s", async (_state, differences, reason) => {
		const made = await guaranteedTenant();
		await certify(made, differences);
		const reply = await send(made.tenant);
		expect(reply.headers.get("x-cascade-stage")).toBe("origin");
		expect(reply.headers.get("x-cascade-reason")).toBe(reason);
	});

	it("accepts nothing by it once its configuration is another", async () => {
		const made = await guaranteedTenant();
		await certify(made);
		const key = `tenant/${made.tenant.id}/policy`;
		const record = await env.CONFIG.get<{ policy: { cascades: { cascade: object } } }>(key, "json");
		if (record === null) throw new Error("the policy is not there");
		const { cascade } = record.policy.cascades;
		const changed = { ...cascade, checks: { refusal: false } };
		const policy = { ...record.policy, cascades: { cascade: changed } };
		await env.CONFIG.put(key, JSON.stringify({ ...record, revision: 2, policy }));
		expect((await send(made.tenant)).headers.get("x-cascade-reason")).toBe("no-certificate");
	});

	it("gives a canary that changes what a certificate depends on evidence of its own", async () => {
		const made = await guaranteedTenant();
		await certify(made);
		const key = `tenant/${made.tenant.id}/policy`;
		const record = await env.CONFIG.get<{ policy: { cascades: { cascade: object } } }>(key, "json");
		if (record === null) throw new Error("the policy is not there");
		const changed = { ...record.policy.cascades.cascade, checks: { refusal: false } };
		const canary = { revision: 2, share: 0.5, policy: { ...record.policy, cascades: { cascade: changed } } };
		await env.CONFIG.put(key, JSON.stringify({ ...record, canary }));
		const reasons = new Map<string | null, string | null>();
		for (let user = 0; user < 24; user++) {
			const { headers } = await send(made.tenant, { user: `user-${user}` });
			reasons.set(headers.get("x-cascade-policy-revision"), headers.get("x-cascade-reason"));
		}
		expect([...reasons].toSorted()).toEqual([
			["1", "accepted"],
			["2", "no-certificate"],
		]);
	});
});

describe("what a client reads in a stream", () => {
	it("may end with its leaving: the label that was due is asked for once more", { timeout: 60_000 }, async () => {
		const made = await guaranteedTenant({ edge: { model: "@fake/unsure" }, origin: { model: "endless" } });
		await newTenantLedger(made.tenant);
		await certify(made);
		const response = await send(made.tenant, { stream: true });
		expect(response.headers.get("x-cascade-stage")).toBe("origin");
		const reader = response.body?.getReader();
		await reader?.read();
		await reader?.cancel();
		await expect.poll(() => made.tenant.originCalls(), { timeout: 10_000 }).toHaveLength(2);
		const { counts } = await reportOf(made.ledger, 1);
		expect(counts).toMatchObject({ escalated: 1, drawn: 1, unobserved: 0 });
	});

	it("is the same whether it becomes a label or not", async () => {
		const made = await guaranteedTenant({ edge: { model: "@fake/unsure" } });
		await certify(made);
		const plain = await publishTenant({ edge: { model: "@fake/unsure" } });
		const [guaranteed, manual] = [
			await readEvents(await send(made.tenant, { stream: true })),
			await readEvents(await send(plain, { stream: true })),
		];
		expect(guaranteed).toMatchObject({ content: manual.content, finishReasons: manual.finishReasons, done: true });
		expect(guaranteed.facts).toMatchObject({ reason: "low-confidence", thresholdSource: "certified" });
	});
});
