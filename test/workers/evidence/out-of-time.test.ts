import { beforeEach, describe, expect, it } from "vitest";
import type { AuditVerdict, EvidenceEntry } from "../../../src/core/evidence/evidence-entry.ts";
import { EvidenceLedger } from "../../../src/ledger/evidence-ledger.ts";
import {
	auditionedEvidence,
	BUCKET_MS,
	certifiedEvidence,
	CLOSES_MS,
	entryOf,
	evict,
	evidenceWorld,
	exportOf,
	leaseOf,
	recordEntries,
	reportOf,
	verdictOf,
	type EvidenceWorld,
	type TestEvidence,
} from "./evidence-world.ts";

const DAY_MS = 86_400_000;

let world: EvidenceWorld;
/** The midnight (UTC) at which every ledger here begins. */
let midnight: number;
beforeEach(() => {
	world = evidenceWorld();
	midnight = world.now;
	expect(midnight % DAY_MS).toBe(0);
});

const send = ({ ledger, address }: TestEvidence, entries: readonly EvidenceEntry[], verdicts: AuditVerdict[] = []) =>
	ledger.record({ address, entries, verdicts });

/** What everything that is closed comes to; all open buckets are closed first. */
async function table(made: TestEvidence) {
	const { now } = world;
	world.now += CLOSES_MS + 2 * BUCKET_MS;
	const { counts } = await exportOf(made);
	world.now = now;
	return counts.reduce(
		(sum, { n, wrong, unlabelled }) => ({
			n: sum.n + n,
			wrong: sum.wrong + wrong,
			unlabelled: sum.unlabelled + unlabelled,
		}),
		{ n: 0, wrong: 0, unlabelled: 0 },
	);
}

