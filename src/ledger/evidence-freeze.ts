import type { EvidenceReport } from "../core/evidence/evidence-ports.ts";
import type { EvidenceCount } from "../tuning/evidence/evidence-table.ts";
import { hasDrifted } from "./evidence-regimes.ts";
import type { EvidenceWork } from "./evidence-work.ts";

/**
 * Of a bucket's rows, the most that may go unlooked at without a freeze. Each such row counts as wrong already, so what is
 * certified holds with any number of them; a freeze is for an outage, in which the rest of the rows may be of another kind
 * than those that cannot be seen. A last stage that answers at all fails less often than one request in twenty, and an outage
 * reaches far more; so a busy cascade certifies in spite of the odd failure.
 */
const MOST_UNSEEN = 0.05;

/** Fewer than these are no outage in a bucket of few rows, unless they are all of it. */
const LEAST_UNSEEN = 2;

/** Of a closed bucket: its rows, and those of them that were not looked at, or not in time. */
interface Unseen {
	readonly counts: readonly EvidenceCount[];
	readonly unobserved: number;
	readonly late: number;
}

/** Puts on record that a closed bucket, which ended at `watermark`, had more rows that nobody looked at than may be. */
export function noteUnseen({ state }: EvidenceWork, watermark: number, { counts, unobserved, late }: Unseen): void {
	const rows = counts.reduce((sum, { n, unlabelled }) => sum + n + unlabelled, 0);
	const areMany = (some: number) => some > MOST_UNSEEN * rows && (some >= LEAST_UNSEEN || some >= rows);
	if (areMany(unobserved)) state.unobservedAt = watermark;
	if (areMany(late)) state.lateAt = watermark;
}

/**
 * Why nothing may be certified or loosened at a watermark; null where it may: the labeller has drifted from its anchors, or a
 * short time before too many answers were such that no label could be had, or came when their bucket was closed.
 */
export function frozenBecause(work: EvidenceWork, watermark: number): EvidenceReport["frozenBecause"] {
	const { stores, state } = work;
	if (hasDrifted(work)) return "labeller-drift";
	const isRecent = (at: number | null | undefined) => at != null && watermark - at < stores.times.frozenMs;
	if (isRecent(state.unobservedAt)) return "unobserved";
	return isRecent(state.lateAt) ? "late" : null;
}
