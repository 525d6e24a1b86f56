import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type { AuditVerdict, EvidenceEntry } from "../../../src/core/evidence/evidence-entry.ts";
import { advance } from "../../../src/ledger/evidence-advance.ts";
import { EvidenceLedger } from "../../../src/ledger/evidence-ledger.ts";
import { recordEvidence } from "../../../src/ledger/evidence-record.ts";
import { createEvidenceStores } from "../../../src/ledger/evidence-stores.ts";
import { EVIDENCE_TIMES } from "../../../src/ledger/evidence-times.ts";
import { issueLease } from "../../../src/ledger/evidence-regimes.ts";
import { evidenceRecordName } from "../../../src/core/published-records.ts";
import { workOn, type EvidenceWork } from "../../../src/ledger/evidence-work.ts";
import { TENANT_QUOTAS } from "../../../src/ledger/quotas.ts";
import {
	begunEvidence,
	BUCKET_MS,
	CLOSES_MS,
	entryOf,
	evict,
	evidenceWorld,
	exportOf,
	layPath,
	reportOf,
	rowsOf,
	TERMS,
	verdictOf,
	type EvidenceWorld,
	type TestEvidence,
} from "./evidence-world.ts";

let world: EvidenceWorld;
beforeEach(() => {
	world = evidenceWorld();
});

/** What a queue brings in one call. */
interface Batch {
	readonly entries: readonly EvidenceEntry[];
	readonly verdicts: readonly AuditVerdict[];
}

/** Of every kind: labelled, drawn with and without a verdict, not drawn, unobserved, gated, of two buckets. */
function mixture(at: number): Batch {
	const drawn = [1, 2, 3].map(() => entryOf({ at, draw: "drawn", wrong: null }));
	return {
		entries: [
			entryOf({ at, wrong: true }),
			entryOf({ at: at + BUCKET_MS, confidence: 0.31 }),
			entryOf({ at, propensity: 50_000, draw: "not-drawn", wrong: null, confidence: null }),
			entryOf({ at, served: "gated", confidence: null }),
			...drawn,
		],
		verdicts: [verdictOf(drawn[0] as EvidenceEntry, true), verdictOf(drawn[1] as EvidenceEntry, false)],
	};
}

const send = ({ ledger, address }: TestEvidence, { entries, verdicts }: Batch) =>
	ledger.record({ address, entries, verdicts });

/** All that is counted, once every bucket is closed. */
async function countedIn(made: TestEvidence) {
	world.now += CLOSES_MS + 2 * BUCKET_MS;
	const { counts, candidates } = await reportOf(made);
	return { counts, candidates, table: (await exportOf(made)).counts };
}

/** What the mixture comes to beside the 200 readings of the path. */
const EXPECTED = {
	requests: 207,
	accepted: 0,
	escalated: 206,
	gated: 1,
	drawn: 3,
	labelled: 5,
	wrong: 3,
	unobserved: 0,
	late: 0,
	unresolved: 1,
	failed: 0,
	underPropensity: 0,
	beforePath: 200,
	otherEpoch: 0,
	gatedLabelled: 1,
	gatedWrong: 0,
};

async function auditioned(): Promise<TestEvidence> {
	const made = await begunEvidence();
	await layPath(made, world);
	return made;
}

describe("every entry and verdict counts once", () => {
	it("when the same batch is delivered again and again, also after its buckets are closed", async () => {
		const made = await auditioned();
		const batch = mixture(world.now);
		expect(await send(made, batch)).toEqual({ added: 9 });
		for (let delivery = 0; delivery < 3; delivery++) expect(await send(made, batch)).toEqual({ added: 0 });
		const first = await countedIn(made);
		expect(first.counts).toEqual(EXPECTED);
		expect(await send(made, batch)).toEqual({ added: 0 });
		expect(await countedIn(made)).toEqual(first);
	});

	it("when it is in one batch twice", async () => {
		const made = await auditioned();
		const { entries, verdicts } = mixture(world.now);
		await send(made, { entries: [...entries, ...entries], verdicts: [...verdicts, ...verdicts] });
		expect((await countedIn(made)).counts).toEqual(EXPECTED);
	});

	it("when the ledger is taken away between deliveries", async () => {
		const made = await auditioned();
		const { entries, verdicts } = mixture(world.now);
		for (let delivery = 0; delivery < 3; delivery++) {
			await send(made, { entries, verdicts: [] });
			await evict(made);
			await send(made, { entries: [], verdicts });
			await evict(made);
		}
		expect((await countedIn(made)).counts).toEqual(EXPECTED);
	});

	it("when verdicts come before their draws, and again after them", async () => {
		const made = await auditioned();
		const { entries, verdicts } = mixture(world.now);
		await send(made, { entries: [], verdicts });
		await send(made, { entries: [], verdicts });
		await send(made, { entries, verdicts: [] });
		await send(made, { entries, verdicts });
		expect((await countedIn(made)).counts).toEqual(EXPECTED);
		expect(await rowsOf(made, "early_verdicts")).toEqual([]);
	});

	it("in whatever order and grouping it comes, with the same table at the end", async () => {
		const orders: ((batch: Batch) => Batch[])[] = [
			(batch) => [batch],
			({ entries, verdicts }) => [{ entries: entries.toReversed(), verdicts: verdicts.toReversed() }],
			({ entries, verdicts }) => [
				...verdicts.map((verdict) => ({ entries: [], verdicts: [verdict] })),
				...entries.toReversed().map((entry) => ({ entries: [entry], verdicts: [] })),
			],
		];
		const at = world.now;
		const tables = [];
		for (const order of orders) {
			world.now = at;
			const made = await auditioned();
			for (const batch of order(mixture(at))) await send(made, batch);
			tables.push((await countedIn(made)).table);
		}
		expect(tables[1]).toEqual(tables[0]);
		expect(tables[2]).toEqual(tables[0]);
		expect(tables[0]?.reduce((sum, { n, unlabelled }) => sum + n + unlabelled, 0)).toBe(7);
	});

	it.each(["while the buckets are open", "while they are being closed", "while the path is being laid"] as const)(
		"wherever within its work the ledger stops %s",
		async (when) => {
			if (when === "while the path is being laid") world = evidenceWorld(FEW_READINGS);
			for (let stop = 1, isOver = false; !isOver; stop++) {
				const made = when === "while the path is being laid" ? await begunEvidence() : await auditioned();
				const at = world.now;
				const batch = when === "while the path is being laid" ? readings(at) : mixture(at);
				if (when === "while they are being closed") {
					await send(made, batch);
					world.now += CLOSES_MS + BUCKET_MS;
				}
				isOver = await stopAt(made, stop, batch);
				if (isOver) expect(stop).toBeGreaterThan(8);
				await send(made, batch);
				await evict(made);
				await send(made, batch);
				const { counts, candidates } = await countedIn(made);
				if (when !== "while the path is being laid") expect(counts).toEqual(EXPECTED);
				else {
					expect(counts).toMatchObject({ requests: 8, beforePath: 8, labelled: 0 });
					expect(candidates.length).toBeGreaterThan(3);
				}
			}
		},
		60_000,
	);
});

