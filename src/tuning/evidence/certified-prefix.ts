import { logWealths, type Evidence } from "./log-wealth.ts";

/** What the evidence of an epoch allows. */
export interface CertifiedPrefix {
	/** ln of the e-value of each candidate. */
	readonly logE: readonly number[];
	/** What certifies: ln(1/delta) of the epoch. */
	readonly logNeeded: number;
	/** Candidates that have ever been certified in this epoch. */
	readonly certified: readonly boolean[];
	/** The loosest candidate of the unbroken certified run from the start; null: none, nothing may be accepted. */
	readonly deploy: number | null;
}

/**
 * Certifies each candidate whose e-value has reached 1/delta, and keeps what was certified before; then deploys the loosest
 * one before the first that is not certified. No correction for the number of candidates is needed: to deploy one whose
 * risk is above the target, the first such one in the order must have been certified, which has chance at most delta
 * (fixed-sequence testing, as in "Learn then Test", Angelopoulos et al. 2021). Candidates stricter than the start
 * are never deployed.
 *
 * Only to be asked of evidence up to a watermark. While `frozen`, nothing new is certified.
 */
export function certifiedPrefix(
	evidence: Evidence & {
		/** As the last call answered; empty in a new epoch. */
		readonly alreadyCertified: readonly boolean[];
		readonly frozen?: boolean;
	},
): CertifiedPrefix {
	const { epoch, alreadyCertified, frozen = false } = evidence;
	const logE = logWealths(evidence);
	const logNeeded = -Math.log(epoch.delta);
	const certified = logE.map((log, index) => alreadyCertified[index] === true || (!frozen && log >= logNeeded));
	return { logE, logNeeded, certified, deploy: endOfRun(certified, epoch.start) };
}

/** Last position of the run of true that begins at `start`; null where there is none. */
export function endOfRun(certified: readonly boolean[], start: number): number | null {
	let end: number | null = null;
	for (let index = start; certified[index] === true; index++) end = index;
	return end;
}
