import type { AuditVerdict, EvidenceEntry } from "../core/evidence/evidence-entry.ts";
import { countOf, type EpochRecord, type EvidenceCount, type PhaseRecord } from "../tuning/evidence/evidence-table.ts";
import { scoreBin } from "../tuning/evidence/next-path.ts";
import type { OpenBucket } from "./evidence-bucket-store.ts";
import { epochRecord, layPath } from "./evidence-regimes.ts";
import { noteCosts } from "./evidence-pacing.ts";
import { bucketOf, type EvidenceWork } from "./evidence-work.ts";
import { seenIdentity, type ForgottenDays } from "./seen-observations.ts";

/** Arrivals that lie further in the future are of a clock that is wrong. */
const MOST_AHEAD_MS = 3_600_000;

/** What of a call was new, and what could not be counted by its time. */
export interface EvidenceRecorded {
	/** Entries, and verdicts on them, that were new. */
	readonly added: number;
	/** Too old to tell whether they have been counted, or further in the future than clocks differ. */
	readonly outOfTime: number;
	/** Days that were forgotten for want of room. */
	readonly forgotten: ForgottenDays | null;
}

/** The rows of a transaction, by the bucket to which they are added. */
type Additions = Map<number, { counts: EvidenceCount[]; unsure: EvidenceCount[]; unobserved: number; late: number }>;

/**
 * Adds what requests say to the open buckets, each once, however often it is given. To be called in a transaction, after the
 * buckets that are due were closed: a row of one of those is late, and counts as wrong where it has a label or was to have one.
 *
 * What is so old that nobody can tell whether it was counted counts as wrong as well, and so with each delivery: no label is
 * lost, and none counts for the stage twice. Of those rows the ones of which the coin said that there would be no label are
 * left out. No bet on selective risk looks at them, and one on joint risk only gains by them. What lies too far in the future
 * is left out too: its bucket would be closed in the future.
 */
export function recordEvidence(
	work: EvidenceWork,
	entries: readonly EvidenceEntry[],
	verdicts: readonly AuditVerdict[],
): EvidenceRecorded {
	const { stores, now } = work;
	const { seen } = stores;
	const isPast = ({ at }: { readonly at: number }) => at <= now + MOST_AHEAD_MS;
	const [past, pastVerdicts] = [entries.filter(isPast), verdicts.filter(isPast)];
	const forgotten = seen.prepare([...past, ...pastVerdicts], now);
	const isToldApart = ({ at }: { readonly at: number }) => !seen.isTooOld(at, now);
	const countable = past.filter(isToldApart);
	const countableVerdicts = pastVerdicts.filter(isToldApart);
	const added = countable.filter((entry) => seen.add(entry, now));
	const epoch = epochRecord(work.identity, stores.epochs.epoch(work.state.epoch));
	const phases = stores.epochs.phases(work.state.epoch);
	const additions: Additions = new Map();
	for (const entry of added) {
		tallyRequest(work, entry);
		addEntry(work, entry, epoch, phases, additions);
	}
	// Their buckets are closed, as all of a day ago are, so these are late.
	for (const entry of past)
		if (!isToldApart(entry) && entry.draw !== "not-drawn") addEntry(work, entry, epoch, phases, additions);
	for (const [bucket, more] of additions) stores.buckets.add(bucket, more satisfies OpenBucket);
	const resolved = countableVerdicts.filter((verdict) => addVerdict(work, verdict));
	noteCosts(work, added, resolved);
	layPath(work);
	const outOfTime = entries.length + verdicts.length - countable.length - countableVerdicts.length;
	return { added: added.length + resolved.length, outOfTime, forgotten };
}

function tallyRequest(work: EvidenceWork, entry: EvidenceEntry): void {
	const { tallies } = work.state;
	tallies.requests += 1;
	tallies[entry.served] += 1;
	if (entry.draw === "drawn") tallies.drawn += 1;
	if (entry.draw === "unobserved") tallies.unobserved += 1;
	if (entry.served !== "gated") layScore(work, entry);
}

