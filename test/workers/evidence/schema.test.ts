import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type { EvidenceLease } from "../../../src/core/evidence/evidence-ports.ts";
import { EVIDENCE_MIGRATIONS } from "../../../src/ledger/evidence-schema.ts";
import { migrate } from "../../../src/ledger/sql-migrations.ts";
import { tenantLedger } from "../ledger/ledgers.ts";
import {
	evict,
	evidenceOf,
	evidenceWorld,
	exportOf,
	leaseOf,
	reportOf,
	TERMS,
	type EvidenceWorld,
	type TestEvidence,
} from "./evidence-world.ts";

let world: EvidenceWorld;
beforeEach(() => {
	world = evidenceWorld();
});

describe("the schema", { timeout: 30_000 }, () => {
	/** What a ledger held at each version of its schema, as that version's program wrote it. */
	type Rows = (made: TestEvidence) => readonly (readonly [string, ...unknown[]])[];
	const rowsAtVersion1: Rows = ({ address }) => [
		[
			"INSERT INTO evidence VALUES (1, ?, ?, ?, ?, 0, ?, NULL)",
			address.tenant,
			address.cascade,
			address.configHash,
			JSON.stringify(TERMS),
			world.now,
		],
		["INSERT INTO state VALUES (1, ?)", JSON.stringify(stateAtVersion1(world.now))],
		["INSERT INTO lease VALUES (1, ?)", JSON.stringify(leaseAtVersion1(address.configHash, world.now))],
		["INSERT INTO epochs VALUES (1, 0.06, 'first', ?, '[0.8,0.5]', 0, NULL)", world.now],
		["INSERT INTO phases VALUES (1, 1, NULL, 1000000, ?)", world.now],
		["INSERT INTO phases VALUES (1, 2, 0, 50000, ?)", world.now],
		["INSERT INTO counts VALUES (1, 1, 3, '[[0,1000000,100,1,0],[1,1000000,50,20,0]]')"],
		["INSERT INTO snapshots VALUES (1, ?, 1, 3, '[[0,1000000,100,1,0]]')", world.now],
		[
			"INSERT INTO buckets VALUES (?, ?)",
			Math.floor(world.now / 10_000),
			'{"counts":[{"epoch":1,"phase":2,"revision":3,"cell":0,"propensity":50000,"n":0,"wrong":0,"unlabelled":7}],"unsure":[],"unobserved":0}',
		],
		["INSERT INTO draws VALUES (?, '[\"req_1\",null]', 1, 2, 3, 0, 50000, 0, NULL, 0)", Math.floor(world.now / 10_000)],
		["INSERT INTO audit VALUES (1, 1000, 'system', 'evidence', 'evidence.epoch', 'done', '{}')"],
		["UPDATE publications SET sequence = 41"],
	];
	const ROWS_AT_VERSION: Readonly<Record<number, Rows>> = {
		1: rowsAtVersion1,
		2: (made) => [
			...rowsAtVersion1(made),
			["INSERT INTO seen_floor VALUES (1, ?)", Math.floor(world.now / 86_400_000) - 1],
		],
	};

	it("has rows of each of its versions to be tested with", () => {
		expect(Object.keys(ROWS_AT_VERSION).map(Number)).toEqual(EVIDENCE_MIGRATIONS.map(({ version }) => version));
	});

	it.each(EVIDENCE_MIGRATIONS.map(({ version }) => version))(
		"of version %s loses nothing on its way to the last",
		async (version) => {
			const made = evidenceOf(await tenantLedger());
			await runInDurableObject(made.stub, (_instance, { storage }) => {
				migrate(storage, EVIDENCE_MIGRATIONS.slice(0, version), { component: "evidence" });
				for (const [sql, ...values] of ROWS_AT_VERSION[version]?.(made) ?? []) storage.sql.exec(sql, ...values);
			});
			await evict(made);
			expect((await reportOf(made)).lease).toEqual(leaseAtVersion1(made.address.configHash, world.now));
			const verdicts = [{ requestId: "req_1", at: world.now, wrong: false, failed: false, costUsd: null, ms: 1 }];
			expect(await made.ledger.record({ address: made.address, entries: [], verdicts })).toEqual({ added: 1 });
			world.now += 100_000;
			const { candidates, counts } = await reportOf(made);
			expect(candidates).toMatchObject([
				{ threshold: 0.8, certified: true, labels: 101, wrong: 1 },
				{ threshold: 0.5, certified: false, labels: 151, wrong: 21 },
			]);
			expect(counts).toMatchObject({ requests: 300, labelled: 151 });
			const { snapshots, history } = await exportOf(made);
			expect(snapshots).toHaveLength(1);
			expect(history[0]).toMatchObject({ act: "evidence.epoch" });
			expect((await leaseOf(made, TERMS)).threshold).toBe(0.8);
		},
	);
});

function leaseAtVersion1(configHash: string, now: number): EvidenceLease {
	return {
		version: 1,
		configHash,
		state: "certified",
		threshold: 0.8,
		epoch: 1,
		phase: 2,
		auditPropensity: 50_000,
		sequence: 41,
		issuedAt: now,
		expiresAt: now + 600_000,
	};
}

function stateAtVersion1(now: number): unknown {
	return {
		watermark: Math.floor(now / 10_000) - 6,
		epoch: 1,
		phase: 2,
		isClosed: false,
		certified: [true, false],
		deployed: 0,
		laying: null,
		alarm: { logValues: [null, null, null, null], steps: 0, labels: 0 },
		alarmLevel: 1_000,
		alarmedAt: null,
		newestLabelAt: now,
		unobservedAt: null,
		trafficAt: now,
		tickAt: now + 60_000,
		tenantSeenAt: now,
		tallies: {
			requests: 300,
			accepted: 100,
			escalated: 200,
			gated: 0,
			drawn: 1,
			labelled: 150,
			wrong: 21,
			unobserved: 0,
			late: 0,
			unresolved: 0,
			failed: 0,
			underPropensity: 0,
			beforePath: 200,
			otherEpoch: 0,
			gatedLabelled: 0,
			gatedWrong: 0,
		},
	};
}
