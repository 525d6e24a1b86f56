import { describe, expect, it } from "vitest";
import type { Evidence } from "../../src/cascade/evidence-port.ts";
import { withCosts } from "../../src/cascade/evidence-costs.ts";
import type { EvidenceEntry } from "../../src/core/evidence/evidence-entry.ts";
import type { Guarantee } from "../../src/core/evidence/guarantee.ts";
import type { CallRecord } from "../../src/core/trail.ts";
import { exampleCall } from "../core/ledger/observations.ts";
import { fakeEvidence, GUARANTEE, START } from "./fake-evidence.ts";

const ENTRY: EvidenceEntry = {
	requestId: "request-1",
	at: START,
	policyRevision: 7,
	epoch: 3,
	phase: 2,
	confidence: 0.9,
	served: "escalated",
	inScope: true,
	propensity: 1_000_000,
	draw: "labelled",
	wrong: false,
};

/** What is told of a request with these calls, under a guarantee with these differences. */
async function told(calls: CallRecord[], differences: Partial<Guarantee>) {
	const known = fakeEvidence();
	const evidence: Evidence = {
		...known.evidence,
		terms: { ...known.evidence.terms, guarantee: { ...GUARANTEE, ...differences } },
	};
	const record = { trail: [], calls: [] as CallRecord[], retries: 0 };
	const priced = withCosts(evidence, record, "edge");
	record.calls.push(...calls);
	priced.record(ENTRY);
	await priced.draw({ ...ENTRY, draw: "drawn", wrong: null });
	return known.entries.map(({ cost }) => cost);
}

const PACED = { pacing: { preferQualityWithin: { usdPerDay: 1 } } } as const;

describe("what a request has cost", () => {
	it("is told by stage where the guarantee is paced, as far as it is known when the entry leaves", async () => {
		const calls = [
			exampleCall({ costUsd: 0.25 }),
			exampleCall({ purpose: "sample", costUsd: 0.5 }),
			exampleCall({ stage: "origin", costUsd: 4 }),
		];
		const cost = { stageUsd: 0.75, restUsd: 4 };
		expect(await told(calls, PACED)).toEqual([cost, cost]);
		expect(await told([], PACED)).toEqual([
			{ stageUsd: 0, restUsd: 0 },
			{ stageUsd: 0, restUsd: 0 },
		]);
	});

	it("is unknown for a stage one of whose calls is", async () => {
		const calls = [exampleCall({ costUsd: 1 }), exampleCall({ stage: "origin", costUsd: null })];
		expect((await told(calls, PACED))[0]).toEqual({ stageUsd: 1, restUsd: null });
	});

	it("is nobody's business otherwise", async () => {
		expect(await told([exampleCall()], {})).toEqual([undefined, undefined]);
	});
});
