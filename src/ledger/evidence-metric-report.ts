import { evidenceMetrics } from "../core/metrics/evidence-metrics.ts";
import type { MetricReport } from "../core/metrics/metric-report.ts";
import { evidenceLedgerName } from "../core/published-records.ts";
import { alarmGroups, alarmLogValue } from "../tuning/evidence/alarm.ts";
import { frozenBecause } from "./evidence-freeze.ts";
import { epochRecord } from "./evidence-regimes.ts";
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
			...riskSpent(work),
			alarms: stores.epochs.epochs().filter(({ cause }) => cause === "alarm").length,
			isFrozen: frozenBecause(work, startOfBucket(work, state.watermark)) !== null,
			logAlarm: alarmLogValue(state.alarm),
			logAlarmLevel: Math.log(state.alarmLevel),
			sinceLabelMs: now - state.newestLabelAt,
			expiresAfterMs: stores.times.expiresMs,
		}),
	};
}

/** What the drift detector compares, summed over all that was ever counted: so what an alert on its rate says is what the alarm goes by. */
function riskSpent({ stores, identity }: EvidenceWork): { readonly riskWrong: number; readonly riskAllowed: number } {
	const groups = stores.epochs.epochs().flatMap((stored) => {
		const { epoch } = stored;
		const counts = stores.counts.read(epoch);
		return alarmGroups({ counts, phases: stores.epochs.phases(epoch), epoch: epochRecord(identity, stored) });
	});
	return {
		riskWrong: groups.reduce((sum, { wrong }) => sum + wrong, 0),
		riskAllowed: groups.reduce((sum, { boundary, n }) => sum + boundary * n, 0),
	};
}
