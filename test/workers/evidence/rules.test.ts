import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type { GuaranteeTerms } from "../../../src/core/evidence/evidence-ports.ts";
import {
	auditionedEvidence,
	begunEvidence,
	certifiedEvidence,
	recordEntries as record,
	STEADY as GOOD,
	BUCKET_MS,
	CLOSES_MS,
	drive,
	entryOf,
	evidenceWorld,
	leaseOf,
	reportOf,
	TERMS,
	verdictOf,
	type EvidenceWorld,
	type TestEvidence,
} from "./evidence-world.ts";

let world: EvidenceWorld;
beforeEach(() => {
	world = evidenceWorld();
});

const auditioned = () => auditionedEvidence(world);
const certified = (terms?: GuaranteeTerms) => certifiedEvidence(world, terms);

/** Lets all open buckets be closed, and reports. */
async function closed(made: TestEvidence) {
	world.now += CLOSES_MS + 2 * BUCKET_MS;
	return reportOf(made);
}

describe("the path of an epoch", { timeout: 30_000 }, () => {
	it("is laid by the first readings, whose labels do not count", async () => {
		const made = await begunEvidence();
		expect(await leaseOf(made)).toMatchObject({ state: "audition", epoch: 1, phase: 0, auditPropensity: 1_000_000 });
		await record(
			made,
			...Array.from({ length: 199 }, (_, index) => entryOf({ at: world.now, phase: 0, confidence: index / 199 })),
		);
		expect((await closed(made)).candidates).toEqual([]);
		await record(made, entryOf({ at: world.now, phase: 0, confidence: 1 }));
		const report = await closed(made);
		expect(report.candidates.length).toBeGreaterThan(30);
		expect(report.candidates.every(({ labels }) => labels === 0)).toBe(true);
		expect(report.counts).toMatchObject({ requests: 200, beforePath: 200, labelled: 0 });
		expect(report.lease).toMatchObject({ state: "audition", epoch: 1, phase: 1 });
		const thresholds = report.candidates.map(({ threshold }) => threshold);
		expect(thresholds).toEqual(thresholds.toSorted((left, right) => right - left));
	});

	it("takes in no answers without a reading, out of scope or gated, but those without a reading into account", async () => {
		const made = await begunEvidence();
		const at = world.now;
		await record(
			made,
			...Array.from({ length: 300 }, () => entryOf({ at, phase: 0, confidence: null })),
			...Array.from({ length: 300 }, () => entryOf({ at, phase: 0, confidence: 0.99, inScope: false })),
			...Array.from({ length: 300 }, () => entryOf({ at, phase: 0, confidence: 0.99, served: "gated" })),
		);
		expect((await reportOf(made)).candidates).toEqual([]);
		await record(
			made,
			...Array.from({ length: 200 }, (_, index) => entryOf({ at, phase: 0, confidence: index / 200 })),
		);
		// A fifth of the 800 requests that are not gated is 160 of the 200 readings.
		expect((await reportOf(made)).candidates[0]?.threshold).toBeCloseTo(0.2, 1);
	});

	it("does not turn stragglers of before into evidence", async () => {
		const made = await auditioned();
		await record(made, entryOf({ at: world.now, phase: 0 }), entryOf({ at: world.now, epoch: 0, phase: 0 }));
		const { counts, candidates } = await closed(made);
		expect(counts).toMatchObject({ beforePath: 201, otherEpoch: 1, labelled: 0 });
		expect(candidates.every(({ labels }) => labels === 0)).toBe(true);
	});
});

describe("a bucket", { timeout: 30_000 }, () => {
	it("is evaluated only once it is closed, a minute after its end", async () => {
		const made = await auditioned();
		world.now = Math.ceil(world.now / BUCKET_MS) * BUCKET_MS;
		await record(made, entryOf({ at: world.now }));
		world.now += BUCKET_MS + CLOSES_MS - 1;
		expect((await reportOf(made)).counts.labelled).toBe(1);
		expect((await reportOf(made)).candidates[0]?.labels).toBe(0);
		world.now += 1;
		const report = await reportOf(made);
		expect(report.candidates[0]?.labels).toBe(1);
		expect(report.watermark).toBe(world.now - CLOSES_MS);
	});

	it("counts an audit without a verdict as wrong when it is closed, and the verdict that comes later not at all", async () => {
		const made = await auditioned();
		const entry = entryOf({ at: world.now, draw: "drawn", wrong: null });
		await record(made, entry);
		expect((await closed(made)).counts).toMatchObject({ drawn: 1, labelled: 1, wrong: 1, unresolved: 1 });
		const late = { address: made.address, entries: [], verdicts: [verdictOf(entry, false)] };
		expect(await made.ledger.record(late)).toEqual({ added: 0 });
		expect((await closed(made)).counts).toMatchObject({ labelled: 1, wrong: 1, unresolved: 1 });
	});

	it("that is closed takes nothing: what has a label, or was to get one, counts as wrong in the open one", async () => {
		const made = await auditioned();
		const at = world.now;
		world.now += CLOSES_MS + 2 * BUCKET_MS;
		const drawn = entryOf({ at, draw: "drawn", wrong: null });
		await record(
			made,
			entryOf({ at, wrong: false }),
			drawn,
			entryOf({ at, draw: "not-drawn", wrong: null, propensity: 1_000_000 }),
		);
		await made.ledger.record({ address: made.address, entries: [], verdicts: [verdictOf(drawn, false)] });
		const { counts, candidates } = await closed(made);
		expect(counts).toMatchObject({ late: 2, labelled: 2, wrong: 2, unresolved: 0 });
		expect(candidates.at(-1)).toMatchObject({ labels: 2, wrong: 2, coverage: 1 });
	});

	it("keeps what an hour and more in the future, or weeks in the past, out", async () => {
		const made = await auditioned();
		await record(made, entryOf({ at: world.now + 3_600_001 }), entryOf({ at: world.now - 17 * 86_400_000 }));
		expect((await closed(made)).counts.requests).toBe(200);
		await record(made, entryOf({ at: world.now + 3_600_000 }));
		expect((await reportOf(made)).counts.requests).toBe(201);
	});
});

