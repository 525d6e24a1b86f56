import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { METRIC_FAMILIES } from "../../../src/core/metrics/metric-families.ts";
import { EvidenceLedger } from "../../../src/ledger/evidence-ledger.ts";
import { evidenceMetricReport } from "../../../src/ledger/evidence-metric-report.ts";
import { createEvidenceStores } from "../../../src/ledger/evidence-stores.ts";
import { workOn } from "../../../src/ledger/evidence-work.ts";
import {
	begunEvidence,
	drive,
	evidenceWorld,
	layPath,
	TERMS,
	type EvidenceWorld,
	type TestEvidence,
	type Traffic,
} from "./evidence-world.ts";

let world: EvidenceWorld;
beforeEach(() => {
	world = evidenceWorld();
});

const GOOD: Traffic = { seed: 7, perBucket: 40, riskAt: (score) => (score > 0.4 ? 0.02 : 0.5) };
const WORSE: Traffic = { seed: 8, perBucket: 40, riskAt: () => 0.3 };

/** What this ledger would tell the metrics now. */
async function riskOf({ stub }: TestEvidence): Promise<{ readonly wrong: number; readonly allowed: number }> {
	const { quotas, evidenceTimes } = EvidenceLedger.runtime;
	const report = await runInDurableObject(stub, (_instance, { storage }) =>
		workOn(createEvidenceStores(storage.sql, quotas, evidenceTimes), world.now, evidenceMetricReport),
	);
	const { riskWrong, riskAllowed } = METRIC_FAMILIES;
	const counters = report?.counters ?? {};
	return {
		wrong: counters[riskWrong.name] ?? Number.NaN,
		allowed: (counters[riskAllowed.name] ?? Number.NaN) / riskAllowed.unit,
	};
}

describe("how fast a target risk is used up", { timeout: 30_000 }, () => {
	it("is nothing while nothing is accepted, whatever the labels of escalated answers say", async () => {
		const made = await begunEvidence();
		await layPath(made, world);
		await drive(made, world, WORSE, 20);
		expect(await riskOf(made)).toEqual({ wrong: 0, allowed: 0 });
	});

	it("is the risk of accepted answers over the target, and never falls", async () => {
		const made = await begunEvidence();
		await layPath(made, world);
		await drive(made, world, GOOD, 200, ({ state }) => state === "certified");
		const before = await riskOf(made);
		const served = await drive(made, world, GOOD, 150);
		const good = await riskOf(made);
		const risk =
			served.reduce((sum, each) => sum + each.acceptedWrong, 0) / served.reduce((sum, each) => sum + each.accepted, 0);
		const burn = (good.wrong - before.wrong) / (good.allowed - before.allowed);
		expect(good.allowed - before.allowed).toBeGreaterThan(10);
		expect(burn).toBeGreaterThan(0);
		expect(Math.abs(burn - risk / TERMS.guarantee.targetRisk)).toBeLessThan(0.2);

		await drive(made, world, WORSE, 20);
		const bad = await riskOf(made);
		expect((bad.wrong - good.wrong) / (bad.allowed - good.allowed)).toBeGreaterThan(1.5);
		expect(bad.wrong).toBeGreaterThanOrEqual(good.wrong);
		expect(bad.allowed).toBeGreaterThan(good.allowed);
	});
});
