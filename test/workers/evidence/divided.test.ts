import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { createExpectation } from "../../../bench/hot-tenant/expected.ts";
import { createBatches, type QueueBatch } from "../../../bench/hot-tenant/queue.ts";
import { createTraffic } from "../../../bench/hot-tenant/traffic.ts";
import { mergeTables, type EpochRecord } from "../../../src/tuning/evidence/evidence-table.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import {
	begunEvidence,
	evidenceWorld,
	exportOf,
	leaseOf,
	reportOf,
	type EvidenceWorld,
	type TestEvidence,
} from "./evidence-world.ts";

let world: EvidenceWorld;
beforeEach(() => {
	world = evidenceWorld();
});

/** Isolates, and the requests of all of them in a second. */
const ISOLATES = 4;
const RATE = 40;
const SECONDS = 240;

/** Gives a ledger what a batch has for it. */
function deliver({ ledger, address }: TestEvidence, { messages }: QueueBatch, isOwn: (requestId: string) => boolean) {
	const bodies = messages.flatMap(({ body }) => ("evidence" in body ? body.evidence : []));
	const entries = bodies.flatMap((body) => body.entries).filter(({ requestId }) => isOwn(requestId));
	const verdicts = bodies.flatMap((body) => body.verdicts).filter(({ requestId }) => isOwn(requestId));
	return ledger.record({ address, entries, verdicts });
}

/** Traffic of several isolates through a queue that is slow, late and delivers twice, on one ledger. */
async function driven(made: TestEvidence) {
	const start = world.now;
	const { tenant } = made.address;
	const plan = {
		tenant,
		address: made.address,
		requestsPerSecond: RATE,
		isolates: ISOLATES,
		riskAt: (confidence: number) => 0.3 * (1 - confidence) ** 2,
	};
	const traffic = createTraffic(plan, seededRandom(4));
	const queue = createBatches();
	const expectation = createExpectation();
	const batches: QueueBatch[] = [];
	const leases = await Promise.all(Array.from({ length: ISOLATES }, () => leaseOf(made)));
	for (let second = 0; second < SECONDS || traffic.hasVerdictsDue() || !queue.isEmpty(); second++) {
		world.now = start + second * 1_000;
		leases[second % ISOLATES] = await leaseOf(made);
		queue.send(traffic.second(world.now, leases, second < SECONDS));
		for (const batch of queue.dueBefore(start + (second + 1) * 1_000)) {
			world.now = batch.at;
			await deliver(made, batch, () => true);
			expectation.deliver(batch);
			batches.push(batch);
		}
	}
	world.now += 200_000;
	return { batches, expectation, counted: traffic.counted, start, end: world.now };
}

/** Makes a ledger count by the regimes of another, and decide nothing: one whose labeller has drifted certifies nothing. */
async function follow({ stub }: TestEvidence, leader: Awaited<ReturnType<typeof exportOf>>, epoch: EpochRecord) {
	await runInDurableObject(stub, (_instance, { storage: { sql } }) => {
		sql.exec("UPDATE epochs SET path = ?, start = ?", JSON.stringify(epoch.path), epoch.start);
		for (const { phase, deployed, auditPropensity, openedAt } of leader.phases)
			sql.exec("INSERT INTO phases VALUES (1, ?, ?, ?, ?)", phase, deployed, auditPropensity, openedAt);
		const { document } = sql.exec<{ document: string }>("SELECT document FROM state").one();
		const certified = epoch.path.map(() => false);
		const state = { ...JSON.parse(document), phase: leader.phases.length, laying: null, certified, judgeDriftAt: 0 };
		sql.exec("UPDATE state SET document = ?", JSON.stringify(state));
	});
}

describe("one tenant's evidence", { timeout: 60_000 }, () => {
	it("is counted as sent, once, and divided over ledgers by request adds up to the same table", async () => {
		const made = await begunEvidence();
		const { batches, expectation, counted, start, end } = await driven(made);
		const exported = await exportOf(made);
		const [epoch] = exported.epochs;
		if (epoch === undefined || exported.epochs.length > 1) throw new Error("there is one epoch");
		const { lease, counts } = await reportOf(made);
		expect(lease.state).toBe("certified");
		expect(counts).toMatchObject({ requests: counted.requests, accepted: counted.accepted, drawn: counted.drawn });
		// The queue was as bad as it was meant to be.
		expect(counted.redelivered).toBeGreaterThan(10);
		expect(counts.late).toBeGreaterThan(10);
		const table = mergeTables([exported.counts]);
		expect(table).toEqual(expectation.table(epoch, exported.phases));

		for (const ledgers of [1, 2, 3]) {
			const tables = [];
			for (let index = 0; index < ledgers; index++) {
				world.now = start;
				const part = await begunEvidence();
				await follow(part, exported, epoch);
				for (const batch of batches) {
					world.now = batch.at;
					await deliver(part, batch, (requestId) => Number.parseInt(requestId.slice(-4), 16) % ledgers === index);
				}
				world.now = end;
				tables.push((await exportOf(part)).counts);
			}
			expect(mergeTables(tables)).toEqual(table);
		}
	});
});
