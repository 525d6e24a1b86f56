import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type { EvidenceLease } from "../../../src/core/evidence/evidence-ports.ts";
import { evidenceRecordName } from "../../../src/core/published-records.ts";
import { EVIDENCE_TIMES } from "../../../src/ledger/evidence-times.ts";
import { newLedger, OPERATOR, tenantLedger, valueOf } from "../ledger/ledgers.ts";
import {
	alarmOf,
	begunEvidence,
	CLOSES_MS,
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
	rowsOf,
	TERMS,
	type EvidenceWorld,
	type TestEvidence,
} from "./evidence-world.ts";

let world: EvidenceWorld;
beforeEach(() => {
	world = evidenceWorld();
});

const DAY_MS = 86_400_000;
const NOT_BEGUN = { ok: false, error: { kind: "not-found", what: "evidence" } };

const certified = () => certifiedEvidence(world);

describe("a ledger of evidence", { timeout: 30_000 }, () => {
	it("of no tenant stores nothing", async () => {
		const made = evidenceOf(newLedger());
		expect(await made.ledger.lease({ address: made.address, terms: TERMS, policyRevision: 1 })).toEqual({
			ok: false,
			error: { kind: "not-found", what: "tenant" },
		});
		expect(await made.ledger.report()).toEqual(NOT_BEGUN);
		expect(await made.ledger.exported()).toEqual(NOT_BEGUN);
		expect(await made.ledger.restart({ reason: "", actor: OPERATOR })).toEqual(NOT_BEGUN);
		expect(await made.ledger.record({ address: made.address, entries: [entryOf({ at: 0 })], verdicts: [] })).toEqual({
			added: 0,
		});
		const tables = await runInDurableObject(made.stub, (_instance, { storage }) =>
			storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\'").toArray(),
		);
		expect(tables).toEqual([]);
	});

	it("begins with the first who asks for its lease, once, however many ask together", async () => {
		const made = evidenceOf(await tenantLedger());
		const leases = await Promise.all(Array.from({ length: 5 }, () => leaseOf(made)));
		expect(new Set(leases.map((lease) => JSON.stringify(lease))).size).toBe(1);
		expect(leases[0]).toEqual({
			version: 1,
			configHash: made.address.configHash,
			state: "audition",
			threshold: null,
			epoch: 1,
			phase: 0,
			auditPropensity: 1_000_000,
			sequence: 1,
			issuedAt: world.now,
			expiresAt: world.now + 600_000,
		});
		expect(await rowsOf(made, "epochs")).toHaveLength(1);
		expect(await publishedLease(made)).toEqual(leases[0]);
	});

	it("takes rows of the minute before it was made, and none of before its tenant was", async () => {
		const takes = async (made: TestEvidence, at: number) => {
			const { added } = await made.ledger.record({
				address: made.address,
				entries: [entryOf({ at, phase: 0 })],
				verdicts: [],
			});
			return added === 1;
		};
		const tenant = await tenantLedger();
		const madeAt = world.now;
		world.now += 40_000;
		const young = evidenceOf(tenant);
		await leaseOf(young);
		expect([await takes(young, madeAt - 1), await takes(young, madeAt)]).toEqual([false, true]);
		world.now += 3_600_000;
		const old = evidenceOf(tenant);
		await leaseOf(old);
		expect([await takes(old, world.now - CLOSES_MS - 1), await takes(old, world.now - CLOSES_MS)]).toEqual([
			false,
			true,
		]);
	});
});

describe("a lease", { timeout: 30_000 }, () => {
	it("is renewed at half of its time by the ledger itself, for as long as there is traffic, and an hour more", async () => {
		const made = await certified();
		const before = await leaseOf(made);
		await passTime(made, world, 1_800_000);
		const during = (await reportOf(made)).lease;
		expect(during).toMatchObject({ state: "certified", threshold: before.threshold });
		expect(during.expiresAt).toBeGreaterThan(world.now);
		await passTime(made, world, 3 * 3_600_000);
		expect(await alarmOf(made)).toBeNull();
		const after = (await reportOf(made)).lease;
		expect(after.expiresAt).toBeLessThan(world.now);
		expect(after.state).toBe("certified");
		const renewed = await leaseOf(made);
		expect(renewed.expiresAt).toBe(world.now + 600_000);
		expect(renewed.threshold).toBe(before.threshold);
		expect(await alarmOf(made)).not.toBeNull();
	});

	it("is asked for without a write while it has half of its time", async () => {
		const made = await begunEvidence();
		const first = await leaseOf(made);
		world.now += 299_000;
		expect(await leaseOf(made)).toEqual(first);
		world.now += 1_000;
		expect((await leaseOf(made)).sequence).toBe(first.sequence + 1);
	});

	it("whose newest label is too old is not renewed; the next who asks begins a new epoch", async () => {
		expect(EVIDENCE_TIMES.expiresMs).toBe(DAY_MS);
		world = evidenceWorld({ expiresMs: 3_600_000 });
		const made = await certified();
		// Traffic that no audit sees.
		for (let time = 0; time < 4; time++) {
			await passTime(made, world, 900_000);
			const { epoch, phase, auditPropensity: propensity } = (await reportOf(made)).lease;
			const at = world.now;
			const unseen = entryOf({ at, epoch, phase, propensity, served: "accepted", draw: "not-drawn", wrong: null });
			await made.ledger.record({ address: made.address, entries: [unseen], verdicts: [] });
		}
		await passTime(made, world, 900_000);
		const { lease } = await reportOf(made);
		expect(lease.state).toBe("certified");
		expect(lease.expiresAt).toBeLessThan(world.now);
		expect(await leaseOf(made)).toMatchObject({ state: "audition", threshold: null, epoch: 2 });
		expect((await reportOf(made)).epochs[1]).toMatchObject({ cause: "expired" });
	});

	it("is in KV when KV is back, and never goes back there", async () => {
		const made = await begunEvidence();
		world.kv = "fails";
		world.now += 2_000;
		const closed = valueOf(await made.ledger.close({ reason: "", actor: OPERATOR }));
		expect((await publishedLease(made))?.state).toBe("audition");
		await evict(made);
		for (const kv of ["lost", "hangs", "works"] as const) {
			world.kv = kv;
			world.now += 61_000;
			await ring(made);
		}
		world.now += 61_000;
		await ring(made);
		const published = await publishedLease(made);
		expect(published?.state).toBe("closed");
		expect(published?.sequence).toBeGreaterThanOrEqual(closed.sequence);
		const sequences = world.writes
			.filter(({ key }) => key === evidenceRecordName(made.address))
			.map(({ value }) => (JSON.parse(value ?? "{}") as EvidenceLease).sequence);
		expect(sequences).toEqual(sequences.toSorted((one, other) => one - other));
	});
});