describe("evidence that is delivered again", { timeout: 30_000 }, () => {
	it("counts once until the end of the day after; from then on what has a label counts as wrong, each time", async () => {
		const made = await auditionedEvidence(world);
		const right = entryOf({ at: midnight, wrong: false });
		const drawn = entryOf({ at: midnight, draw: "drawn", wrong: null });
		const undrawn = entryOf({ at: midnight, draw: "not-drawn", wrong: null });
		const all = [right, drawn, undrawn] as const;
		const verdicts = [verdictOf(drawn, false)];
		expect(await send(made, all, verdicts)).toEqual({ added: 4 });
		expect(await table(made)).toEqual({ n: 2, wrong: 0, unlabelled: 1 });

		world.now = midnight + 2 * DAY_MS - 1;
		expect(await send(made, all, verdicts)).toEqual({ added: 0 });
		expect(await table(made)).toEqual({ n: 2, wrong: 0, unlabelled: 1 });
		expect(world.faults).toEqual([]);
		const { counts: before } = await reportOf(made);

		world.now = midnight + 2 * DAY_MS;
		for (let delivery = 1; delivery <= 2; delivery++) {
			expect(await send(made, all, verdicts)).toEqual({ added: 0 });
			await evict(made);
			expect(world.faults).toHaveLength(delivery);
			expect(world.faults.at(-1)).toEqual({ fault: "evidence-out-of-time", count: 4 });
		}
		expect(await table(made)).toEqual({ n: 6, wrong: 4, unlabelled: 1 });
		// Requests are not counted again: it is not known that they were not.
		expect((await reportOf(made)).counts).toEqual({ ...before, late: 4, labelled: 6, wrong: 4 });
	});

	it("is new for the first time as long: late, and then known", async () => {
		const made = await auditionedEvidence(world);
		const [right, undrawn] = [entryOf({ at: midnight }), entryOf({ at: midnight, draw: "not-drawn", wrong: null })];
		world.now = midnight + 2 * DAY_MS - 1;
		for (const added of [2, 0, 0]) expect(await send(made, [right, undrawn])).toEqual({ added });
		expect(await table(made)).toEqual({ n: 1, wrong: 1, unlabelled: 1 });
	});

	it("has every kind of it assumed to be the worst that it can be, in the newest open bucket", async () => {
		const made = await auditionedEvidence(world);
		const at = midnight;
		world.now = midnight + 9 * DAY_MS + 5;
		const entries = [
			entryOf({ at, wrong: false }),
			entryOf({ at, wrong: true }),
			entryOf({ at, draw: "drawn", wrong: null, served: "accepted" }),
			entryOf({ at, draw: "unobserved", wrong: null, served: "accepted" }),
			entryOf({ at, served: "gated", confidence: null }),
			entryOf({ at, draw: "not-drawn", wrong: null }),
			entryOf({ at, phase: 0 }),
			entryOf({ at, epoch: 7 }),
		];
		await send(made, entries, [verdictOf(entries[2] as EvidenceEntry, false)]);
		const { candidates } = await reportOf(made);
		expect(candidates.every(({ labels }) => labels === 0)).toBe(true);
		expect(await table(made)).toEqual({ n: 5, wrong: 5, unlabelled: 0 });
		const { counts, candidates: closed } = await (async () => {
			world.now += CLOSES_MS + 2 * BUCKET_MS;
			return reportOf(made);
		})();
		expect(closed.at(-1)).toMatchObject({ labels: 4, wrong: 4 });
		expect(counts).toMatchObject({ requests: 200, late: 4, gatedLabelled: 1, gatedWrong: 1 });
	});

	it("lowers what is certified for nobody to gain by it, and is no reason for an alarm", async () => {
		const made = await certifiedEvidence(world);
		const { epoch, phase, auditPropensity: propensity, threshold } = await leaseOf(made);
		const about = { at: world.now, epoch, phase, propensity, served: "accepted", draw: "drawn", wrong: null } as const;
		const before = (await reportOf(made)).candidates[0]?.logEvidence ?? Number.NaN;
		world.now += 3 * DAY_MS;
		const old = Array.from({ length: 60 }, () => entryOf(about));
		for (let delivery = 0; delivery < 3; delivery++) await recordEntries(made, ...old);
		world.now += CLOSES_MS + 2 * BUCKET_MS;
		const report = await reportOf(made);
		expect(report.candidates[0]?.logEvidence).toBeLessThan(before);
		expect(report.alarm.at).toBeNull();
		expect(report.counts.late).toBe(180);
		expect(threshold).not.toBeNull();
	});

	it("from a clock that is more than an hour ahead stays out, with its label", async () => {
		const made = await auditionedEvidence(world);
		await send(made, [entryOf({ at: midnight + 3_600_001 }), entryOf({ at: midnight + 3_600_000 })]);
		expect(world.faults).toEqual([{ fault: "evidence-out-of-time", count: 1 }]);
		expect((await reportOf(made)).counts).toMatchObject({ requests: 201, late: 0 });
	});
});

describe("a ledger that is full", { timeout: 30_000 }, () => {
	it("forgets the day that it had kept for clocks that differ, and never takes what it forgot for new", async () => {
		const { runtime } = EvidenceLedger;
		EvidenceLedger.runtime = { ...runtime, quotas: { ...runtime.quotas, databaseBytes: 0 } };
		const made = await auditionedEvidence(world);
		const entry = entryOf({ at: midnight });
		expect(await send(made, [entry])).toEqual({ added: 1 });
		world.now = midnight + DAY_MS;
		expect(await send(made, [entry, entryOf({ at: world.now })])).toEqual({ added: 1 });
		expect(world.faults).toEqual([]);
		world.now = midnight + 2 * DAY_MS;
		await send(made, []);
		const forgotten = { fault: "identities-forgotten", days: 1, from: midnight + DAY_MS, bytes: expect.any(Number) };
		expect(world.faults).toEqual([forgotten]);
		// By a clock that is behind, the day would still be told apart.
		world.now = midnight + 2 * DAY_MS - 1;
		await evict(made);
		expect(await send(made, [entry])).toEqual({ added: 0 });
		expect(world.faults).toEqual([forgotten, { fault: "evidence-out-of-time", count: 1 }]);
		expect(await table(made)).toEqual({ n: 3, wrong: 1, unlabelled: 0 });
	});
});
