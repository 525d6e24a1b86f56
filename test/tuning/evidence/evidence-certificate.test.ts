import { describe, expect, it } from "vitest";
import { deltaOfEpoch } from "../../../src/tuning/evidence/epoch-delta.ts";
import {
	certifiedClaim,
	issueCertificate,
	type EvidenceCertificate,
} from "../../../src/tuning/evidence/evidence-certificate.ts";
import { evidenceText, type ExportedEvidence } from "../../../src/tuning/evidence/exported-evidence.ts";
import { logWealths } from "../../../src/tuning/evidence/log-wealth.ts";
import { verifyEvidence } from "../../../src/tuning/evidence/verify-evidence.ts";
import { epochRecord, evidenceCount, phaseRecord } from "./examples.ts";

const epoch = epochRecord({ epoch: 2, path: [0.9, 0.7, 0.5], cause: "alarm" });
const phases = [
	phaseRecord({ epoch: 2 }),
	phaseRecord({ epoch: 2, phase: 2, deployed: 0, auditPropensity: 100_000 }),
	phaseRecord({ epoch: 2, phase: 3, deployed: 1, auditPropensity: 100_000 }),
];
const audited = [
	evidenceCount({ epoch: 2, n: 90, wrong: 1 }),
	evidenceCount({ epoch: 2, cell: 1, n: 100, wrong: 15 }),
	evidenceCount({ epoch: 2, cell: 2, n: 50, wrong: 45 }),
];
const loosened = [
	...audited,
	evidenceCount({ epoch: 2, phase: 2, propensity: 100_000, n: 10 }),
	evidenceCount({ epoch: 2, phase: 2, cell: 1, n: 6_000, wrong: 40 }),
	evidenceCount({ epoch: 2, phase: 2, cell: 2, n: 50, wrong: 45 }),
];
const later = [...loosened, evidenceCount({ epoch: 2, phase: 3, cell: 1, propensity: 100_000, n: 20, wrong: 9 })];

const exported: ExportedEvidence = {
	version: 1,
	tenant: "acme",
	cascade: "mail",
	stage: "small",
	epochs: [epochRecord(), epoch],
	phases: [phaseRecord(), ...phases],
	counts: [evidenceCount({ n: 5 }), ...later],
	// In no order: a ledger may hand them out as it likes.
	snapshots: [
		{ epoch: 2, watermark: 900, counts: loosened },
		{ epoch: 2, watermark: 500, counts: audited },
		{ epoch: 1, watermark: 100, counts: [evidenceCount({ n: 5 })] },
	],
};

/** Not cryptographic, but it changes with the text; callers use SHA-256. */
function digest(text: string): string {
	let hash = 7;
	for (const character of text) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
	return hash.toString(16);
}

const digestOf = (ledger: ExportedEvidence, number: number, upTo: number) => digest(evidenceText(ledger, number, upTo));

function issue(ledger: ExportedEvidence = exported): EvidenceCertificate {
	const claim = certifiedClaim({ exported: ledger, epoch: 2, delta: 0.1, onLabel: null });
	if (!claim.ok) throw new Error(claim.error);
	const rowsDigest = digestOf(ledger, 2, claim.value.watermark);
	return issueCertificate(claim.value, {
		rowsDigest,
		issuedAt: "2026-12-01T00:00:00Z",
		expiresAt: "2026-12-08T00:00:00Z",
	});
}

function verify(certificate: EvidenceCertificate, ledger: ExportedEvidence) {
	return verifyEvidence(certificate, ledger, digestOf(ledger, certificate.epoch, certificate.watermark));
}

