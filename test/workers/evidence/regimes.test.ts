import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type { GuaranteeTerms } from "../../../src/core/evidence/evidence-ports.ts";
import { EvidenceLedger } from "../../../src/ledger/evidence-ledger.ts";
import { ADMIN, OPERATOR, tenantLedger, valueOf } from "../ledger/ledgers.ts";
import {
	auditionedEvidence,
	begunEvidence,
	certifiedEvidence,
	STEADY as GOOD,
	drive,
	entryOf,
	evidenceOf,
	evidenceWorld,
	exportOf,
	layPath,
	leaseOf,
	reportOf,
	ring,
	rowsOf,
	TERMS,
	type EvidenceWorld,
} from "./evidence-world.ts";

let world: EvidenceWorld;
beforeEach(() => {
	world = evidenceWorld();
});

const auditioned = () => auditionedEvidence(world);
const certified = (terms?: GuaranteeTerms) => certifiedEvidence(world, terms);

describe("an operator", { timeout: 30_000 }, () => {
	it("closes: nothing is accepted, while evidence goes on; and begins anew", async () => {
		const made = await certified();
		expect(valueOf(await made.ledger.close({ reason: "wrong model", actor: OPERATOR }))).toMatchObject({
			state: "closed",
			threshold: null,
		});
		const served = await drive(made, world, GOOD, 10);
		expect(served.every(({ accepted }) => accepted === 0)).toBe(true);
		expect((await leaseOf(made)).state).toBe("closed");
		expect(valueOf(await made.ledger.restart({ reason: "mended", actor: OPERATOR }))).toMatchObject({
			state: "audition",
			epoch: 2,
			phase: 0,
		});
		const { history } = await exportOf(made);
		expect(history.map(({ act }) => act)).toEqual(
			expect.arrayContaining(["evidence.close", "evidence.restart", "evidence.epoch"]),
		);
	});

	it("closes what is closed without a trace in the lease", async () => {
		const made = await begunEvidence();
		const first = valueOf(await made.ledger.close({ reason: "", actor: OPERATOR }));
		expect(valueOf(await made.ledger.close({ reason: "", actor: OPERATOR }))).toEqual(first);
	});

	it("alone reopens what an operator has closed; the report says who has", async () => {
		const made = await begunEvidence();
		expect((await reportOf(made)).closedBy).toBeNull();
		valueOf(await made.ledger.close({ reason: "", actor: OPERATOR }));
		expect(await made.ledger.restart({ reason: "", actor: ADMIN })).toEqual({
			ok: false,
			error: {
				kind: "not-applicable",
				message: "An operator has closed this evidence: only an operator restarts it.",
			},
		});
		expect(await reportOf(made)).toMatchObject({ closedBy: "operator-key", lease: { state: "closed", epoch: 1 } });
		expect((await exportOf(made)).history.at(-1)).toMatchObject({ act: "evidence.restart", outcome: "refused" });
		valueOf(await made.ledger.restart({ reason: "", actor: { kind: "access", name: "ann@example.com" } }));
		expect(await reportOf(made)).toMatchObject({ closedBy: null, lease: { state: "audition", epoch: 2 } });
	});

	it("reopens what a tenant has closed, as the tenant does", async () => {
		const made = await begunEvidence();
		for (const actor of [OPERATOR, ADMIN]) {
			valueOf(await made.ledger.close({ reason: "", actor: ADMIN }));
			expect((await reportOf(made)).closedBy).toBe("tenant-key");
			expect(valueOf(await made.ledger.restart({ reason: "", actor })).state).toBe("audition");
		}
	});

	it.each([
		["after", [ADMIN, OPERATOR]],
		["before", [OPERATOR, ADMIN]],
	] as const)("who closes %s a tenant is the one who has closed", async (_when, actors) => {
		const made = await begunEvidence();
		for (const actor of actors) valueOf(await made.ledger.close({ reason: "", actor }));
		expect((await reportOf(made)).closedBy).toBe("operator-key");
		expect((await made.ledger.restart({ reason: "", actor: ADMIN })).ok).toBe(false);
	});

	it("is taken for who closed what was closed before that was noted", async () => {
		const made = await begunEvidence();
		valueOf(await made.ledger.close({ reason: "", actor: ADMIN }));
		await runInDurableObject(made.stub, (_instance, { storage: { sql } }) => {
			sql.exec("UPDATE state SET document = json_remove(document, '$.closedBy')");
		});
		expect((await reportOf(made)).closedBy).toBe("operator-key");
		expect((await made.ledger.restart({ reason: "", actor: ADMIN })).ok).toBe(false);
		valueOf(await made.ledger.restart({ reason: "", actor: OPERATOR }));
		valueOf(await made.ledger.close({ reason: "", actor: ADMIN }));
		expect((await reportOf(made)).closedBy).toBe("tenant-key");
	});

	it("may restart as often as it takes, a tenant's key only so often a day", async () => {
		const { runtime } = EvidenceLedger;
		EvidenceLedger.runtime = { ...runtime, quotas: { ...runtime.quotas, changesADay: 2 } };
		const made = await begunEvidence();
		for (let time = 0; time < 2; time++) valueOf(await made.ledger.restart({ reason: "", actor: ADMIN }));
		for (const act of [
			made.ledger.restart({ reason: "", actor: ADMIN }),
			made.ledger.addHumanLabels({ labels: [], actor: ADMIN }),
		])
			expect(await act).toMatchObject({ ok: false, error: { kind: "not-applicable" } });
		// To close is never refused.
		expect(valueOf(await made.ledger.close({ reason: "", actor: ADMIN })).state).toBe("closed");
		valueOf(await made.ledger.restart({ reason: "", actor: OPERATOR }));
		world.now += 86_400_000;
		valueOf(await made.ledger.restart({ reason: "", actor: ADMIN }));
		expect((await reportOf(made)).epochs).toHaveLength(5);
	});
});

