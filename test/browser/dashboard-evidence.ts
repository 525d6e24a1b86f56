import type { EvidenceReport } from "../../src/dashboard/api/recorded-types.ts";
import { CASCADE, TENANT } from "./dashboard-replies.ts";

const HOUR = 3_600_000;

/** A certified guarantee, or, with another state, the same before or after. */
export function evidenceReport(now: number, state: EvidenceReport["lease"]["state"] = "certified"): EvidenceReport {
	const isCertified = state === "certified";
	const candidates = Array.from({ length: 12 }, (_, index) => {
		const threshold = 0.98 - index * 0.02;
		const labels = 120 + index * 62;
		const wrong = Math.round(labels * (0.008 + index * 0.0042));
		return {
			threshold,
			coverage: 0.31 + index * 0.041,
			logEvidence: 7.4 - ((index - 3) / 2.7) ** 2,
			certified: isCertified && index <= 8,
			labels,
			wrong,
		};
	});
	return {
		address: { tenant: TENANT, cascade: CASCADE, configHash: "a".repeat(64) },
		terms: {
			stage: "edge",
			guarantee: { risk: "selective", targetRisk: 0.05, delta: 0.05, withoutCertificate: "escalate" },
			labeller: "normalised",
			auditPropensity: 50_000,
			retainTextHours: null,
		},
		lease: {
			version: 1,
			configHash: "a".repeat(64),
			state,
			threshold: isCertified ? (candidates[8]?.threshold ?? null) : null,
			epoch: 2,
			phase: 3,
			auditPropensity: isCertified ? 50_000 : 1_000_000,
			sequence: 44,
			issuedAt: now - 60_000,
			expiresAt: now + 3_540_000,
		},
		candidates,
		logNeeded: Math.log(20),
		epochs: [
			{ epoch: 1, cause: "first", delta: 0.025, openedAt: now - 20 * 24 * HOUR, closedAt: now - 6 * 24 * HOUR },
			{ epoch: 2, cause: "alarm", delta: 0.0125, openedAt: now - 6 * 24 * HOUR, closedAt: null },
		],
		risk: isCertified ? { estimate: 0.031, lower: 0.012, upper: 0.058, labels: 812 } : null,
		alarm: {
			logValue: isCertified ? 0.9 + (now % 60_000) / 100_000 : null,
			logLevel: isCertified ? Math.log(80) : null,
			delayLabels: isCertified ? 96 : null,
			delayAccepted: isCertified ? 1_920 : null,
			delayRequests: null,
			at: now - 6 * 24 * HOUR,
		},
		counts: {
			requests: 61_240,
			accepted: 38_120,
			escalated: 21_980,
			gated: 1_140,
			drawn: 1_904,
			labelled: 23_870,
			wrong: 4_120,
			unobserved: 22,
			late: 3,
			unresolved: 5,
			failed: 9,
			underPropensity: 0,
			beforePath: 1_000,
			otherEpoch: 260,
			gatedLabelled: 57,
			gatedWrong: 21,
		},
		watermark: Math.floor(now / 10_000) * 10_000,
		frozen: false,
		frozenBecause: null,
		closedBy: state === "closed" ? "operator-key" : null,
		pacing: null,
		humanCheck: null,
	};
}
