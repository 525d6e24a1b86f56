import type { EvidenceReport } from "../core/evidence/evidence-ports.ts";
import { CERTAIN } from "../core/evidence/guarantee.ts";
import { alarmLogValue } from "../tuning/evidence/alarm.ts";
import { certifiedPrefix } from "../tuning/evidence/certified-prefix.ts";
import { alarmDelay, type AlarmDelay } from "../tuning/evidence/detection-delay.ts";
import { estimateRisk } from "../tuning/evidence/risk-estimate.ts";
import type { EvidenceCount } from "../tuning/evidence/evidence-table.ts";
import { humanCheckOf } from "./audited-text-acts.ts";
import { closedBy } from "./evidence-closure.ts";
import { frozenBecause } from "./evidence-freeze.ts";
import { pacingReport } from "./evidence-pacing.ts";
import { epochRecord } from "./evidence-regimes.ts";
import { startOfBucket, type EvidenceWork } from "./evidence-work.ts";

/** How bad the risk is that the alarm's delay is reported for, as a multiple of the target. */
const BAD_MULTIPLE = 2;

/** The state of the evidence, computed from the counts anew. */
export function evidenceReport(work: EvidenceWork): EvidenceReport {
	const { stores, identity, state } = work;
	const epoch = epochRecord(identity, stores.epochs.epoch(state.epoch));
	const phases = stores.epochs.phases(state.epoch);
	const counts = stores.counts.read(state.epoch);
	const { logE, logNeeded } = certifiedPrefix({ counts, phases, epoch, alreadyCertified: state.certified });
	const rows = sumOf(counts, (count) => count.n + count.unlabelled);
	const watermark = startOfBucket(work, state.watermark);
	const because = frozenBecause(work, watermark);
	return {
		address: identity.address,
		terms: identity.terms,
		lease: stores.evidence.lease(),
		candidates: epoch.path.map((threshold, index) => {
			const region = counts.filter(({ cell }) => cell <= index);
			return {
				threshold,
				coverage: rows === 0 ? 0 : sumOf(region, (count) => count.n + count.unlabelled) / rows,
				logEvidence: logE[index] as number,
				certified: state.certified[index] === true,
				labels: sumOf(region, ({ n }) => n),
				wrong: sumOf(region, ({ wrong }) => wrong),
			};
		}),
		logNeeded,
		epochs: stores.epochs.epochs().map(({ epoch: number, cause, delta, openedAt, closedAt }) => ({
			epoch: number,
			cause,
			delta,
			openedAt,
			closedAt,
		})),
		risk: riskOf(work, counts),
		alarm: alarmReport(work, counts),
		counts: { ...state.tallies },
		watermark,
		frozen: because !== null,
		frozenBecause: because,
		closedBy: closedBy(state),
		pacing: pacingReport(work, epoch, counts),
		humanCheck: humanCheckOf(work),
	};
}

function riskOf({ stores, identity, state }: EvidenceWork, counts: readonly EvidenceCount[]): EvidenceReport["risk"] {
	const { deployed } = state;
	if (deployed === null) return null;
	const phases = stores.epochs.phases(state.epoch);
	const inForce = new Set(phases.filter((phase) => phase.deployed === deployed).map(({ phase }) => phase));
	const risk = estimateRisk({
		counts: counts.filter(({ phase }) => inForce.has(phase)),
		phases,
		epoch: epochRecord(identity, stores.epochs.epoch(state.epoch)),
		candidate: deployed,
		delta: identity.terms.guarantee.delta,
	});
	if (risk === null) return null;
	const { estimate, lower, upper, labels } = risk;
	return { estimate, lower, upper, labels };
}

function alarmReport(work: EvidenceWork, counts: readonly EvidenceCount[]): EvidenceReport["alarm"] {
	const { state } = work;
	const logValue = alarmLogValue(state.alarm);
	const delay = delayOf(work, counts);
	return {
		logValue: Number.isFinite(logValue) ? logValue : null,
		logLevel: state.deployed === null ? null : Math.log(state.alarmLevel),
		delayLabels: delay?.labels ?? null,
		delayAccepted: delay?.accepted ?? null,
		delayRequests: delay?.requests ?? null,
		at: state.alarmedAt,
	};
}

/** Of traffic as it has been in this epoch. */
function delayOf({ stores, identity, state, now }: EvidenceWork, counts: readonly EvidenceCount[]): AlarmDelay | null {
	const { deployed } = state;
	const { risk, targetRisk } = identity.terms.guarantee;
	const rows = sumOf(counts, (count) => count.n + count.unlabelled);
	const accepted = sumOf(counts, ({ cell, n, unlabelled }) =>
		deployed !== null && cell <= deployed ? n + unlabelled : 0,
	);
	const phases = stores.epochs.phases(state.epoch);
	const [first, last] = [phases[0], phases.at(-1)];
	if (first === undefined || last === undefined || accepted === 0) return null;
	return alarmDelay({
		risk,
		targetRisk,
		level: state.alarmLevel,
		badRisk: Math.min(1, BAD_MULTIPLE * targetRisk),
		auditShare: last.auditPropensity / CERTAIN,
		coverage: accepted / rows,
		requestsPerStep: rows / Math.max(1, (now - first.openedAt) / stores.times.bucketMs),
	});
}

function sumOf(counts: readonly EvidenceCount[], of: (count: EvidenceCount) => number): number {
	return counts.reduce((sum, count) => sum + of(count), 0);
}
