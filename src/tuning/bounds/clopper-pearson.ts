import { logBinomialMass } from "./binomial-mass.ts";
import { logBinomialTails } from "./binomial.ts";

const MOST_STEPS = 200;

/**
 * Upper confidence bound of a proportion at level 1 − `delta`, one-sided, from `wrong` of `n`: the p at which seeing so
 * few or fewer has chance `delta` (Clopper & Pearson, Biometrika 26, 1934). Exact: it is too low with chance at most
 * `delta`, whatever the proportion. 1 where `wrong` = `n`, and so where n = 0.
 *
 * `clopperPearsonUpper(k, n, delta) <= target` says the same as `binomialCdf(k, n, target) <= delta`; tests use the
 * latter, which needs no root. Throws a RangeError where `wrong` and `n` are no counts or `delta` is not in (0, 1).
 */
export function clopperPearsonUpper(wrong: number, n: number, delta: number): number {
	validate(wrong, n, delta);
	if (wrong === n) return 1;
	if (wrong === 0) return -Math.expm1(Math.log(delta) / n);
	return solve(wrong / n, 1, (p) => {
		const log = logBinomialTails(wrong, n, p, 1 - p).lower;
		// d/dp P(X ≤ k) = −(n − k)/(1 − p) · P(X = k)
		const slope = -((n - wrong) / (1 - p)) * Math.exp(logBinomialMass(wrong, n, p, 1 - p) - log);
		return { excess: Math.log(delta) - log, slope: -slope };
	});
}

/** The bound on the other side: the p at which seeing so many or more has chance `delta`. 0 where `wrong` = 0. */
export function clopperPearsonLower(wrong: number, n: number, delta: number): number {
	validate(wrong, n, delta);
	if (wrong === 0) return 0;
	if (wrong === n) return Math.exp(Math.log(delta) / n);
	return solve(0, wrong / n, (p) => {
		const log = logBinomialTails(wrong - 1, n, p, 1 - p).upper;
		// d/dp P(X ≥ k) = k/p · P(X = k)
		const slope = (wrong / p) * Math.exp(logBinomialMass(wrong, n, p, 1 - p) - log);
		return { excess: log - Math.log(delta), slope };
	});
}

/** The root of an increasing function in (lower, upper): Newton's steps, halving instead where one would leave the bracket. */
function solve(
	lower: number,
	upper: number,
	evaluate: (p: number) => { readonly excess: number; readonly slope: number },
): number {
	let below = lower;
	let above = upper;
	let p = (lower + upper) / 2;
	for (let step = 0; step < MOST_STEPS; step++) {
		const { excess, slope } = evaluate(p);
		if (excess === 0) return p;
		if (excess < 0) below = p;
		else above = p;
		const newton = p - excess / slope;
		const next = newton > below && newton < above ? newton : (below + above) / 2;
		if (Math.abs(next - p) <= 2 * Number.EPSILON * p) return next;
		p = next;
	}
	return p;
}

function validate(wrong: number, n: number, delta: number): void {
	if (!(Number.isSafeInteger(n) && Number.isSafeInteger(wrong) && wrong >= 0 && wrong <= n))
		throw new RangeError("wrong and n must be counts, wrong at most n");
	if (!(delta > 0 && delta < 1)) throw new RangeError("delta must lie between 0 and 1");
}
