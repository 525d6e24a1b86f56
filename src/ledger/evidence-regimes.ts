import type { EvidenceLease, GuaranteeTerms, LeaseState } from "../core/evidence/evidence-ports.ts";
import { CERTAIN } from "../core/evidence/guarantee.ts";
import type { JsonObject } from "../core/json.ts";
import { evidenceRecordName } from "../core/published-records.ts";
import { alarmLevel, createAlarm } from "../tuning/evidence/alarm.ts";
import { deltaOfEpoch } from "../tuning/evidence/epoch-delta.ts";
import type { EpochRecord, EvidenceCount } from "../tuning/evidence/evidence-table.ts";
import { nextPath } from "../tuning/evidence/next-path.ts";
import type { EpochCause, StoredEpoch } from "./evidence-epoch-store.ts";
import type { EvidenceIdentity } from "./evidence-record-store.ts";
import type { EvidenceState } from "./evidence-state.ts";
import { allBins } from "./evidence-times.ts";
import { note, type EvidenceWork } from "./evidence-work.ts";

const DAY_MS = 86_400_000;

/** An epoch as evidence reckons with it. */
export function epochRecord({ address, terms }: EvidenceIdentity, stored: StoredEpoch): EpochRecord {
	const { risk, targetRisk } = terms.guarantee;
	return {
		epoch: stored.epoch,
		configHash: address.configHash,
		labeller: terms.labeller,
		risk,
		targetRisk,
		delta: stored.delta,
		path: stored.path,
		start: stored.start,
		openedAt: stored.openedAt,
		cause: stored.cause,
	};
}

/**
 * Closes the epoch there is, and opens another, whose path is still to be laid. Nothing is accepted from now on, what was
 * certified is over, and there is a lease that says so.
 */
export function openEpoch(work: EvidenceWork, cause: EpochCause, detail: JsonObject = {}): void {
	const { stores, identity, state, now } = work;
	if (state.epoch > 0) stores.epochs.close(state.epoch, now);
	state.epoch += 1;
	state.phase = 0;
	state.certified = [];
	state.deployed = null;
	state.laying = { bins: {}, unreadable: 0, readings: 0 };
	state.alarm = createAlarm();
	delete state.doubt;
	state.alarmLevel = 0;
	const delta = deltaOfEpoch(identity.terms.guarantee.delta, state.epoch);
	stores.epochs.open({ epoch: state.epoch, delta, cause, openedAt: now });
	note(work, "evidence.epoch", { epoch: state.epoch, cause, ...detail });
	issueLease(work);
}

/** Lays the path of the epoch, once there are enough readings, and opens its first phase: an audition of every answer. */
export function layPath(work: EvidenceWork): void {
	const { stores, state } = work;
	if (state.laying === null || state.laying.readings < stores.times.pathReadings) return;
	const laid = nextPath({ bins: allBins(state.laying.bins), unreadable: state.laying.unreadable });
	if (laid === null) return;
	state.laying = null;
	state.certified = laid.path.map(() => false);
	stores.epochs.layPath(state.epoch, laid.path, laid.start);
	openPhase(work, CERTAIN);
	note(work, "evidence.path", { epoch: state.epoch, candidates: laid.path.length });
	issueLease(work);
}

/**
 * Accepts up to this candidate from now on: a new phase, since accepted answers are labelled by a coin. `counts` are the epoch's:
 * by the traffic so far, the alarm's level is such that it goes off at the boundary at most once in 90 days.
 */
export function deploy(work: EvidenceWork, candidate: number, counts: readonly EvidenceCount[]): void {
	const { identity, state } = work;
	const { auditPropensity } = identity.terms;
	state.deployed = candidate;
	raiseAlarmLevel(work, counts);
	openPhase(work, auditPropensity);
	note(work, "evidence.certified", { epoch: state.epoch, phase: state.phase, candidate });
	issueLease(work);
}

/** A new phase with the audit rate that the policy has by now, if there is another and the phase has lasted. */
export function followAuditRate(work: EvidenceWork): void {
	const { stores, identity, state, now } = work;
	if (state.deployed === null || hasDrifted(work)) return;
	const phase = stores.epochs.phases(state.epoch).at(-1);
	const { auditPropensity } = identity.terms;
	if (phase === undefined || phase.auditPropensity === auditPropensity) return;
	if (now - phase.openedAt < stores.times.leastPhaseMs) return;
	openPhase(work, auditPropensity);
	raiseAlarmLevel(work, stores.counts.read(state.epoch));
	note(work, "evidence.audit-rate", { epoch: state.epoch, phase: state.phase, auditPropensity });
	issueLease(work);
}

