/** ln n! − ln(√(2πn) (n/e)ⁿ) for n = 0 … 15, rounded from 60 digits; 0 for n = 0, where it is never used. */
const STIRLING_ERRORS = [
	0, 0.08106146679532726, 0.0413406959554093, 0.02767792568499834, 0.020790672103765093, 0.016644691189821193,
	0.013876128823070748, 0.01189670994589177, 0.010411265261972096, 0.009255462182712733, 0.00833056343336287,
	0.007573675487951841, 0.00694284010720953, 0.006408994188004207, 0.0059513701127588475, 0.005554733551962801,
] as const;

/**
 * ln P(X = k) for X ~ Binomial(n, p), with q = 1 − p given apart so that a small p or q keeps its digits; −∞ where the
 * chance is 0.
 *
 * By the saddle-point expansion of Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000), which R
 * uses: differences of log-factorials would lose a digit for each digit of n, and have lost half of them at n = 10⁶.
 */
export function logBinomialMass(k: number, n: number, p: number, q: number): number {
	if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
	if (p === 0) return k === 0 ? 0 : Number.NEGATIVE_INFINITY;
	if (q === 0) return k === n ? 0 : Number.NEGATIVE_INFINITY;
	if (k === 0) return n * logOf(q, p);
	if (k === n) return n * logOf(p, q);
	const correction = stirlingError(n) - stirlingError(k) - stirlingError(n - k);
	const deviance = binomialDeviance(k, n * p) + binomialDeviance(n - k, n * q);
	return correction - deviance + Math.log(n / (2 * Math.PI * k * (n - k))) / 2;
}

/** ln `part`, from whichever of `part` and `rest` = 1 − part is the smaller. */
function logOf(part: number, rest: number): number {
	return part < rest ? Math.log(part) : Math.log1p(-rest);
}

/** ln n! less Stirling's approximation; its series is exact to a double from n = 16 on. */
function stirlingError(n: number): number {
	const known = STIRLING_ERRORS[n];
	if (known !== undefined) return known;
	const square = n * n;
	return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / n;
}

/** x ln(x/m) + m − x, without the cancellation where x is near m. */
function binomialDeviance(x: number, m: number): number {
	if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
	const ratio = (x - m) / (x + m);
	let sum = (x - m) * ratio;
	let term = 2 * x * ratio;
	const square = ratio * ratio;
	for (let odd = 3; ; odd += 2) {
		term *= square;
		const next = sum + term / odd;
		if (next === sum) return sum;
		sum = next;
	}
}
