import { boundaryOf } from "./boundary.ts";

/** The prior of the mixture: rates about a fortieth, since a labeller that misses more is of no use whatever the bound. */
const [ALPHA, BETA] = [0.5, 20];

/**
 * Upper confidence bound of a proportion that holds at every n at once, with chance 1 − `delta`: it may be looked at after every row, and
 * looking may be stopped for any reason. From `wrong` of `n`; in (0, 1], and 1 where all are wrong or n = 0.
 *
 * For a rate p, the likelihood of the rows so far under θ ~ Beta(1/2, 20), over that under p,
 *
 *     Lₙ(p) = B(1/2 + k, 20 + n − k) / B(1/2, 20) / (pᵏ (1 − p)ⁿ⁻ᵏ),
 *
 * is a martingale of mean 1 where p is the truth, being a mean of likelihood ratios. By Ville's inequality it ever reaches 1/delta
 * with chance at most delta, so the rates at which it has not are a confidence sequence (the beta-binomial mixture of Robbins, Annals of
 * Mathematical Statistics 41, 1970, and of Howard, Ramdas, McAuliffe & Sekhon, Annals of Statistics 49, 2021). ln Lₙ falls up to k/n,
 * where it is at most 0, and rises after it; the bound is where it reaches ln(1/delta). It rises with `wrong`, so it holds as well where
 * more rows are counted as wrong than are.
 *
 * Throws a RangeError where `wrong` and `n` are no counts or `delta` is not in (0, 1).
 */
export function betaMixtureUpper(wrong: number, n: number, delta: number): number {
	if (!(Number.isSafeInteger(n) && Number.isSafeInteger(wrong) && wrong >= 0 && wrong <= n))
		throw new RangeError("wrong and n must be counts, wrong at most n");
	if (!(delta > 0 && delta < 1)) throw new RangeError("delta must lie between 0 and 1");
	if (wrong === n) return 1;
	const right = n - wrong;
	const marginal = logMarginal(wrong, right);
	const logRatio = (p: number) => marginal - (wrong === 0 ? 0 : wrong * Math.log(p)) - right * Math.log1p(-p);
	return boundaryOf(logRatio, -Math.log(delta), wrong / n, 1);
}

/**
 * ln of B(1/2 + k, 20 + m) / B(1/2, 20), the chance of one order of `wrong` and `right` rows under the prior: row by row, each by the
 * posterior of those before it. So nothing cancels, as it would between logarithms of the gamma function.
 */
function logMarginal(wrong: number, right: number): number {
	let sum = 0;
	for (let row = 0; row < wrong; row++) sum += Math.log((ALPHA + row) / (ALPHA + BETA + row));
	for (let row = 0; row < right; row++) sum += Math.log((BETA + row) / (ALPHA + BETA + wrong + row));
	return sum;
}