/** Makes the lease that says how it stands, and queues it for KV. */
export function issueLease({ stores, identity, state, now }: EvidenceWork): void {
	const { address } = identity;
	const epoch = stores.epochs.epoch(state.epoch);
	const phase = stores.epochs.phases(state.epoch).at(-1);
	const isCertified = !state.isClosed && state.deployed !== null;
	stores.outbox.put(
		evidenceRecordName(address),
		(sequence) => {
			const lease: EvidenceLease = {
				version: 1,
				configHash: address.configHash,
				state: leaseState(state, epoch.cause),
				threshold: isCertified ? (epoch.path[state.deployed as number] ?? null) : null,
				epoch: state.epoch,
				phase: state.phase,
				// What a manual threshold accepts while nothing is certified is labelled like everything else.
				auditPropensity: phase?.auditPropensity ?? CERTAIN,
				sequence,
				issuedAt: now,
				expiresAt: now + stores.times.leaseMs,
			};
			stores.evidence.setLease(lease);
			return JSON.stringify(lease);
		},
		now,
	);
}

/** Renews the lease at half of its time, unless the evidence behind it has become too old. */
export function renewLease(work: EvidenceWork): void {
	const { stores, now } = work;
	// A labeller that has drifted guards nothing: the certificate runs out, until there are new anchors.
	if (isExpired(work) || hasDrifted(work)) return;
	const { expiresAt } = stores.evidence.lease();
	if (expiresAt - now <= stores.times.leaseMs / 2) issueLease(work);
}

/** Whether the labeller was found to have drifted from its anchors. */
export function hasDrifted({ state }: EvidenceWork): boolean {
	return (state.judgeDriftAt ?? null) !== null;
}

/** Whether what is certified rests on labels that are too old. */
export function isExpired({ stores, state, now }: EvidenceWork): boolean {
	return state.deployed !== null && now - state.newestLabelAt > stores.times.expiresMs;
}

function openPhase({ stores, state, now }: EvidenceWork, auditPropensity: number): void {
	state.phase += 1;
	const { epoch, phase, deployed } = state;
	stores.epochs.openPhase({ epoch, phase, deployed, auditPropensity, openedAt: now });
}

/** The level allows for this many times the traffic so far, at the price of ln 10 more evidence. */
const TRAFFIC_GROWTH = 10;

/**
 * Sets the alarm's level by how many buckets a day have a label of what is accepted: of Poisson arrivals at ten times the
 * epoch's rate so far, and of every bucket at most. It never falls, and is raised with each bucket before the next one steps,
 * so that traffic which grows does not make false alarms more frequent than they were said to be.
 */
export function raiseAlarmLevel(
	{ stores, identity, state, now }: EvidenceWork,
	counts: readonly EvidenceCount[],
): void {
	const { deployed } = state;
	const since = stores.epochs.phases(state.epoch)[0]?.openedAt ?? now;
	const buckets = Math.max(1, (now - since) / stores.times.bucketMs);
	const accepted = counts.reduce(
		(sum, { cell, n, unlabelled }) => (deployed !== null && cell <= deployed ? sum + n + unlabelled : sum),
		0,
	);
	const { auditPropensity, guarantee } = identity.terms;
	const share = auditPropensity / CERTAIN;
	const isJoint = guarantee.risk === "joint";
	const labels = TRAFFIC_GROWTH * (accepted / buckets) * share;
	// Joint risk steps with every bucket that has a row at all.
	const stepShare = isJoint ? 1 : 1 - Math.exp(-labels);
	const stepsPerDay = (DAY_MS / stores.times.bucketMs) * stepShare;
	const boundary = isJoint ? guarantee.targetRisk * share : guarantee.targetRisk;
	state.alarmLevel = Math.max(state.alarmLevel, alarmLevel({ stepsPerDay, boundary }));
}

function leaseState(state: EvidenceState, cause: EpochCause): LeaseState {
	if (state.isClosed) return "closed";
	if (state.deployed !== null) return "certified";
	return cause === "alarm" ? "alarm" : "audition";
}

/** Whether terms are those of the same configuration: all but the audit rate and what isolates do without a certificate. */
export function areSameTerms(one: GuaranteeTerms, other: GuaranteeTerms): boolean {
	return fixedPart(one) === fixedPart(other);
}

function fixedPart({ stage, labeller, guarantee: { risk, targetRisk, delta, onLabel } }: GuaranteeTerms): string {
	return JSON.stringify([stage, labeller, risk, targetRisk, delta, onLabel ?? null]);
}
