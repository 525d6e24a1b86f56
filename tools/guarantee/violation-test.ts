import { logBinomialTails } from "../../src/tuning/bounds/binomial.ts";

/**
 * P(X ≥ violations) for X ~ Binomial(trials, delta): how likely so many violations or more are, where their true chance is
 * the delta that was promised. A small one says that the promise is broken.
 */
export function violationPValue(violations: number, trials: number, delta: number): number {
	return violations === 0 ? 1 : Math.exp(logBinomialTails(violations - 1, trials, delta, 1 - delta).upper);
}

/** The level of the whole experiment: a tuner that keeps its promise exactly is called a liar once in a thousand runs. */
const LEVEL = 0.001;

/** Whether the violations of one of `cells` cells are compatible with the promise (Bonferroni over cells). */
export function keepsPromise(violations: number, trials: number, delta: number, cells: number): boolean {
	return violationPValue(violations, trials, delta) >= LEVEL / cells;
}
