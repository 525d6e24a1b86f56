import { beforeEach, describe, expect, it } from "vitest";
import { verifyEvidence } from "../../../src/tuning/evidence/verify-evidence.ts";
import { evidenceText } from "../../../src/tuning/evidence/exported-evidence.ts";
import { logWealths } from "../../../src/tuning/evidence/log-wealth.ts";
import {
	begunEvidence,
	CLOSES_MS,
	drive,
	evict,
	evidenceWorld,
	exportOf,
	layPath,
	publishedLease,
	reportOf,
	type EvidenceWorld,
	type TestEvidence,
	type Traffic,
} from "./evidence-world.ts";

let world: EvidenceWorld;
beforeEach(() => {
	world = evidenceWorld();
});

/** Wrong at 2% where the edge is sure, at half where it is not; over all above 0.4 below 10%. */
const GOOD: Traffic = { seed: 7, perBucket: 40, riskAt: (score) => (score > 0.4 ? 0.02 : 0.5) };
/** Worse the less sure it is: accepting above t is wrong at 17.5% of 1 − t. */
const GRADUAL: Traffic = { seed: 7, perBucket: 40, riskAt: (score) => 0.35 * (1 - score) };
const BAD: Traffic = { seed: 9, perBucket: 400, riskAt: () => 0.5 };

const digestOf = async (text: string) => {
	const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
	return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
};

async function certified(): Promise<TestEvidence> {
	const made = await begunEvidence();
	await layPath(made, world);
	await drive(made, world, GOOD, 200, ({ state }) => state === "certified");
	return made;
}

describe("a stage that is good enough", { timeout: 30_000 }, () => {
	it("is auditioned, certified from the strict end, and loosened as evidence comes in", async () => {
		const made = await begunEvidence();
		expect(await layPath(made, world)).toMatchObject({ state: "audition", threshold: null, epoch: 1, phase: 1 });
		const served = await drive(made, world, GRADUAL, 120);
		const first = served.find(({ lease }) => lease.state === "certified");
		expect(first?.lease.threshold).toBeGreaterThan(0.4);
		const thresholds = served.flatMap(({ lease }) => (lease.threshold === null ? [] : [lease.threshold]));
		expect(thresholds).toEqual(thresholds.toSorted((left, right) => right - left));
		const report = await reportOf(made);
		expect(report.lease.threshold).toBeLessThan(first?.lease.threshold ?? 0);
		const accepted = served.reduce((sum, each) => sum + each.accepted, 0);
		const wrong = served.reduce((sum, each) => sum + each.acceptedWrong, 0);
		expect(accepted).toBeGreaterThan(1_000);
		expect(wrong / accepted).toBeLessThan(0.1);
		expect(report.risk?.lower).toBeLessThanOrEqual(wrong / accepted);
		expect(report.risk?.upper).toBeGreaterThanOrEqual(wrong / accepted);
		expect(report.epochs).toMatchObject([{ epoch: 1, cause: "first", closedAt: null }]);
		expect(report.alarm).toMatchObject({
			at: null,
			delayLabels: expect.any(Number),
			delayRequests: expect.any(Number),
		});
		console.log(
			JSON.stringify({
				firstAt: served.findIndex(({ lease }) => lease.state === "certified") * GRADUAL.perBucket,
				first: first?.lease.threshold,
				now: report.lease.threshold,
				accepted,
				risk: wrong / accepted,
			}),
		);
	});

	it("accepts nothing where it is not good enough, however long one looks", async () => {
		const made = await begunEvidence();
		await layPath(made, world);
		const served = await drive(made, world, { seed: 3, perBucket: 40, riskAt: () => 0.1 }, 150);
		expect(served.every(({ accepted }) => accepted === 0)).toBe(true);
		expect((await reportOf(made)).candidates.some((candidate) => candidate.certified)).toBe(false);
	});

	it("is in KV as in the ledger, wherever the ledger was taken away in between", async () => {
		const made = await begunEvidence();
		await layPath(made, world);
		for (let part = 0; part < 20; part++) {
			await drive(made, world, { ...GOOD, seed: part }, 4);
			await evict(made);
		}
		const { lease } = await reportOf(made);
		expect(lease.state).toBe("certified");
		world.now += 2_000;
		await expect.poll(() => publishedLease(made)).toEqual(lease);
	});
});

