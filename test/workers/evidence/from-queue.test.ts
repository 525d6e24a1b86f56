import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { consumeObservations, type ObservationConsumerPorts } from "../../../src/adapters/consume-observations.ts";
import { evidenceLedgerOf, ledgerOf } from "../../../src/adapters/ledger-stubs.ts";
import { systemClock } from "../../../src/adapters/system-clock.ts";
import type { AuditVerdict, EvidenceEntry } from "../../../src/core/evidence/evidence-entry.ts";
import type { Observation } from "../../../src/core/observation.ts";
import { env } from "cloudflare:workers";
import worker, { type WholeBindings } from "../whole-worker.ts";
import { observationsOf } from "../usage/usage-ledger.ts";
import {
	begunEvidence,
	BUCKET_MS,
	CLOSES_MS,
	entryOf,
	evidenceOf,
	evidenceWorld,
	layPath,
	leaseOf,
	reportOf,
	verdictOf,
	type EvidenceWorld,
	type TestEvidence,
} from "./evidence-world.ts";

let world: EvidenceWorld;
beforeEach(() => {
	world = evidenceWorld();
});

const PORTS: ObservationConsumerPorts = {
	ledgerOf: (tenant) => ledgerOf(env.TENANT_LEDGER, tenant),
	evidenceLedgerOf: (address) => evidenceLedgerOf(env.EVIDENCE_LEDGER, address),
	clock: systemClock,
	logFault: () => {},
};

const bodyOf = (
	{ address }: TestEvidence,
	entries: readonly EvidenceEntry[],
	verdicts: readonly AuditVerdict[] = [],
) => ({ version: 1, evidence: { address, entries, verdicts } });

/** Delivers one batch, and tells what became of its messages. */
async function deliver(bodies: readonly unknown[], ports: Partial<ObservationConsumerPorts> = {}) {
	const faults: { readonly fault: string; readonly [fact: string]: unknown }[] = [];
	const batch = createMessageBatch(
		"observations",
		bodies.map((body, index) => ({ id: `m${index}`, timestamp: new Date(), attempts: 1, body })),
	);
	await consumeObservations(batch, {
		...PORTS,
		logFault: (fault, facts) => faults.push({ fault, ...facts }),
		...ports,
	});
	const { explicitAcks, retryMessages } = await getQueueResult(batch, createExecutionContext());
	return { acked: explicitAcks, retried: retryMessages.map(({ msgId }) => msgId), faults };
}

async function auditioned(): Promise<TestEvidence> {
	const made = await begunEvidence();
	await layPath(made, world);
	return made;
}

async function closed(made: TestEvidence) {
	world.now += CLOSES_MS + 2 * BUCKET_MS;
	return (await reportOf(made)).counts;
}

/** The tenant's usage of the day. */
async function usageOf({ tenant }: TestEvidence) {
	const from = Math.floor(world.now / 86_400_000) * 86_400_000;
	return (await tenant.ledger.usage({ from, to: from + 86_400_000, by: "day" })).rows;
}

