import { binomialCdf } from "./binomial.ts";

/** `mean` · n may exceed a whole number by rounding alone (0.07 · 100 does), by less than this share of it. */
const ROUNDING = 1e-12;

/**
 * p-value of "the expected loss is at least `target`", from the mean of n independent losses in [0, 1]: the smaller of
 * Hoeffding's and Bentkus's, as Bates et al., "Distribution-Free, Risk-Controlling Prediction Sets" (J. ACM 68, 2021)
 * and Angelopoulos et al., "Learn then Test" (2021) combine them. For losses that are 0 or 1 the binomial is exact and
 * smaller (`binomialCdf`): this one is for the others.
 *
 * Bentkus's part is rounded up to whole losses, with a guard: without it a mean of 0.07 over 100 counts as 8 losses.
 * 1 where n = 0. Throws a RangeError where n is no count, `mean` outside [0, 1] or `target` outside (0, 1).
 */
export function hoeffdingBentkusPValue(mean: number, n: number, target: number): number {
	if (!(Number.isSafeInteger(n) && n >= 0)) throw new RangeError("n must be a count");
	if (!(mean >= 0 && mean <= 1)) throw new RangeError("mean must lie in [0, 1]");
	if (!(target > 0 && target < 1)) throw new RangeError("target must lie between 0 and 1");
	if (n === 0) return 1;
	const losses = n * mean;
	const whole = Math.ceil(losses - ROUNDING * Math.max(1, losses));
	const bentkus = Math.E * binomialCdf(whole, n, target);
	const hoeffding = Math.exp(-n * relativeEntropy(Math.min(mean, target), target));
	return Math.min(1, bentkus, hoeffding);
}

/** Kullback-Leibler divergence of Bernoulli(a) from Bernoulli(b), in nats. */
function relativeEntropy(a: number, b: number): number {
	const first = a > 0 ? a * Math.log(a / b) : 0;
	const second = a < 1 ? (1 - a) * (Math.log1p(-a) - Math.log1p(-b)) : 0;
	return first + second;
}