/** Of a ledger that lays its path soon. */
const FEW_READINGS = { pathReadings: 8 };

/** Readings enough for such a path. */
function readings(at: number): Batch {
	const entries = Array.from({ length: 8 }, (_, index) => entryOf({ at, phase: 0, confidence: index / 8 }));
	return { entries, verdicts: [] };
}

/** Runs the ledger's work on a batch until its statement of this number, which fails; true where there is none of it. */
function stopAt({ stub }: TestEvidence, stop: number, { entries, verdicts }: Batch): Promise<boolean> {
	return runInDurableObject(stub, (_instance, { storage }) => {
		let statement = 0;
		const exec = (query: string, ...bindings: SqlStorageValue[]) => {
			if (++statement === stop) throw new Error("stopped");
			return storage.sql.exec(query, ...bindings);
		};
		const stores = createEvidenceStores(
			{ exec } as unknown as SqlStorage,
			TENANT_QUOTAS,
			EvidenceLedger.runtime.evidenceTimes,
		);
		try {
			storage.transactionSync(() =>
				workOn(stores, world.now, (work) => {
					advance(work);
					return recordEvidence(work, entries, verdicts);
				}),
			);
			return true;
		} catch (error) {
			expect(error).toEqual(new Error("stopped"));
			return false;
		}
	});
}

describe("what a call writes", () => {
	it("is a row for each entry and a few more, whatever the entries say", async () => {
		const made = await auditioned();
		// One isolate-minute at 5% audits: 100 accepted entries over ten seconds, of which five are drawn.
		const entries = Array.from({ length: 100 }, (_, index) =>
			entryOf({
				at: world.now + index * 100,
				confidence: index / 100,
				served: "accepted",
				draw: index % 20 === 0 ? "drawn" : "labelled",
				wrong: index % 20 === 0 ? null : false,
			}),
		);
		const verdicts = entries.filter(({ draw }) => draw === "drawn").map((entry) => verdictOf(entry, false));
		const written = (batch: Batch, more: (work: EvidenceWork) => void = () => {}) =>
			runInDurableObject(made.stub, (_instance, { storage }) => {
				const rows = { written: 0, read: 0 };
				const exec = <Row extends Record<string, SqlStorageValue>>(query: string, ...bindings: SqlStorageValue[]) => {
					const cursor = storage.sql.exec<Row>(query, ...bindings);
					const all = cursor.toArray();
					rows.written += cursor.rowsWritten;
					rows.read += cursor.rowsRead;
					return { toArray: () => all, one: () => all[0], rowsWritten: cursor.rowsWritten };
				};
				const stores = createEvidenceStores({ exec } as unknown as SqlStorage, TENANT_QUOTAS, EVIDENCE_TIMES);
				const began = performance.now();
				storage.transactionSync(() =>
					workOn(stores, world.now, (work) => {
						advance(work);
						recordEvidence(work, batch.entries, batch.verdicts);
						more(work);
					}),
				);
				return { ...rows, ms: Math.round(performance.now() - began) };
			});
		const ofEntries = await written({ entries, verdicts: [] });
		const ofVerdicts = await written({ entries: [], verdicts });
		world.now += CLOSES_MS + 2 * BUCKET_MS;
		const ofClosing = await written({ entries: [], verdicts: [] });
		const ofRenewal = await written({ entries: [], verdicts: [] }, (work) => {
			issueLease(work);
			work.stores.outbox.remove(evidenceRecordName(made.address), work.stores.evidence.lease().sequence);
		});
		console.log(JSON.stringify({ entries: ofEntries, verdicts: ofVerdicts, closing: ofClosing, renewal: ofRenewal }));
		expect(ofEntries.written).toBeLessThanOrEqual(100 + 5 + 2 + 1 + 1);
		expect(ofVerdicts.written).toBeLessThanOrEqual(5 + 1);
		expect(ofClosing.written).toBeLessThanOrEqual(5 + 2 + 2 + 1);
		expect(TERMS.auditPropensity).toBe(50_000);
	});
});
