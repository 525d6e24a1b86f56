import type { EvidenceReport, LeaseState } from "../evidence/evidence-ports.ts";
import { METRIC_FAMILIES } from "./metric-families.ts";
import { seriesName, type SeriesValues } from "./metric-report.ts";

const { riskWrong, riskAllowed } = METRIC_FAMILIES;
const { evidenceRequests, labels, labelFaults, alarms, certificates, frozen, suspected, expiring } = METRIC_FAMILIES;

/** After this share of the time in which a certificate without labels expires, it is told. */
const EXPIRING_SHARE = 0.75;

/** How the evidence on one configuration stands. */
export interface EvidenceStanding {
	readonly counts: EvidenceReport["counts"];
	readonly state: LeaseState;
	/** Wrong labels among those of accepted answers, and how many the target risk allows on average; neither falls. */
	readonly riskWrong: number;
	readonly riskAllowed: number;
	/** Epochs that an alarm has opened. */
	readonly alarms: number;
	readonly isFrozen: boolean;
	/** Natural logarithms of the drift detector's value and of its level; −∞ where it has seen nothing. */
	readonly logAlarm: number;
	readonly logAlarmLevel: number;
	/** Since the newest label of what is accepted, and after how much of that the certificate expires. In milliseconds. */
	readonly sinceLabelMs: number;
	readonly expiresAfterMs: number;
}

/** What it adds to the metrics. */
export function evidenceMetrics(standing: EvidenceStanding): {
	readonly counters: SeriesValues;
	readonly gauges: SeriesValues;
} {
	const { counts, state } = standing;
	const isCertified = state === "certified";
	const isSuspected = isCertified && standing.logAlarm >= standing.logAlarmLevel / 2;
	const isExpiring = isCertified && standing.sinceLabelMs >= EXPIRING_SHARE * standing.expiresAfterMs;
	const served = (how: "accepted" | "escalated" | "gated") => ({
		[seriesName(evidenceRequests.name, { served: how })]: counts[how],
	});
	const fault = (kind: "unobserved" | "late" | "unresolved" | "failed") => ({
		[seriesName(labelFaults.name, { fault: kind })]: counts[kind],
	});
	return {
		counters: {
			...served("accepted"),
			...served("escalated"),
			...served("gated"),
			[seriesName(labels.name, { verdict: "right" })]: counts.labelled - counts.wrong,
			[seriesName(labels.name, { verdict: "wrong" })]: counts.wrong,
			[riskWrong.name]: standing.riskWrong,
			[riskAllowed.name]: Math.round(standing.riskAllowed * riskAllowed.unit),
			...fault("unobserved"),
			...fault("late"),
			...fault("unresolved"),
			...fault("failed"),
			[alarms.name]: standing.alarms,
		},
		gauges: {
			[seriesName(certificates.name, { state })]: 1,
			[frozen.name]: standing.isFrozen ? 1 : 0,
			[suspected.name]: isSuspected ? 1 : 0,
			[expiring.name]: isExpiring ? 1 : 0,
		},
	};
}
