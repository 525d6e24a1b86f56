/**
 * ln of the likelihood of `wrong` of `n` labels at risk `p1`, over that at risk `p0`; the sum of Wald's steps (Annals of
 * Mathematical Statistics 16, 1945). Both risks in (0, 1).
 */
export function logLikelihoodRatio(wrong: number, n: number, p0: number, p1: number): number {
	return wrong * Math.log(p1 / p0) + (n - wrong) * (Math.log1p(-p1) - Math.log1p(-p0));
}

/**
 * ln of the Shiryaev-Roberts e-detector after a step: S ← L (1 + S), from S = 0, which is ln S = −∞. Where every L has a mean of
 * at most 1 given the past, S less the number of steps is a supermartingale: the mean number of steps until S ≥ A is at
 * least A, and with a new start after each alarm, t steps hold at most t/A alarms on average (Shin, Ramdas & Rinaldo,
 * "E-detectors", 2022).
 */
export function logShiryaevRoberts(logS: number, logL: number): number {
	// ln(1 + S) without overflow, whichever of the two is the greater
	return logL + Math.max(0, logS) + Math.log1p(Math.exp(-Math.abs(logS)));
}

/** ln of the CUSUM e-detector after a step: M ← L max(1, M), from M = 0. Never above Shiryaev-Roberts', and slower. */
export function logCusum(logM: number, logL: number): number {
	return logL + Math.max(0, logM);
}