describe("a batch with evidence", () => {
	it("is one call a ledger of evidence, and one a tenant, however many messages", async () => {
		const made = await auditioned();
		const other = evidenceOf(made.tenant);
		await leaseOf(other);
		const calls: string[] = [];
		const drawn = entryOf({ at: world.now, draw: "drawn", wrong: null });
		const bodies = [
			bodyOf(made, [drawn]),
			bodyOf(made, [entryOf({ at: world.now })]),
			bodyOf(other, [entryOf({ at: world.now, phase: 0 })]),
			bodyOf(made, [], [verdictOf(drawn, true)]),
			{ version: 1, observations: observationsOf(made.address.tenant, 2, { at: world.now }) },
		];
		const { acked, retried } = await deliver(bodies, {
			ledgerOf: (tenant) => ({
				recordObservations(observations: readonly Observation[], audits = []) {
					calls.push(`tenant ${observations.length} ${audits.length}`);
					return PORTS.ledgerOf(tenant).recordObservations(observations, audits);
				},
			}),
			evidenceLedgerOf: (address) => ({
				record(input) {
					calls.push(`evidence ${input.entries.length} ${input.verdicts.length}`);
					return PORTS.evidenceLedgerOf(address).record(input);
				},
			}),
		});
		expect(calls.sort()).toEqual(["evidence 1 0", "evidence 2 1", "tenant 2 1"]);
		expect([acked.length, retried]).toEqual([5, []]);
		expect(await closed(made)).toMatchObject({ labelled: 2, wrong: 1 });
	});

	it("brings what audits cost to the tenant's usage, each audit once, and off what was saved", async () => {
		const made = await auditioned();
		const drawn = [1, 2, 3].map(() => entryOf({ at: world.now, draw: "drawn", wrong: null, policyRevision: 4 }));
		const verdicts = drawn.map((entry, index) => verdictOf(entry, false, { costUsd: index === 2 ? null : 0.25 }));
		const bodies = [
			bodyOf(made, drawn, verdicts),
			{
				version: 1,
				observations: observationsOf(made.address.tenant, 1, {
					at: world.now,
					cascade: "chat",
					policyRevision: 4,
					savedUsd: 1,
					costUsd: 0.125,
				}),
			},
		];
		for (let delivery = 0; delivery < 3; delivery++) expect((await deliver(bodies)).retried).toEqual([]);
		expect(await usageOf(made)).toMatchObject([
			{
				cascade: "chat",
				policyRevision: 4,
				requests: 1,
				cost: { usd: 0.125 },
				saved: { usd: 0.5 },
				audits: { count: 3, usd: 0.5, unknown: 1 },
			},
		]);
	});

	it("counts an audit's cost and its request's own, which have the same id, apart", async () => {
		const made = await auditioned();
		const [observation] = observationsOf(made.address.tenant, 1, { at: world.now, item: 2 });
		if (observation === undefined) throw new Error("there is no observation");
		const { requestId, item = 0, at } = observation;
		const entry = entryOf({ requestId, item, at, draw: "drawn", wrong: null });
		await deliver([bodyOf(made, [entry], [verdictOf(entry, false)]), { version: 1, observations: [observation] }]);
		const rows = await usageOf(made);
		expect(rows.reduce((sum, { requests }) => sum + requests, 0)).toBe(1);
		expect(rows.reduce((sum, { audits }) => sum + audits.count, 0)).toBe(1);
	});

	it("is asked for again where one of the two ledgers failed, and nothing counts twice", async () => {
		const made = await auditioned();
		const drawn = entryOf({ at: world.now, draw: "drawn", wrong: null });
		const bodies = [bodyOf(made, [drawn], [verdictOf(drawn, true)]), bodyOf(made, [entryOf({ at: world.now })])];
		const failing = () => Promise.reject(new Error("overloaded"));
		const tenantFails = await deliver(bodies, { ledgerOf: () => ({ recordObservations: failing }) });
		// The second message has nothing for the tenant.
		expect([tenantFails.acked, tenantFails.retried]).toEqual([["m1"], ["m0"]]);
		const evidenceFails = await deliver(bodies, { evidenceLedgerOf: () => ({ record: failing }) });
		expect(evidenceFails.retried).toEqual(["m0", "m1"]);
		expect(evidenceFails.faults).toMatchObject([
			{ fault: "observations-not-recorded", tenant: made.address.tenant, cascade: "chat", count: 3 },
		]);
		expect((await deliver(bodies)).acked).toEqual(["m0", "m1"]);
		expect(await closed(made)).toMatchObject({ requests: 202, labelled: 2, wrong: 1 });
		expect((await usageOf(made)).map(({ audits }) => audits.count)).toEqual([1]);
	});

	it("of a ledger that has not begun, or of a tenant that is gone, is acknowledged", async () => {
		const { address } = await auditioned();
		const made = evidenceOf({ tenant: address.tenant } as TestEvidence["tenant"]);
		const entry = entryOf({ at: world.now });
		expect((await deliver([bodyOf(made, [entry], [verdictOf(entry, true)])])).acked).toEqual(["m0"]);
		expect((await made.ledger.report()).ok).toBe(false);
	});

	it("is acknowledged and logged where it is malformed", async () => {
		const made = await auditioned();
		const { acked, faults } = await deliver([
			{ version: 1, evidence: { address: { tenant: "acme" } } },
			bodyOf(made, [entryOf({ at: world.now }), entryOf({ at: world.now, propensity: 0 })]),
		]);
		expect(acked).toEqual(["m0", "m1"]);
		expect(faults).toMatchObject([
			{ fault: "malformed-observations", message: "m0" },
			{ fault: "malformed-observations", message: "m1", count: 1 },
		]);
		expect(await closed(made)).toMatchObject({ labelled: 1 });
	});

	it("reaches the ledgers through the Worker as it is deployed", async () => {
		const made = await auditioned();
		const batch = createMessageBatch("edge-cascade-observations", [
			{ id: "m", timestamp: new Date(), attempts: 1, body: bodyOf(made, [entryOf({ at: world.now })]) },
		]);
		await worker.queue(batch, env as unknown as WholeBindings);
		expect(await closed(made)).toMatchObject({ labelled: 1 });
	});
});
