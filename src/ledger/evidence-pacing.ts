import type { AuditVerdict, EvidenceEntry } from "../core/evidence/evidence-entry.ts";
import type { EvidenceReport } from "../core/evidence/evidence-ports.ts";
import { addCosts, dailyTraffic, type CostOfRequest } from "../core/evidence/cost-window.ts";
import { CERTAIN } from "../core/evidence/guarantee.ts";
import { paceThreshold, type PacedChoice } from "../core/evidence/pacing.ts";
import { endOfRun } from "../tuning/evidence/certified-prefix.ts";
import type { EpochRecord, EvidenceCount } from "../tuning/evidence/evidence-table.ts";
import type { EvidenceWork } from "./evidence-work.ts";

/** Puts what new requests and labels have cost into the last day's window, where the guarantee is paced. */
export function noteCosts(
	work: EvidenceWork,
	entries: readonly EvidenceEntry[],
	verdicts: readonly AuditVerdict[],
): void {
	const { identity, state, now } = work;
	if (identity.terms.guarantee.pacing === undefined) return;
	const costs: CostOfRequest[] = [];
	for (const { at, served, cost } of entries)
		costs.push({ kind: "request", at, served, stageUsd: cost?.stageUsd ?? null, restUsd: cost?.restUsd ?? null });
	for (const { at, labelUsd } of verdicts) if (labelUsd !== undefined) costs.push({ kind: "label", at, labelUsd });
	if (costs.length > 0) state.costs = addCosts(state.costs ?? [], costs, now);
}

/**
 * The candidate that is to be deployed, of those from the epoch's start to the loosest of the certified run; by the guarantee's
 * pacing, or without one the loosest. Where there is pacing, the one in force stays until its phase has lasted. Never one outside of
 * the run.
 */
export function candidateToDeploy(
	work: EvidenceWork,
	epoch: EpochRecord,
	loosest: number,
	counts: readonly EvidenceCount[],
): number {
	const { stores, state, now } = work;
	const paced = pace(work, epoch, loosest, counts);
	if (paced === null) return loosest;
	const chosen = epoch.start + paced.choice;
	const phase = stores.epochs.phases(state.epoch).at(-1);
	const isYoung = phase !== undefined && now - phase.openedAt < stores.times.leastPhaseMs;
	return state.deployed !== null && isYoung ? state.deployed : chosen;
}

/** What is reported of the pacing; null where the guarantee has none. */
export function pacingReport(
	work: EvidenceWork,
	epoch: EpochRecord,
	counts: readonly EvidenceCount[],
): EvidenceReport["pacing"] {
	const { guarantee } = work.identity.terms;
	if (guarantee.pacing === undefined) return null;
	const { usdPerDay } = guarantee.pacing.preferQualityWithin;
	const loosest = endOfRun(work.state.certified, epoch.start);
	const paced = loosest === null ? null : pace(work, epoch, loosest, counts);
	if (paced === null) return { state: "nothing-certified", usdPerDay, threshold: null, projectedUsdPerDay: null };
	const { state, choice, projectedUsdPerDay } = paced;
	return { state, usdPerDay, threshold: epoch.path[epoch.start + choice] ?? null, projectedUsdPerDay };
}

function pace(
	{ identity, state, now }: EvidenceWork,
	epoch: EpochRecord,
	loosest: number,
	counts: readonly EvidenceCount[],
): PacedChoice | null {
	const { guarantee, auditPropensity } = identity.terms;
	if (guarantee.pacing === undefined) return null;
	const rows = (most: number) =>
		counts.reduce((sum, { cell, n, unlabelled }) => (cell <= most ? sum + n + unlabelled : sum), 0);
	const all = rows(Number.POSITIVE_INFINITY);
	const coverages = Array.from({ length: loosest - epoch.start + 1 }, (_, step) =>
		all === 0 ? 0 : rows(epoch.start + step) / all,
	);
	return paceThreshold({
		coverages,
		traffic: dailyTraffic(state.costs ?? [], now),
		auditShare: auditPropensity / CERTAIN,
		usdPerDay: guarantee.pacing.preferQualityWithin.usdPerDay,
		deployed: state.deployed === null || state.deployed > loosest ? null : state.deployed - epoch.start,
	});
}
