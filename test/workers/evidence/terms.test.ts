import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type { GuaranteeTerms } from "../../../src/core/evidence/evidence-ports.ts";
import { tenantLedger, valueOf } from "../ledger/ledgers.ts";
import {
	begunEvidence,
	certifiedEvidence,
	recordEntries as record,
	entryOf,
	evidenceOf,
	evidenceWorld,
	leaseOf,
	reportOf,
	TERMS,
	type EvidenceWorld,
	type TestEvidence,
} from "./evidence-world.ts";

let world: EvidenceWorld;
beforeEach(() => {
	world = evidenceWorld();
});

const certified = () => certifiedEvidence(world);

describe("a change of the audit rate", { timeout: 30_000 }, () => {
	it("opens a phase of its own once the present one has lasted", async () => {
		const made = await certified();
		const { phase, threshold } = await leaseOf(made);
		const terms = { ...TERMS, auditPropensity: 200_000 };
		expect(await leaseOf(made, terms)).toMatchObject({ phase, auditPropensity: 50_000 });
		world.now += 600_000;
		expect(await leaseOf(made, terms)).toMatchObject({ phase: phase + 1, auditPropensity: 200_000, threshold });
		// Isolates that have not heard of it go on by the phase before, whose floor theirs is.
		await record(
			made,
			entryOf({ at: world.now, phase, propensity: 50_000, served: "accepted", draw: "not-drawn", wrong: null }),
			entryOf({
				at: world.now,
				phase: phase + 1,
				propensity: 50_000,
				served: "accepted",
				draw: "not-drawn",
				wrong: null,
			}),
		);
		expect((await reportOf(made)).counts.underPropensity).toBe(1);
	});

	it("is not undone by isolates that still have the policy of before", async () => {
		const made = await certified();
		const { phase } = await leaseOf(made);
		const terms = {
			...TERMS,
			auditPropensity: 200_000,
			guarantee: { ...TERMS.guarantee, pacing: { preferQualityWithin: { usdPerDay: 1 } } },
		};
		for (let time = 0; time < 4; time++) {
			world.now += 600_000;
			expect(await leaseOf(made, terms, 2)).toMatchObject({ phase: phase + 1, auditPropensity: 200_000 });
			expect(await leaseOf(made, TERMS, 1)).toMatchObject({ phase: phase + 1, auditPropensity: 200_000 });
			expect((await reportOf(made)).terms).toEqual(terms);
		}
	});

	it("that comes with the same terms in between is one too: what counts is the newest revision", async () => {
		const made = await begunEvidence();
		await leaseOf(made, TERMS, 3);
		await leaseOf(made, { ...TERMS, auditPropensity: 200_000 }, 2);
		expect((await reportOf(made)).terms).toEqual(TERMS);
	});

	it("is followed by a ledger of before revisions were noted, whatever the revision", async () => {
		const made = await begunEvidence(TERMS);
		await runInDurableObject(made.stub, (_instance, { storage: { sql } }) => {
			sql.exec("UPDATE state SET document = json_remove(document, '$.termsRevision')");
		});
		const terms = { ...TERMS, auditPropensity: 200_000 };
		await leaseOf(made, terms, 1);
		expect((await reportOf(made)).terms).toEqual(terms);
	});

	it("is no other configuration, other terms are", async () => {
		const made = await begunEvidence();
		const terms = { ...TERMS, guarantee: { ...TERMS.guarantee, targetRisk: 0.5 } };
		expect(await made.ledger.lease({ address: made.address, terms, policyRevision: 1 })).toMatchObject({
			ok: false,
			error: { kind: "not-applicable" },
		});
		const manual = { ...TERMS, guarantee: { ...TERMS.guarantee, withoutCertificate: "manual-threshold" as const } };
		expect((await made.ledger.lease({ address: made.address, terms: manual, policyRevision: 1 })).ok).toBe(true);
	});
});

describe("a canary of the same configuration", { timeout: 30_000 }, () => {
	const canary: GuaranteeTerms = {
		...TERMS,
		auditPropensity: 500_000,
		guarantee: {
			...TERMS.guarantee,
			withoutCertificate: "manual-threshold",
			pacing: { preferQualityWithin: { usdPerDay: 1 } },
		},
	};
	const leaseOnCanary = async ({ ledger, address }: TestEvidence) =>
		valueOf(await ledger.lease({ address, terms: canary, policyRevision: 2, isCanary: true }));

	it("gets the ledger's lease, and leaves its terms as they are", async () => {
		const made = await certified();
		world.now += 600_000;
		const lease = await leaseOf(made);
		expect(await leaseOnCanary(made)).toEqual(lease);
		const { terms, pacing } = await reportOf(made);
		expect(terms).toEqual(TERMS);
		expect(pacing).toBeNull();
	});

	it("opens no phase by its audit rate, however often the two ask in turn", async () => {
		const made = await certified();
		const { phase } = await leaseOf(made);
		for (let time = 0; time < 4; time++) {
			world.now += 600_000;
			await leaseOnCanary(made);
			await leaseOf(made);
		}
		expect(await leaseOf(made)).toMatchObject({ phase, auditPropensity: TERMS.auditPropensity });
	});

	it("makes the ledger by its own terms, which the current policy's follow", async () => {
		const made = evidenceOf(await tenantLedger());
		expect(await leaseOnCanary(made)).toMatchObject({ state: "audition", epoch: 1 });
		expect((await reportOf(made)).terms).toEqual(canary);
		await leaseOf(made);
		expect((await reportOf(made)).terms).toEqual(TERMS);
		await leaseOnCanary(made);
		expect((await reportOf(made)).terms).toEqual(TERMS);
	});

	it("is followed once it is the current policy", async () => {
		const made = await begunEvidence();
		await leaseOnCanary(made);
		await leaseOf(made, canary);
		expect((await reportOf(made)).terms).toEqual(canary);
	});

	it("whose configuration is another is refused", async () => {
		const made = await begunEvidence();
		const terms = { ...canary, labeller: "exact/1" };
		expect((await made.ledger.lease({ address: made.address, terms, policyRevision: 2, isCanary: true })).ok).toBe(
			false,
		);
	});
});
