import type { EvidenceReport } from "../../../src/core/evidence/evidence-ports.ts";

const HASH = "5e".repeat(32);

/** A report in which the second of three candidates is in force. */
export function exampleReport(changes: Partial<EvidenceReport> = {}): EvidenceReport {
	return {
		address: { tenant: "acme", cascade: "mail", configHash: HASH },
		terms: {
			stage: "edge",
			guarantee: { risk: "selective", targetRisk: 0.05, delta: 0.1, withoutCertificate: "escalate" },
			labeller: "normalised/1",
			auditPropensity: 50_000,
			retainTextHours: null,
		},
		lease: {
			version: 1,
			configHash: HASH,
			state: "certified",
			threshold: 0.9,
			epoch: 1,
			phase: 3,
			auditPropensity: 50_000,
			sequence: 4,
			issuedAt: Date.UTC(2026, 10, 25, 12),
			expiresAt: Date.UTC(2026, 10, 25, 12, 10),
		},
		candidates: [
			{ threshold: 0.95, coverage: 0.2, logEvidence: 9, certified: true, labels: 400, wrong: 1 },
			{ threshold: 0.9, coverage: 0.4, logEvidence: 4.5, certified: true, labels: 700, wrong: 9 },
			{ threshold: 0.8, coverage: 0.7, logEvidence: -2, certified: false, labels: 1_300, wrong: 90 },
		],
		logNeeded: 2.8,
		epochs: [{ epoch: 1, cause: "first", delta: 0.0608, openedAt: Date.UTC(2026, 10, 25), closedAt: null }],
		risk: { estimate: 0.021, lower: 0.011, upper: 0.038, labels: 512 },
		alarm: {
			logValue: 2,
			logLevel: 13.5,
			delayLabels: 248.9,
			delayAccepted: 4_977.3,
			delayRequests: 12_443.2,
			at: null,
		},
		counts: {
			requests: 10_000,
			accepted: 4_000,
			escalated: 6_000,
			gated: 0,
			drawn: 200,
			labelled: 6_199,
			wrong: 500,
			unobserved: 0,
			late: 0,
			unresolved: 1,
			failed: 2,
			underPropensity: 0,
			beforePath: 210,
			otherEpoch: 0,
			gatedLabelled: 0,
			gatedWrong: 0,
		},
		watermark: Date.UTC(2026, 10, 25, 11, 59),
		frozen: false,
		frozenBecause: null,
		closedBy: null,
		pacing: null,
		humanCheck: null,
		...changes,
	};
}