function addEntry(
	work: EvidenceWork,
	entry: EvidenceEntry,
	epoch: EpochRecord,
	phases: readonly PhaseRecord[],
	additions: Additions,
): void {
	const { stores, state, now } = work;
	const { tallies } = state;
	const { confidence, served, draw } = entry;
	if (entry.epoch !== state.epoch) {
		tallies.otherEpoch += 1;
		return;
	}
	if (entry.phase === 0) {
		tallies.beforePath += 1;
		return;
	}
	const phase = phases.find((each) => each.phase === entry.phase);
	if (phase === undefined) {
		tallies.otherEpoch += 1;
		return;
	}
	const own = bucketOf(work, entry.at);
	const isLate = own < state.watermark;
	const isDrawn = draw === "drawn";
	const counted = countOf(
		{
			epoch: entry.epoch,
			phase: entry.phase,
			revision: entry.policyRevision,
			confidence: served === "gated" ? null : confidence,
			inScope: entry.inScope,
			propensity: entry.propensity,
			// For now, of a draw whose bucket is open: its place in the table is all that is taken of it.
			draw: isDrawn ? "labelled" : draw,
			...(entry.wasDrawn === undefined ? {} : { wasDrawn: entry.wasDrawn }),
			wrong: isDrawn || (isLate && draw === "labelled") ? true : entry.wrong,
		},
		epoch,
		phase,
	);
	if (!counted.ok) {
		tallies.underPropensity += 1;
		return;
	}
	if (isDrawn && !isLate) {
		const id = seenIdentity(entry);
		stores.buckets.addDraw(own, id, { ...counted.value, gated: served === "gated" });
		const verdict = stores.buckets.takeVerdict(own, id);
		if (verdict !== null) stores.buckets.resolve(own, id, verdict);
		return;
	}
	const bucket = isLate ? Math.max(bucketOf(work, now), state.watermark) : own;
	const addition = additions.get(bucket) ?? { counts: [], unsure: [], unobserved: 0, late: 0 };
	additions.set(bucket, addition);
	const hasLabel = isDrawn || draw === "labelled";
	if (isLate && hasLabel) {
		tallies.late += 1;
		addition.late += 1;
	}
	if (draw === "unobserved") addition.unobserved += 1;
	// Neither was looked at in time, whatever chance of a label there was.
	if ((isLate && hasLabel) || draw === "unobserved") addition.unsure.push(counted.value);
	else addition.counts.push(counted.value);
	if (hasLabel) tallyLabel(work, served === "gated", counted.value.wrong === 1);
}

/** A reading that lays the epoch's path, whatever its label: none of those rows is evidence, since their phase is 0. */
function layScore({ state }: EvidenceWork, { confidence, inScope }: EvidenceEntry): void {
	if (state.laying === null) return;
	const { bins, unreadable, readings } = state.laying;
	if (confidence === null || !inScope) {
		state.laying = { bins, unreadable: unreadable + 1, readings };
		return;
	}
	const bin = scoreBin(confidence);
	state.laying = { bins: { ...bins, [bin]: (bins[bin] ?? 0) + 1 }, unreadable, readings: readings + 1 };
}

/** False where it changes nothing: it is known, or its draw is none that can be resolved any more. */
function addVerdict(work: EvidenceWork, verdict: AuditVerdict): boolean {
	const { stores, state, now } = work;
	const { buckets, seen } = stores;
	const bucket = bucketOf(work, verdict.at);
	if (bucket < state.watermark) return false;
	const id = seenIdentity(verdict);
	const outcome = buckets.resolve(bucket, id, verdict);
	if (outcome !== "absent") return outcome === "resolved";
	if (seen.has(verdict, now)) return false;
	buckets.keepVerdict(bucket, id, verdict);
	return true;
}

/** Counts a label for the report. */
export function tallyLabel({ state: { tallies } }: EvidenceWork, gated: boolean, wrong: boolean): void {
	if (gated) {
		tallies.gatedLabelled += 1;
		if (wrong) tallies.gatedWrong += 1;
		return;
	}
	tallies.labelled += 1;
	if (wrong) tallies.wrong += 1;
}
