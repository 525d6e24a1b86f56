import { beforeEach, describe, expect, it } from "vitest";
import type { EvidenceEntry } from "../../../src/core/evidence/evidence-entry.ts";
import type { EvidenceLedgerPort, GuaranteeTerms } from "../../../src/core/evidence/evidence-ports.ts";
import {
	begunEvidence,
	drive,
	evidenceWorld,
	layPath,
	leaseOf,
	reportOf,
	TERMS,
	type EvidenceWorld,
	type TestEvidence,
	type Traffic,
} from "./evidence-world.ts";

let world: EvidenceWorld;
beforeEach(() => {
	world = evidenceWorld();
});

/** Right at 98% whatever the score, so every threshold comes to be certified. */
const TRAFFIC: Traffic = { seed: 7, perBucket: 40, riskAt: () => 0.02 };

const paced = (usdPerDay: number): GuaranteeTerms => ({
	...TERMS,
	guarantee: { ...TERMS.guarantee, pacing: { preferQualityWithin: { usdPerDay } } },
});

/** A ledger whose requests cost 0.1 cent at the stage and, where they are not accepted, one cent at the last. */
async function ledgerAt(usdPerDay: number): Promise<TestEvidence> {
	const made = await begunEvidence(paced(usdPerDay));
	const { ledger } = made;
	const priced = (entry: EvidenceEntry): EvidenceEntry => ({
		...entry,
		cost: { stageUsd: 0.001, restUsd: entry.served === "accepted" ? 0 : 0.01 },
	});
	const told: EvidenceLedgerPort = {
		...ledger,
		lease: (input) => ledger.lease(input),
		report: () => ledger.report(),
		record: (input) => ledger.record({ ...input, entries: input.entries.map(priced) }),
	};
	return { ...made, ledger: told };
}

async function served(usdPerDay: number, buckets = 250): Promise<TestEvidence> {
	const made = await ledgerAt(usdPerDay);
	await layPath(made, world, paced(usdPerDay));
	await drive(made, world, { ...TRAFFIC, terms: paced(usdPerDay) }, buckets);
	return made;
}

/** 40 requests each ten seconds; the first 200 lay the path in an instant. */
const REQUESTS_A_DAY = 345_600;
/** All at the stage, those not accepted and 5% of the others at the last one. */
const costAt = (coverage: number) => REQUESTS_A_DAY * (0.001 + (1 - 0.95 * coverage) * 0.01);

describe("a paced guarantee", { timeout: 60_000 }, () => {
	it("deploys the strictest certified threshold whose projected cost meets the budget, and not the loosest", async () => {
		const made = await served(costAt(0.45));
		const { pacing, lease, candidates } = await reportOf(made);
		expect(pacing).toMatchObject({ state: "within", threshold: lease.threshold });
		expect(pacing?.projectedUsdPerDay).toBeLessThanOrEqual(costAt(0.45));
		const coverage = candidates.find(({ threshold }) => threshold === lease.threshold)?.coverage ?? 0;
		expect(coverage).toBeGreaterThan(0.4);
		expect(coverage).toBeLessThan(0.55);
		expect(candidates.findLast(({ certified }) => certified)?.threshold).toBeLessThan(lease.threshold ?? 0);
	});

	it("is infeasible where even the loosest certified threshold costs more, and accepts nothing looser than that", async () => {
		const made = await served(1);
		const { pacing, lease, candidates } = await reportOf(made);
		const loosest = candidates.findLast(({ certified }) => certified);
		expect(pacing).toMatchObject({ state: "infeasible", usdPerDay: 1, threshold: loosest?.threshold });
		expect(lease.threshold).toBe(loosest?.threshold);
		expect(pacing?.projectedUsdPerDay).toBeGreaterThan(1);
	});

	it("says that nothing is certified before anything is, and that costs are unknown where nobody tells them", async () => {
		const early = await begunEvidence(paced(10));
		expect((await reportOf(early)).pacing).toEqual({
			state: "nothing-certified",
			usdPerDay: 10,
			threshold: null,
			projectedUsdPerDay: null,
		});
		const untold = await begunEvidence(paced(10));
		await layPath(untold, world, paced(10));
		await drive(untold, world, { ...TRAFFIC, terms: paced(10) }, 120);
		const { pacing, lease } = await reportOf(untold);
		expect(pacing).toMatchObject({ state: "unknown", projectedUsdPerDay: null });
		expect(lease.state).toBe("certified");
	});

	it("follows a budget that is changed, in the same epoch and within what is certified", async () => {
		const made = await served(costAt(0.95));
		const before = await reportOf(made);
		const rich = paced(costAt(0));
		await leaseOf(made, rich);
		await drive(made, world, { ...TRAFFIC, seed: 8, terms: rich }, 120);
		const after = await reportOf(made);
		expect(after.lease.epoch).toBe(before.lease.epoch);
		expect(after.lease.threshold).toBe(after.candidates[0]?.threshold);
		expect(after.lease.threshold).toBeGreaterThan(before.lease.threshold ?? 1);
	});

	it("moves for the sake of money once in ten minutes at most", async () => {
		const made = await ledgerAt(costAt(0.45));
		const terms = paced(costAt(0.45));
		await layPath(made, world, terms);
		const rows = await drive(made, world, { ...TRAFFIC, terms }, 300);
		const changes = rows.flatMap(({ lease }, index) => (lease.phase === rows[index - 1]?.lease.phase ? [] : [index]));
		const afterFirst = changes.slice(2);
		for (const [index, at] of afterFirst.entries()) expect(at - (changes[index + 1] ?? 0)).toBeGreaterThanOrEqual(60);
	});
});

describe("a guarantee that is not paced", () => {
	it("keeps no costs and reports no pacing", async () => {
		const made = await begunEvidence();
		await layPath(made, world);
		expect((await reportOf(made)).pacing).toBeNull();
	});
});
