import { BUCKET_CLOSES_AFTER_MS } from "../core/evidence/label-time.ts";
import { SCORE_EDGES } from "../tuning/evidence/next-path.ts";

/** How a ledger of evidence reckons; tests and demonstrations may reckon otherwise. All in milliseconds but the last. */
export interface EvidenceTimes {
	/** Length of a bucket of arrivals. */
	readonly bucketMs: number;
	/**
	 * A bucket is closed so long after its end: not earlier, where all of its audits are resolved, since nobody knows what
	 * is still on its way through the queue, and what comes later counts as wrong.
	 */
	readonly closesAfterMs: number;
	/** Certification stays frozen for so long after the last bucket with too many unobserved answers, or late ones. */
	readonly frozenMs: number;
	/** How long a lease is valid; it is renewed at half of that. */
	readonly leaseMs: number;
	/** How often the ledger looks after itself while there is traffic. */
	readonly tickMs: number;
	/** It stops after so long without traffic. */
	readonly idleMs: number;
	/** A certificate whose newest label is older is not renewed. */
	readonly expiresMs: number;
	/** A change of the audit rate waits until the phase has lasted so long. */
	readonly leastPhaseMs: number;
	/** Readings that lay the path of an epoch; their labels are discarded. */
	readonly pathReadings: number;
}

/** Production's. */
export const EVIDENCE_TIMES: EvidenceTimes = {
	bucketMs: 10_000,
	closesAfterMs: BUCKET_CLOSES_AFTER_MS,
	frozenMs: 600_000,
	leaseMs: 600_000,
	tickMs: 60_000,
	idleMs: 3_600_000,
	expiresMs: 86_400_000,
	leastPhaseMs: 600_000,
	pathReadings: 200,
};

/** How many readings fell into each bin of `SCORE_EDGES`; empty bins are absent. */
export type SparseBins = Readonly<Record<string, number>>;

/** The same with every bin. */
export function allBins(sparse: SparseBins): number[] {
	return SCORE_EDGES.map((_, bin) => sparse[bin] ?? 0);
}
