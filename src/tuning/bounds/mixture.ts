import { boundaryOf } from "./boundary.ts";
import { logMeanExp } from "./log-mean-exp.ts";

/** Alternatives to the risk `target`, as shares of it, each weighing the same. */
const ALTERNATIVES = [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875] as const;

/**
 * ln of the e-value against "the risk is at least `target`", from `wrong` of `n` labels: the mean likelihood ratio of
 * eight smaller risks to `target` (a mixture of Wald's sequential tests; Robbins, Annals of Mathematical Statistics 41,
 * 1970). Unlike a binomial bound it may be looked at after every label: by Ville's inequality it ever reaches 1/delta with
 * chance at most delta where the claim holds. Certify at ln(1/delta) or more. 0 (no evidence) where n = 0.
 *
 * Throws a RangeError where `wrong` and `n` are no counts or `target` is not in (0, 1).
 */
export function logMixtureEValue(wrong: number, n: number, target: number): number {
	validate(wrong, n);
	if (!(target > 0 && target < 1)) throw new RangeError("target must lie between 0 and 1");
	return logLikelihoodRatio(wrong, n, target);
}

/**
 * Upper bound of the risk that holds at all times at once with chance 1 − `delta`: the least target that the mixture
 * rejects. At least the Clopper-Pearson bound of the same counts, which holds at one time chosen beforehand. In (0, 1];
 * 1 where n = 0.
 */
export function anytimeUpperBound(wrong: number, n: number, delta: number): number {
	validate(wrong, n);
	if (!(delta > 0 && delta < 1)) throw new RangeError("delta must lie between 0 and 1");
	return boundaryOf((target) => logLikelihoodRatio(wrong, n, target), -Math.log(delta), 0, 1);
}

function logLikelihoodRatio(wrong: number, n: number, target: number): number {
	return logMeanExp(
		ALTERNATIVES.map((share) => {
			// 0 · ln 0 is 0 here: without a wrong answer, a risk of 0 is possible.
			const ofWrong = wrong === 0 ? 0 : wrong * Math.log(share);
			return ofWrong + (n - wrong) * (Math.log1p(-share * target) - Math.log1p(-target));
		}),
	);
}

function validate(wrong: number, n: number): void {
	if (!(Number.isSafeInteger(n) && Number.isSafeInteger(wrong) && wrong >= 0 && wrong <= n))
		throw new RangeError("wrong and n must be counts, wrong at most n");
}