describe("a certificate of live evidence", () => {
	it("says what was shown, when, and on what", () => {
		const certificate = issue();
		expect(certificate).toMatchObject({
			tenant: "acme",
			threshold: 0.7,
			deployed: 1,
			epoch: 2,
			delta: 0.1,
			deltaSpent: deltaOfEpoch(0.1, 2),
			watermark: 900,
			n: 6_200,
			wrong: 56,
		});
		const first = logWealths({ counts: audited, phases, epoch })[0];
		expect(certificate.steps).toMatchObject([
			{ index: 0, threshold: 0.9, watermark: 500, logEValue: first, n: 90, wrong: 1 },
			{ index: 1, threshold: 0.7, watermark: 900, n: 6_200, wrong: 56 },
		]);
		expect(certificate.logEValue).toBeGreaterThanOrEqual(-Math.log(certificate.deltaSpent));
	});

	it("is computed again from the exported ledger, whatever has been added since", () => {
		const certificate = issue();
		expect(verify(certificate, exported)).toEqual({ ok: true, value: undefined });
		const grown: ExportedEvidence = {
			...exported,
			counts: [...exported.counts, evidenceCount({ epoch: 2, phase: 3, cell: 2, n: 900 })],
			phases: [...phases, phaseRecord({ epoch: 2, phase: 4, deployed: 2 })],
			snapshots: [...exported.snapshots, { epoch: 2, watermark: 1_900, counts: later }],
		};
		expect(verify(certificate, grown).ok).toBe(true);
		const shuffled = { ...exported, counts: exported.counts.toReversed(), snapshots: exported.snapshots.toReversed() };
		expect(verify(certificate, shuffled).ok).toBe(true);
		expect(verify(JSON.parse(JSON.stringify(certificate)), JSON.parse(JSON.stringify(exported))).ok).toBe(true);
	});

	it("fails for every number of the ledger that it rests on, changed by one", () => {
		const certificate = issue();
		for (const at of [0, 1])
			for (const [row, count] of (exported.snapshots[at]?.counts ?? []).entries())
				for (const field of ["n", "wrong", "unlabelled", "cell", "propensity", "phase", "revision"] as const)
					for (const change of [1, -1]) {
						const counts = exported.snapshots[at]?.counts.with(row, { ...count, [field]: count[field] + change }) ?? [];
						const snapshots = exported.snapshots.map((snapshot, index) =>
							index === at ? { ...snapshot, counts } : snapshot,
						);
						expect(verify(certificate, { ...exported, snapshots }).ok).toBe(false);
					}
	});

	it("fails for a changed epoch, phase or path", () => {
		const certificate = issue();
		const withEpoch = (change: object) => ({ ...exported, epochs: [epochRecord(), { ...epoch, ...change }] });
		const changes = [
			{ targetRisk: 0.2 },
			{ path: [0.9, 0.6, 0.5] },
			{ delta: 0.1 },
			{ risk: "joint" as const },
			{ labeller: "exact/1" },
			{ configHash: "f00d" },
			{ start: 1 },
			{ openedAt: 1 },
		];
		for (const change of changes) expect(verify(certificate, withEpoch(change)).ok).toBe(false);
		const [audition, ...others] = phases;
		const lower = { ...audition, ...phaseRecord({ epoch: 2, escalatedPropensity: 900_000 }) };
		expect(verify(certificate, { ...exported, phases: [phaseRecord(), lower, ...others] }).ok).toBe(false);
	});

	it("names the fields that were altered in it", () => {
		const certificate = issue();
		const altered = { ...certificate, threshold: 0.6, n: 600, targetRisk: 0.05 };
		const verified = verify(altered, exported);
		expect(verified.ok ? [] : verified.error.map(({ field }) => field)).toEqual(["threshold", "targetRisk", "n"]);
		const [first, ...rest] = certificate.steps;
		const verifiedSteps = verify({ ...certificate, steps: [{ ...first!, logEValue: 99 }, ...rest] }, exported);
		expect(verifiedSteps.ok ? [] : verifiedSteps.error.map(({ field }) => field)).toEqual(["steps.0.logEValue"]);
		const digestOnly = verifyEvidence(certificate, exported, "other");
		expect(digestOnly.ok ? [] : digestOnly.error.map(({ field }) => field)).toEqual(["rowsDigest"]);
	});

	it("rests on no ledger whose counts fall or cannot be", () => {
		const certificate = issue();
		const fields = (ledger: ExportedEvidence) => {
			const verified = verify(certificate, ledger);
			return verified.ok ? [] : verified.error.map(({ field }) => field);
		};
		expect(fields({ ...exported, counts: exported.counts.slice(0, -3) })).toContain("ledger.snapshots");
		const below = evidenceCount({ epoch: 2, phase: 2, propensity: 99_999, n: 5 });
		expect(fields({ ...exported, counts: [...exported.counts, below] })).toContain("ledger.count");
		const tooWrong = evidenceCount({ epoch: 2, phase: 3, cell: 2, n: 5, wrong: 6 });
		expect(fields({ ...exported, counts: [...exported.counts, tooWrong] })).toContain("ledger.count");
		const unknown = evidenceCount({ epoch: 2, phase: 9 });
		expect(fields({ ...exported, counts: [...exported.counts, unknown] })).toContain("ledger.count");
	});

	it("is not made where nothing was certified, or of another delta", () => {
		const input = { exported, epoch: 2, delta: 0.1, onLabel: null };
		expect(certifiedClaim({ ...input, epoch: 3 })).toEqual({ ok: false, error: "unknown-epoch" });
		expect(certifiedClaim({ ...input, delta: 0.2 })).toEqual({ ok: false, error: "wrong-delta" });
		expect(certifiedClaim({ ...input, epoch: 1 })).toEqual({ ok: false, error: "nothing-certified" });
		expect(certifiedClaim({ ...input, upTo: 499 })).toEqual({ ok: false, error: "nothing-certified" });
		expect(certifiedClaim({ ...input, upTo: 500 })).toMatchObject({ ok: true, value: { deployed: 0, watermark: 500 } });
	});
});

describe("the text of the evidence", () => {
	it("is one line a fact", () => {
		expect(evidenceText(exported, 2, 500)).toBe(
			[
				'["ledger","acme","mail","small"]',
				`["epoch",2,"c0ffee","normalised/1","selective",0.1,${epoch.delta},[0.9,0.7,0.5],0,0,"alarm"]`,
				'["phase",1,null,1000000,null,0]',
				'["snapshot",500]',
				"[1,1,0,1000000,90,1,0]",
				"[1,1,1,1000000,100,15,0]",
				"[1,1,2,1000000,50,45,0]",
				"",
			].join("\n"),
		);
	});
});
