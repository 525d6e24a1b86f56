import type { AcceptanceCounts } from "./risk.ts";

/**
 * Conformal risk control of the joint risk (Angelopoulos, Bates, Fisch, Lei & Schuster, "Conformal Risk Control", ICLR
 * 2024): the position of the loosest rule with (wrong + 1) / (rows + 1) ≤ `target`, or null where even the strictest has
 * not.
 *
 * In expectation only: over logs and the next request together, the chance that it is accepted and wrong is at most
 * `target`. Of any one log nothing is promised; a threshold chosen so exceeds the target about every other time. It is no
 * certificate, and must not be shown as holding "with probability 1 − δ".
 *
 * `counts` go from strict to loose, along which the loss of a row never falls (accepted sets are nested). Throws a
 * RangeError where `target` is not in (0, 1).
 */
export function conformalRiskControl(counts: readonly AcceptanceCounts[], target: number): number | null {
	if (!(target > 0 && target < 1)) throw new RangeError("target must lie between 0 and 1");
	const firstOver = counts.findIndex(({ wrong, rows }) => (wrong + 1) / (rows + 1) > target);
	const loosest = (firstOver < 0 ? counts.length : firstOver) - 1;
	return loosest < 0 ? null : loosest;
}
