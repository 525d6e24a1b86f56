import { evidenceMetrics } from "../core/metrics/evidence-metrics.ts";
import type { MetricReport } from "../core/metrics/metric-report.ts";
import { evidenceLedgerName } from "../core/published-records.ts";
import { alarmLogValue } from "../tuning/evidence/alarm.ts";
import { frozenBecause } from "./evidence-freeze.ts";
import { startOfBucket, type EvidenceWork } from "./evidence-work.ts";

/** What a ledger of evidence adds to the metrics. What is at present holds as long as its lease: then nobody has asked for it. */
export function evidenceMetricReport(work: EvidenceWork): MetricReport {
	const { stores, identity, state, now } = work;
	const { state: leaseState, expiresAt } = stores.evidence.lease();
	return {
		source: `evidence/${evidenceLedgerName(identity.address)}`,
		since: identity.createdAt,
		// A report is made at most once a minute, so its time tells it from others.
		sequence: now,
		holdsUntil: expiresAt,
		...evidenceMetrics({
			counts: state.tallies,
			state: leaseState,
			alarms: stores.epochs.epochs().filter(({ cause }) => cause === "alarm").length,
			isFrozen: frozenBecause(work, startOfBucket(work, state.watermark)) !== null,
			logAlarm: alarmLogValue(state.alarm),
			logAlarmLevel: Math.log(state.alarmLevel),
			sinceLabelMs: now - state.newestLabelAt,
			expiresAfterMs: stores.times.expiresMs,
		}),
	};
}