describe("a label", { timeout: 30_000 }, () => {
	it("that failed counts as wrong", async () => {
		const made = await auditioned();
		const entry = entryOf({ at: world.now, draw: "drawn", wrong: null });
		const verdicts = [verdictOf(entry, true, { failed: true })];
		await made.ledger.record({ address: made.address, entries: [entry], verdicts });
		expect((await closed(made)).counts).toMatchObject({ labelled: 1, wrong: 1, failed: 1, unresolved: 0 });
	});

	it("under its phase's propensity is left out, and counted as that", async () => {
		const made = await auditioned();
		await record(made, entryOf({ at: world.now, propensity: 999_999, wrong: false }));
		const { counts, candidates } = await closed(made);
		expect(counts).toMatchObject({ underPropensity: 1, labelled: 0 });
		expect(candidates.at(-1)?.labels).toBe(0);
	});
});

describe("labels that come when their bucket is closed", { timeout: 30_000 }, () => {
	/** So many that are late, in a bucket with forty rows in time, and sixty more buckets. */
	async function driveWithLate(count: number, draw: "labelled" | "not-drawn" = "labelled") {
		const made = await auditioned();
		const at = world.now;
		world.now += CLOSES_MS + 2 * BUCKET_MS;
		const late = { at, draw, wrong: draw === "labelled" ? false : null };
		await record(made, ...Array.from({ length: count }, () => entryOf(late)));
		const served = await drive(made, world, GOOD, 60);
		return { made, isCertified: served.some(({ lease }) => lease.state === "certified") };
	}

	it("freeze certification where they are more than one in twenty of those they are counted with", async () => {
		const { made, isCertified } = await driveWithLate(3);
		expect(isCertified).toBe(false);
		expect(await reportOf(made)).toMatchObject({ frozen: true, frozenBecause: "late", counts: { late: 3 } });
		const after = await drive(made, world, { ...GOOD, seed: 2 }, 12, ({ state }) => state === "certified");
		expect(after.length).toBeLessThan(12);
	});

	it("freeze nothing where they are fewer", async () => {
		expect((await driveWithLate(2)).isCertified).toBe(true);
	});

	it("freeze nothing where they are rows that were to have none", async () => {
		expect((await driveWithLate(10, "not-drawn")).isCertified).toBe(true);
	});

	it("are counted with those of a bucket that was stored when late ones were not counted yet", async () => {
		const made = await auditioned();
		await record(made, entryOf({ at: world.now }));
		await runInDurableObject(made.stub, (_instance, { storage: { sql } }) => {
			sql.exec("UPDATE buckets SET document = json_remove(document, '$.late')");
		});
		await record(made, entryOf({ at: world.now }));
		expect(await closed(made)).toMatchObject({ frozenBecause: null, counts: { labelled: 2 } });
	});
});

describe("accepted answers without a coin at an audit rate of one", { timeout: 30_000 }, () => {
	it("are no reason for an alarm either", async () => {
		const terms = { ...TERMS, auditPropensity: 1_000_000 };
		const made = await certified(terms);
		for (let bucket = 0; bucket < 30; bucket++) {
			const { epoch, phase } = await leaseOf(made, terms);
			const about = { at: world.now, epoch, phase, served: "accepted", draw: "unobserved", wrong: null } as const;
			await record(made, ...Array.from({ length: 10 }, () => entryOf(about)));
			world.now += BUCKET_MS;
		}
		expect(await closed(made)).toMatchObject({
			lease: { state: "certified" },
			frozenBecause: "unobserved",
			counts: { unobserved: 300 },
		});
	});
});

describe("audits that fail", { timeout: 30_000 }, () => {
	/** Sixty buckets of so many audits each, of which the first so many get no verdict but that they failed. */
	async function audits(made: Awaited<ReturnType<typeof certified>>, each: number, failing: number) {
		for (let bucket = 0; bucket < 60; bucket++) {
			const { epoch, phase, auditPropensity: propensity } = await leaseOf(made);
			const regime = {
				at: world.now,
				epoch,
				phase,
				propensity,
				served: "accepted",
				draw: "drawn",
				wrong: null,
			} as const;
			const entries = Array.from({ length: each }, () => entryOf(regime));
			const verdicts = entries.map((entry, index) => verdictOf(entry, index < failing, { failed: index < failing }));
			await made.ledger.record({ address: made.address, entries, verdicts });
			world.now += BUCKET_MS;
		}
		return closed(made);
	}

	it("are evidence against the stage, and no reason for an alarm while they are a tenth: they say nothing of its answers", async () => {
		const report = await audits(await certified(), 10, 1);
		expect(report.lease.state).toBe("certified");
		expect(report.alarm.at).toBeNull();
		expect(report.counts).toMatchObject({ failed: 60, unresolved: 0 });
		expect(report.risk?.estimate).toBeGreaterThan(0.05);
	});

	it("alarm where nobody can judge half of the answers any more, whatever the other half is", async () => {
		const report = await audits(await certified(), 10, 5);
		expect(report.alarm.at).not.toBeNull();
		expect(report.lease.state).not.toBe("certified");
	});
});