describe("what was certified", { timeout: 30_000 }, () => {
	it("is what anybody computes from the export", async () => {
		const made = await certified();
		await drive(made, world, GOOD, 30);
		const exported = await exportOf(made);
		const { certificate } = exported;
		if (certificate === null) throw new Error("there is no certificate");
		const report = await reportOf(made);
		expect(certificate).toMatchObject({
			threshold: report.lease.threshold,
			epoch: 1,
			delta: 0.1,
			configHash: made.address.configHash,
			labeller: "normalised/1",
		});
		const digest = await digestOf(evidenceText(exported, 1, certificate.watermark));
		expect(verifyEvidence(certificate, exported, digest)).toEqual({ ok: true, value: undefined });
		const epoch = exported.epochs[0];
		if (epoch === undefined) throw new Error("there is no epoch");
		expect(report.candidates.map(({ logEvidence }) => logEvidence)).toEqual(
			logWealths({ counts: exported.counts, phases: exported.phases, epoch }),
		);
	});

	it("is refused by whoever verifies it once a row of the export is another", async () => {
		const exported = await exportOf(await certified());
		const { certificate } = exported;
		if (certificate === null) throw new Error("there is no certificate");
		const rows = exported.snapshots.flatMap(({ counts }, snapshot) => counts.map((_, row) => ({ snapshot, row })));
		expect(rows.length).toBeGreaterThan(20);
		for (const { snapshot, row } of rows) {
			const changed = structuredClone(exported) as typeof exported & {
				readonly snapshots: readonly { readonly counts: { wrong: number; n: number }[] }[];
			};
			const count = changed.snapshots[snapshot]?.counts[row];
			if (count === undefined) throw new Error("there is no such row");
			count.wrong += count.wrong < count.n ? 1 : -1;
			const digest = await digestOf(evidenceText(changed, 1, certificate.watermark));
			expect(verifyEvidence(certificate, changed, digest).ok).toBe(false);
		}
	});
});

describe("a stage that becomes worse", { timeout: 30_000 }, () => {
	it("alarms: nothing is accepted, and a new epoch with less delta auditions it again", async () => {
		const made = await certified();
		await drive(made, world, { ...GOOD, perBucket: 400, seed: 8 }, 30);
		const before = await reportOf(made);
		expect(before.alarm.at).toBeNull();
		const served = await drive(made, world, BAD, 60, ({ state }) => state === "alarm");
		const report = await reportOf(made);
		expect(report.lease).toMatchObject({ state: "alarm", threshold: null, epoch: 2 });
		expect(report.epochs).toMatchObject([
			{ epoch: 1, cause: "first", closedAt: expect.any(Number) },
			{ epoch: 2, cause: "alarm", closedAt: null },
		]);
		expect(report.epochs[1]?.delta).toBeCloseTo((before.epochs[0]?.delta ?? 0) / 4, 12);
		expect(report.alarm.at).toBeLessThanOrEqual(world.now);
		expect(report.candidates.some((candidate) => candidate.certified)).toBe(false);
		await expect.poll(() => publishedLease(made)).toMatchObject({ state: "alarm", epoch: 2 });
		console.log(JSON.stringify({ alarmAfterAccepted: served.reduce((sum, { accepted }) => sum + accepted, 0) }));
	});

	it("and then good again is certified again, at the new epoch's delta", async () => {
		const made = await certified();
		await drive(made, world, BAD, 60, ({ state }) => state === "alarm");
		await layPath(made, world);
		await drive(made, world, GOOD, 200, ({ state }) => state === "certified");
		const { lease, logNeeded } = await reportOf(made);
		expect(lease).toMatchObject({ state: "certified", epoch: 2 });
		expect(logNeeded).toBeCloseTo(Math.log((Math.PI ** 2 * 4) / 6 / 0.1), 9);
		const exported = await exportOf(made);
		const { certificate } = exported;
		if (certificate === null) throw new Error("there is no certificate");
		const digest = await digestOf(evidenceText(exported, 2, certificate.watermark));
		expect(verifyEvidence(certificate, exported, digest).ok).toBe(true);
		expect(exported.history.map(({ act }) => act)).toEqual(
			expect.arrayContaining(["evidence.epoch", "evidence.path", "evidence.certified", "evidence.alarm"]),
		);
	});

	it("does not alarm for as long as it is as good as it was", async () => {
		const made = await certified();
		await drive(made, world, { ...GOOD, perBucket: 200, seed: 21 }, 100);
		world.now += CLOSES_MS;
		expect((await reportOf(made)).alarm.at).toBeNull();
	});
});
