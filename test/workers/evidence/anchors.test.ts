import { beforeEach, describe, expect, it } from "vitest";
import type { Anchor } from "../../../src/core/evidence/anchors.ts";
import { clopperPearsonUpper } from "../../../src/tuning/bounds/clopper-pearson.ts";
import { ADMIN, OPERATOR, valueOf } from "../ledger/ledgers.ts";
import {
	begunEvidence,
	drive,
	evict,
	evidenceWorld,
	exportOf,
	layPath,
	reportOf,
	type EvidenceWorld,
	type TestEvidence,
	type Traffic,
} from "./evidence-world.ts";

let world: EvidenceWorld;
beforeEach(() => {
	world = evidenceWorld();
});

/** Of which every fourth is wrong. */
const ANCHORS: readonly Anchor[] = Array.from({ length: 40 }, (_, index) => ({
	messages: [{ role: "user", content: `question ${index}` }],
	edge: `answer ${index}`,
	reference: "reference",
	wrong: index % 4 === 0,
}));

const put = async ({ ledger }: TestEvidence, anchors = ANCHORS, targetDisagreement = 0.1) =>
	valueOf(await ledger.putAnchors({ anchors, targetDisagreement, actor: ADMIN }));

/** A check in which the labeller says otherwise than the person of the first so many. */
async function check({ ledger }: TestEvidence, disagreeing: number, set = 1) {
	const verdicts = ANCHORS.map(({ wrong }, index) => (wrong === index < disagreeing ? "right" : "wrong"));
	return ledger.checkAnchors({ set, verdicts, costUsd: 0.25, actor: OPERATOR });
}

describe("anchors", () => {
	it("are kept as they are given, through an eviction, and are in no export", async () => {
		const made = await begunEvidence();
		expect(await put(made)).toMatchObject({ set: 1, anchors: 40, checks: [], driftAt: null, missed: null });
		await evict(made);
		const known = valueOf(await made.ledger.anchors());
		expect(known.anchors).toEqual(ANCHORS);
		expect(JSON.stringify(await exportOf(made))).not.toContain("question 1");
	});

	it("count what the labeller said otherwise, what it missed, and what it said nothing of as wrong", async () => {
		const made = await begunEvidence();
		await put(made, ANCHORS.slice(0, 4));
		const verdicts = ["right", "failed", "right", "wrong"] as const;
		const report = valueOf(await made.ledger.checkAnchors({ set: 1, verdicts, costUsd: null, actor: OPERATOR }));
		// The first is wrong and was found right; the second and the last are right.
		expect(report.checks).toEqual([{ at: world.now, n: 4, disagreements: 3, missed: 1, failed: 1, costUsd: null }]);
		expect(report.missed).toEqual({ atMost: clopperPearsonUpper(1, 4, 0.1), delta: 0.1 });
	});

	it("that were put meanwhile are not those that were judged", async () => {
		const made = await begunEvidence();
		await put(made);
		await put(made);
		expect(await check(made, 0, 1)).toMatchObject({ ok: false, error: { kind: "not-applicable" } });
		expect(await check(made, 0, 2)).toMatchObject({ ok: true });
		const verdicts = ["right"] as const;
		expect(await made.ledger.checkAnchors({ set: 2, verdicts, costUsd: 0, actor: OPERATOR })).toMatchObject({
			ok: false,
		});
	});

	it("that are too many, or may all disagree, are refused", async () => {
		const { ledger } = await begunEvidence();
		const many = Array.from({ length: 201 }, () => ANCHORS[0] as Anchor);
		for (const [anchors, targetDisagreement] of [
			[many, 0.1],
			[ANCHORS, 1],
			[ANCHORS, 0],
			[ANCHORS, Number.NaN],
		] as const)
			expect(await ledger.putAnchors({ anchors, targetDisagreement, actor: ADMIN })).toMatchObject({
				ok: false,
				error: { kind: "invalid" },
			});
	});
});

describe("a labeller that drifts", { timeout: 30_000 }, () => {
	const TRAFFIC: Traffic = { seed: 7, perBucket: 40, riskAt: (score) => 0.2 * (1 - score) };

	it("freezes certification, which stays frozen until anchors are put anew, and takes back nothing", async () => {
		const made = await begunEvidence();
		await layPath(made, world);
		await put(made);
		await drive(made, world, TRAFFIC, 200, ({ state }) => state === "certified");
		for (let day = 0; day < 5; day++) expect(valueOf(await check(made, 3)).driftAt).toBeNull();
		const before = await reportOf(made);
		expect([before.lease.state, before.frozen]).toEqual(["certified", false]);

		const drifted = valueOf(await check(made, 30));
		expect(drifted.driftAt).toBe(world.now);
		expect(drifted.logValue).toBeGreaterThanOrEqual(drifted.logLevel ?? Number.POSITIVE_INFINITY);
		await drive(made, world, { ...TRAFFIC, seed: 8, riskAt: () => 0 }, 60);
		const frozen = await reportOf(made);
		expect(frozen.frozen).toBe(true);
		expect(frozen.lease.threshold).toBe(before.lease.threshold);
		expect(frozen.candidates.filter(({ certified }) => certified)).toHaveLength(
			before.candidates.filter(({ certified }) => certified).length,
		);
		// A good check does not take it back: a person has to look.
		expect(valueOf(await check(made, 0)).driftAt).toBe(drifted.driftAt);

		await put(made);
		await drive(made, world, { ...TRAFFIC, seed: 9, riskAt: () => 0 }, 20);
		const after = await reportOf(made);
		expect(after.frozen).toBe(false);
		expect(after.lease.threshold).toBeLessThan(before.lease.threshold ?? 0);
	});

	it("is in the ledger's history, as who put anchors and checked them", async () => {
		const made = await begunEvidence();
		await put(made);
		await check(made, 40);
		const { history } = await exportOf(made);
		expect(history.map(({ act }) => act)).toEqual(
			expect.arrayContaining(["evidence.anchors", "evidence.anchor-check", "evidence.judge-drift"]),
		);
	});
});
