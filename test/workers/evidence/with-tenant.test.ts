import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type { TenantLedgerPort } from "../../../src/core/ledger/ledger-ports.ts";
import { EvidenceLedger } from "../../../src/ledger/evidence-ledger.ts";
import { TenantLedger } from "../../../src/ledger/tenant-ledger.ts";
import { converge, exported as tenantExport, OPERATOR, tenantLedger, valueOf } from "../ledger/ledgers.ts";
import {
	alarmOf,
	begunEvidence,
	certifiedEvidence,
	entryOf,
	evict,
	evidenceOf,
	evidenceWorld,
	leaseOf,
	passTime,
	publishedLease,
	reportOf,
	ring,
	TERMS,
	type EvidenceWorld,
} from "./evidence-world.ts";

let world: EvidenceWorld;
beforeEach(() => {
	world = evidenceWorld();
});

const DAY_MS = 86_400_000;
const NOT_BEGUN = { ok: false, error: { kind: "not-found", what: "evidence" } };

const certified = () => certifiedEvidence(world);

describe("with its tenant", { timeout: 30_000 }, () => {
	it("a ledger is exported, each configuration by itself", async () => {
		const tenant = await tenantLedger(1);
		const [one, other] = [evidenceOf(tenant), evidenceOf(tenant)];
		await leaseOf(one);
		await leaseOf(other);
		const { evidence } = await tenantExport(tenant.ledger);
		expect((evidence as { readonly configHash: string }[]).map(({ configHash }) => configHash).sort()).toEqual(
			[one.address.configHash, other.address.configHash].sort(),
		);
		expect((evidence as unknown[])[0]).toMatchObject({ version: 1, tenant: tenant.tenant, epochs: [{ epoch: 1 }] });
	});

	it("a tenant without any has an empty list of them in its export", async () => {
		expect(await tenantExport((await tenantLedger(1)).ledger)).toMatchObject({ evidence: [] });
	});

	it("a ledger is destroyed: its lease is taken from KV, and no row is left but a tombstone", async () => {
		const made = await certified();
		world.now += 2_000;
		valueOf(await made.tenant.ledger.destroy({ actor: OPERATOR }));
		await expect.poll(() => publishedLease(made)).toBeNull();
		expect(await made.ledger.report()).toEqual(NOT_BEGUN);
		const left = await runInDurableObject(made.stub, (_instance, { storage: { sql } }) =>
			sql
				.exec<{ name: string }>(
					"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'",
				)
				.toArray()
				.filter(({ name }) => sql.exec<{ n: number }>(`SELECT COUNT(*) AS n FROM "${name}"`).one().n > 0)
				.map(({ name }) => name)
				.sort(),
		);
		expect(left).toEqual(["evidence", "migrations", "publications"]);
		expect(await alarmOf(made)).toBeNull();
	});

	it("a ledger that cannot be reached then is destroyed later, also after a restart of the tenant's", async () => {
		const made = await begunEvidence();
		world.kv = "fails";
		world.now += 2_000;
		expect(valueOf(await made.tenant.ledger.destroy({ actor: OPERATOR })).pending).toBeGreaterThan(0);
		await evictDurableObject(made.tenant.stub);
		world.kv = "works";
		await converge(world, made.tenant);
		world.now += 61_000;
		await ring(made);
		expect(await publishedLease(made)).toBeNull();
		expect(await made.ledger.report()).toEqual(NOT_BEGUN);
	});

	it("a later tenant of the same name begins with nothing, and with leases that are newer than the former's", async () => {
		const made = await certified();
		const { sequence } = await leaseOf(made);
		world.now += 2_000;
		valueOf(await made.tenant.ledger.destroy({ actor: OPERATOR }));
		world.now += 2_000;
		valueOf(await made.tenant.ledger.create({ tenant: made.tenant.tenant, name: "Again", actor: OPERATOR }));
		const lease = await leaseOf(made);
		expect(lease).toMatchObject({ state: "audition", epoch: 1, phase: 0 });
		expect(lease.sequence).toBeGreaterThan(sequence);
		const { counts, epochs } = await reportOf(made);
		expect(counts.requests).toBe(0);
		expect(epochs).toHaveLength(1);
		const old = entryOf({ at: world.now - DAY_MS });
		expect(await made.ledger.record({ address: made.address, entries: [old], verdicts: [] })).toEqual({ added: 0 });
	});

	it("a ledger that could not be destroyed with its tenant certifies nothing for a later one, which waits for its end", async () => {
		const made = await certified();
		expect((await leaseOf(made)).state).toBe("certified");
		world.now += 2_000;
		let fails = true;
		const { evidenceLedgerOf } = TenantLedger.runtime;
		TenantLedger.runtime = {
			...TenantLedger.runtime,
			evidenceLedgerOf(bindings, name) {
				if (fails) throw new Error("unreachable");
				return evidenceLedgerOf(bindings, name);
			},
		};
		await evictDurableObject(made.tenant.stub);
		valueOf(await made.tenant.ledger.destroy({ actor: OPERATOR }));
		const create = () => made.tenant.ledger.create({ tenant: made.tenant.tenant, name: "Again", actor: OPERATOR });
		expect(await create()).toMatchObject({ ok: false, error: { kind: "not-applicable" } });
		fails = false;
		await converge(world, made.tenant);
		valueOf(await create());
		expect(await leaseOf(made)).toMatchObject({ state: "audition", epoch: 1, phase: 0 });
		expect((await reportOf(made)).counts.requests).toBe(0);
	});

	it("a ledger that is not on its tenant's list finds out with the first lease after five minutes that there is a later one", async () => {
		const made = await certified();
		const before = await leaseOf(made);
		await runInDurableObject(made.tenant.stub, (_instance, { storage }) => {
			storage.sql.exec("DELETE FROM evidence_ledgers");
		});
		valueOf(await made.tenant.ledger.destroy({ actor: OPERATOR }));
		world.now += 2_000;
		valueOf(await made.tenant.ledger.create({ tenant: made.tenant.tenant, name: "Again", actor: OPERATOR }));
		world.now += 300_000;
		const leases = await Promise.all([leaseOf(made), leaseOf(made), leaseOf(made)]);
		for (const lease of leases) expect(lease).toMatchObject({ state: "audition", epoch: 1, phase: 0 });
		expect(leases[0].sequence).toBeGreaterThan(before.sequence);
		world.now += 2_000;
		await ring(made);
		expect((await publishedLease(made))?.state).toBe("audition");
		expect((await reportOf(made)).counts.requests).toBe(0);
		// The later tenant's own is not ended by that.
		world.now += 300_000;
		expect((await leaseOf(made)).sequence).toBeGreaterThan(leases[0].sequence);
		expect((await reportOf(made)).epochs).toHaveLength(1);
	});

	it("a ledger whose tenant ended while it was made is not left behind", async () => {
		const made = evidenceOf(await tenantLedger());
		const { evidenceListOf } = EvidenceLedger.runtime;
		EvidenceLedger.runtime = {
			...EvidenceLedger.runtime,
			evidenceListOf(bindings, name) {
				const list = evidenceListOf(bindings, name);
				return {
					evidenceLedgers: () => list.evidenceLedgers(),
					async noteEvidenceLedger(address) {
						const noted = await list.noteEvidenceLedger(address);
						const owner = bindings.TENANT_LEDGER?.getByName(name) as TenantLedgerPort | undefined;
						if (noted.ok) await owner?.destroy({ actor: OPERATOR });
						return noted;
					},
				};
			},
		};
		expect(await made.ledger.lease({ address: made.address, terms: TERMS, policyRevision: 1 })).toEqual(NOT_BEGUN);
		expect(await made.ledger.report()).toEqual(NOT_BEGUN);
	});

	it("a ledger asks at most every five minutes, however often its lease is asked for", async () => {
		let asked = 0;
		const { evidenceListOf } = EvidenceLedger.runtime;
		EvidenceLedger.runtime = {
			...EvidenceLedger.runtime,
			evidenceListOf(bindings, name) {
				asked += 1;
				return evidenceListOf(bindings, name);
			},
		};
		const made = await begunEvidence();
		// Before it is made, and once it is.
		expect(asked).toBe(2);
		for (let time = 0; time < 60; time++) {
			world.now += 10_000;
			await leaseOf(made);
			await ring(made);
		}
		expect(asked).toBe(4);
	});

	it("a ledger that nobody told of its tenant's end finds out by itself", async () => {
		const made = await begunEvidence();
		// As if it had been made while the tenant was being destroyed.
		await runInDurableObject(made.tenant.stub, (_instance, { storage }) => {
			storage.sql.exec("DELETE FROM evidence_ledgers");
		});
		valueOf(await made.tenant.ledger.destroy({ actor: OPERATOR }));
		expect((await made.ledger.report()).ok).toBe(true);
		await passTime(made, world, 2 * 3_600_000);
		expect(await made.ledger.report()).toEqual(NOT_BEGUN);
		expect(await publishedLease(made)).toBeNull();
	});

	it("a ledger asks again later whether the tenant is there, where that cannot be found out", async () => {
		const made = await begunEvidence();
		EvidenceLedger.runtime = {
			...EvidenceLedger.runtime,
			evidenceListOf: () => ({
				noteEvidenceLedger: () => Promise.reject(new Error("unreachable")),
				evidenceLedgers: async () => [],
			}),
		};
		await evict(made);
		await passTime(made, world, 3 * 3_600_000);
		expect((await made.ledger.report()).ok).toBe(true);
		expect(world.faults).toContainEqual({ fault: "tenant-not-asked", reason: "Error: unreachable" });
	});
});
