import type { EvidenceReport } from "../../api/recorded-types.ts";

type Candidate = EvidenceReport["candidates"][number];

/** From the loosest to the strictest threshold that has a certificate; null where none has. */
export interface CertifiedRange {
	readonly from: number;
	readonly to: number;
}

/** The thresholds that the evidence has certified. */
export function certifiedRange(candidates: readonly Candidate[]): CertifiedRange | null {
	const thresholds = candidates.filter(({ certified }) => certified).map(({ threshold }) => threshold);
	return thresholds.length === 0 ? null : { from: Math.min(...thresholds), to: Math.max(...thresholds) };
}

/** The evaluated threshold that is nearest; of two as near, the looser one, which promises less. */
export function nearestCandidate(candidates: readonly Candidate[], threshold: number): Candidate | null {
	return candidates.reduce<Candidate | null>((nearest, candidate) => {
		if (nearest === null) return candidate;
		const closer = Math.abs(candidate.threshold - threshold) - Math.abs(nearest.threshold - threshold);
		return closer < 0 || (closer === 0 && candidate.threshold < nearest.threshold) ? candidate : nearest;
	}, null);
}
