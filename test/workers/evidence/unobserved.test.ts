import { beforeEach, describe, expect, it } from "vitest";
import type { EvidenceEntry } from "../../../src/core/evidence/evidence-entry.ts";
import type { LeaseState } from "../../../src/core/evidence/evidence-ports.ts";
import {
	auditionedEvidence,
	begunEvidence,
	BUCKET_MS,
	certifiedEvidence,
	CLOSES_MS,
	drive,
	entryOf,
	evidenceWorld,
	exportOf,
	layPath,
	leaseOf,
	recordEntries as record,
	reportOf,
	STEADY as GOOD,
	type EvidenceWorld,
	type TestEvidence,
} from "./evidence-world.ts";

let world: EvidenceWorld;
beforeEach(() => {
	world = evidenceWorld();
});

/** Lets all open buckets be closed, and reports. */
async function closed(made: TestEvidence) {
	world.now += CLOSES_MS + 2 * BUCKET_MS;
	return reportOf(made);
}

describe("answers of which no label could be had", { timeout: 30_000 }, () => {
	const unobserved = (count: number, fields: Partial<EvidenceEntry> = {}) =>
		Array.from({ length: count }, () => entryOf({ at: world.now, draw: "unobserved", wrong: null, ...fields }));

	it("freeze nothing while they are one in twenty of a bucket, however many buckets have some", async () => {
		const made = await auditionedEvidence(world);
		const served: LeaseState[] = [];
		for (let bucket = 0; bucket < 60; bucket++) {
			await record(made, ...unobserved(2, { confidence: 0 }));
			// With those, 40 requests in each bucket.
			served.push(
				...(await drive(made, world, { ...GOOD, seed: bucket, perBucket: 38 }, 1)).map(({ lease }) => lease.state),
			);
		}
		const { frozen, frozenBecause, counts } = await reportOf(made);
		expect({ frozen, frozenBecause, unobserved: counts.unobserved }).toEqual({
			frozen: false,
			frozenBecause: null,
			unobserved: 120,
		});
		expect(served).toContain("certified");
	});

	it("freeze certification once they are more, until they were not for ten minutes", async () => {
		const made = await auditionedEvidence(world);
		await record(made, ...unobserved(3, { served: "accepted" }));
		const frozen = await drive(made, world, GOOD, 60);
		expect(frozen.every(({ lease }) => lease.state === "audition")).toBe(true);
		const report = await reportOf(made);
		expect(report).toMatchObject({ frozen: true, frozenBecause: "unobserved", counts: { unobserved: 3 } });
		expect(report.candidates[0]?.logEvidence).toBeGreaterThan(report.logNeeded);
		const after = await drive(made, world, { ...GOOD, seed: 2 }, 12, ({ state }) => state === "certified");
		expect(after.length).toBeLessThan(12);
		expect((await reportOf(made)).frozen).toBe(false);
	});

	it("weigh what a drawn one weighs where the coin had drawn them, and are no reason for an alarm", async () => {
		const made = await certifiedEvidence(world);
		await closed(made);
		const { epoch, phase, auditPropensity: propensity } = await leaseOf(made);
		const wrongAt = async (chance: number) =>
			(await exportOf(made)).counts
				.filter((count) => count.phase === phase && count.cell === 0 && count.propensity === chance)
				.reduce((sum, { wrong }) => sum + wrong, 0);
		const chances = [propensity, 1_000_000];
		const before = await Promise.all(chances.map(wrongAt));
		const { alarm } = await reportOf(made);
		const about = { epoch, phase, propensity, confidence: 1, served: "accepted" } as const;
		await record(made, ...unobserved(3, { ...about, wasDrawn: true }), ...unobserved(2, about));
		const report = await closed(made);
		const added = (await Promise.all(chances.map(wrongAt))).map((wrong, index) => wrong - (before[index] ?? 0));
		expect(added).toEqual([3, 2]);
		expect(report).toMatchObject({ frozenBecause: "unobserved", counts: { unobserved: 5, underPropensity: 0 } });
		expect(report.alarm.logValue).toBe(alarm.logValue);
	});

	it("never loosen what is deployed, and never take it away", async () => {
		const gradual = { seed: 7, perBucket: 40, riskAt: (score: number) => 0.35 * (1 - score) };
		const made = await begunEvidence();
		await layPath(made, world);
		await drive(made, world, gradual, 100, ({ state }) => state === "certified");
		const { threshold, phase } = await leaseOf(made);
		await record(made, ...unobserved(3, { phase, served: "accepted" }));
		const served = await drive(made, world, { ...gradual, riskAt: () => 0 }, 59);
		// The bucket in front of it is closed first, so what it certified may still be deployed.
		expect(served.slice(8).map(({ lease }) => lease.threshold)).toEqual(
			served.slice(8).map(() => served[8]?.lease.threshold),
		);
		expect(served.every(({ lease }) => lease.state === "certified")).toBe(true);
		expect(threshold).not.toBeNull();
	});
});