describe("two configurations", { timeout: 30_000 }, () => {
	it("never mix: each has its ledger, and none takes what is another's", async () => {
		const tenant = await tenantLedger();
		const [one, other] = [evidenceOf(tenant), evidenceOf(tenant)];
		await leaseOf(one);
		await leaseOf(other);
		await layPath(one, world);
		await drive(one, world, GOOD, 100, ({ state }) => state === "certified");
		expect(await leaseOf(one)).toMatchObject({ state: "certified", configHash: one.address.configHash });
		expect(await leaseOf(other)).toMatchObject({ state: "audition", configHash: other.address.configHash });
		expect((await reportOf(other)).counts.requests).toBe(0);
		expect(
			await other.ledger.record({ address: one.address, entries: [entryOf({ at: world.now })], verdicts: [] }),
		).toEqual({
			added: 0,
		});
		expect(await other.ledger.lease({ address: one.address, terms: TERMS, policyRevision: 1 })).toMatchObject({
			ok: false,
			error: { kind: "not-applicable" },
		});
	});
});

describe("a joint guarantee", { timeout: 30_000 }, () => {
	it("certifies what is accepted and wrong among all requests, and alarms when that rises", async () => {
		const terms: GuaranteeTerms = { ...TERMS, guarantee: { ...TERMS.guarantee, risk: "joint" } };
		const made = await certified(terms);
		const before = await leaseOf(made, terms);
		expect(before.state).toBe("certified");
		const { alarm } = await reportOf(made);
		const { delayLabels, delayAccepted, delayRequests } = alarm;
		expect(delayRequests).toBeGreaterThanOrEqual(delayAccepted ?? Number.NaN);
		expect(delayLabels).toBeCloseTo((delayAccepted ?? Number.NaN) * 0.05, 6);
		await drive(
			made,
			world,
			{ seed: 4, perBucket: 200, riskAt: () => 0.9, terms },
			100,
			({ state }) => state === "alarm",
		);
		expect((await leaseOf(made, terms)).state).toBe("alarm");
	});
});

describe("the alarm of the runtime", { timeout: 30_000 }, () => {
	it("closes buckets and certifies by itself, where no message comes any more", async () => {
		const made = await auditioned();
		await drive(made, world, GOOD, 20);
		world.now += 200_000;
		expect(await rowsOf(made, "buckets")).not.toEqual([]);
		expect(await ring(made)).toBe(true);
		expect(await rowsOf(made, "buckets")).toEqual([]);
		expect(await rowsOf(made, "phases")).not.toHaveLength(1);
	});
});
