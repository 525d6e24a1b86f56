import type { JsonObject } from "../core/json.ts";
import { alarmGroups, alarmLevel, alarmLogValue, createAlarm, stepAlarm } from "../tuning/evidence/alarm.ts";
import { certifiedPrefix } from "../tuning/evidence/certified-prefix.ts";
import {
	mergeTables,
	type EpochRecord,
	type EvidenceCount,
	type PhaseRecord,
} from "../tuning/evidence/evidence-table.ts";
import type { OpenBucket, StoredDraw } from "./evidence-bucket-store.ts";
import { tallyLabel } from "./evidence-record.ts";
import { candidateToDeploy } from "./evidence-pacing.ts";
import { frozenBecause, noteUnseen } from "./evidence-freeze.ts";
import { deploy, epochRecord, hasDrifted, openEpoch, raiseAlarmLevel } from "./evidence-regimes.ts";
import { note, startOfBucket, type EvidenceWork } from "./evidence-work.ts";

const DAY_MS = 86_400_000;

/** A closed bucket: its rows, and those of them whose verdict is none of the audit's failing. */
interface ClosedBucket {
	readonly counts: readonly EvidenceCount[];
	readonly sure: readonly EvidenceCount[];
	/** All that were audited, whatever came of it. */
	readonly audited: readonly EvidenceCount[];
	/** Rows for which no label could be had, and rows with a label that came when their own bucket was closed. */
	readonly unobserved: number;
	readonly late: number;
}

/**
 * Closes the buckets that are due, in their order, and draws the conclusions from each: an alarm, a certificate, a looser
 * threshold. Nothing is ever concluded from a bucket that is open. To be called in a transaction, before anything is added.
 */
export function advance(work: EvidenceWork): void {
	const { stores, state, now } = work;
	const { bucketMs, closesAfterMs } = stores.times;
	const due = Math.floor((now - closesAfterMs) / bucketMs);
	if (due <= state.watermark) return;
	state.watermark = due;
	const added: EvidenceCount[] = [];
	for (const { bucket, content, draws } of stores.buckets.takeBefore(due)) {
		const closed = close(work, content, draws);
		added.push(...closed.counts);
		conclude(work, startOfBucket(work, bucket + 1), closed, added);
	}
	stores.counts.add(added);
}

/** Counts the audits of a bucket. One without a verdict is wrong, and says nothing of the answers: nor does one that failed. */
function close(work: EvidenceWork, content: OpenBucket, draws: readonly StoredDraw[]): ClosedBucket {
	const { tallies } = work.state;
	const resolved: EvidenceCount[] = [];
	const unsure: EvidenceCount[] = [];
	for (const { gated, verdict, epoch, phase, revision, cell, propensity } of draws) {
		const wrong = verdict?.wrong ?? true;
		const count = { epoch, phase, revision, cell, propensity, n: 1, wrong: wrong ? 1 : 0, unlabelled: 0 };
		(verdict === null || verdict.failed ? unsure : resolved).push(count);
		if (verdict === null) tallies.unresolved += 1;
		else if (verdict.failed) tallies.failed += 1;
		tallyLabel(work, gated, wrong);
	}
	const sure = mergeTables([content.counts, resolved]);
	const audited = mergeTables([sure, unsure]);
	const { unobserved, late = 0 } = content;
	return { sure, audited, counts: mergeTables([audited, content.unsure]), unobserved, late };
}

/** What follows from the evidence up to `watermark`; `added` is what this transaction has closed of it. */
function conclude(work: EvidenceWork, watermark: number, bucket: ClosedBucket, added: readonly EvidenceCount[]): void {
	const { stores, state } = work;
	noteUnseen(work, watermark, bucket);
	const isOwn = ({ epoch }: EvidenceCount) => epoch === state.epoch;
	if (state.laying !== null || !bucket.counts.some(isOwn)) return;
	const epoch = epochRecord(work.identity, stores.epochs.epoch(state.epoch));
	const phases = stores.epochs.phases(state.epoch);
	const loosest = state.deployed ?? epoch.path.length - 1;
	if (bucket.sure.some((count) => isOwn(count) && count.n > 0 && count.cell <= loosest))
		state.newestLabelAt = watermark;

	if (state.deployed !== null) {
		state.alarm = stepAlarm(state.alarm, alarmGroups({ counts: bucket.sure, phases, epoch }));
		const logValue = alarmLogValue(state.alarm);
		if (logValue >= Math.log(state.alarmLevel)) {
			const { steps, labels } = state.alarm;
			return alarm(work, watermark, { logValue, level: state.alarmLevel, steps, labels });
		}
		if (isInDoubt(work, bucket, epoch, phases)) return alarm(work, watermark, { cause: "audits-without-verdict" });
	}
	const counts = mergeTables([stores.counts.read(state.epoch), added.filter(isOwn)]);
	if (state.deployed !== null) raiseAlarmLevel(work, counts);
	const frozen = frozenBecause(work, watermark) !== null;
	const { certified, deploy: loosestCertified } = certifiedPrefix({
		counts,
		phases,
		epoch,
		alreadyCertified: state.certified,
		frozen,
	});
	if (certified.some((isCertified, index) => isCertified && state.certified[index] !== true))
		stores.counts.addSnapshot({ epoch: state.epoch, watermark, counts });
	state.certified = [...certified];
	if (loosestCertified === null || hasDrifted(work)) return;
	const wanted = candidateToDeploy(work, epoch, loosestCertified, counts);
	const loosens = wanted > (state.deployed ?? -1);
	if (wanted !== state.deployed && !(loosens && frozen)) deploy(work, wanted, counts);
}

function alarm(work: EvidenceWork, watermark: number, detail: JsonObject): void {
	const { state } = work;
	state.alarmedAt = watermark;
	note(work, "evidence.alarm", { epoch: state.epoch, watermark, ...detail });
	openEpoch(work, "alarm", { watermark });
}

/** The most of the audits that may go without a verdict in the long run. */
const MOST_IN_DOUBT = 0.2;

/**
 * A second detector, of audits that are wrong or without a verdict: the first does not see those, lest an outage of the last
 * stage alarms; but a model whose answers nobody can judge any more must not go on by the rest. Its boundary is a fifth, or the
 * target where that is more, and its level is that of a step with every bucket.
 */
function isInDoubt(
	{ stores, state }: EvidenceWork,
	{ audited }: ClosedBucket,
	epoch: EpochRecord,
	phases: readonly PhaseRecord[],
): boolean {
	const targetRisk = Math.max(epoch.targetRisk, MOST_IN_DOUBT);
	const groups = alarmGroups({ counts: audited, phases, epoch: { ...epoch, targetRisk } });
	state.doubt = stepAlarm(state.doubt ?? createAlarm(), groups);
	const level = alarmLevel({ stepsPerDay: DAY_MS / stores.times.bucketMs, boundary: targetRisk });
	return alarmLogValue(state.doubt) >= Math.log(level);
}
