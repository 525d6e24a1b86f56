/**
 * Rules that steer by feedback. None of them is a guarantee: each bounds an average over a long run, may be far off at any one
 * time, and none makes a certificate.
 */

/**
 * Adaptive conformal inference (Gibbs & Candès, NeurIPS 2021): the level for the next answer, α_t + γ (α − error). It leaves
 * [0, 1] on purpose: below 0 accept nothing, above 1 accept all.
 */
export function nextConformalLevel(input: {
	readonly level: number;
	readonly target: number;
	readonly rate: number;
	readonly failed: boolean;
}): number {
	return input.level + input.rate * (input.target - (input.failed ? 1 : 0));
}

/**
 * A threshold that follows the joint risk from labels of known chance: λ + η (accepted · labelled · wrong / π − α), kept within
 * [0, 1]; raised where too much was wrong. Online gradient descent with inverse propensities, as in conformal prediction with
 * intermittent feedback (arXiv 2503.10345).
 */
export function nextTrackedThreshold(input: {
	readonly threshold: number;
	readonly target: number;
	readonly rate: number;
	/** Of a label, above 0 and at most 1. */
	readonly propensity: number;
	/** Accepted, labelled and wrong. */
	readonly seenWrong: boolean;
}): number {
	const gradient = (input.seenWrong ? 1 / input.propensity : 0) - input.target;
	return Math.min(1, Math.max(0, input.threshold + input.rate * gradient));
}

/**
 * The price of an escalation, raised while more is spent than the budget allows: [μ + η (cost − budget)]₊ (dual descent, as in
 * Balseiro & Gur, Management Science 65, 2019). Escalate where what is gained exceeds μ · cost, and only inside of
 * what is certified: where budget and promise conflict, neither can be kept by moving a price.
 */
export function nextEscalationPrice(input: {
	readonly price: number;
	readonly rate: number;
	readonly cost: number;
	/** Of a request, on average. */
	readonly budget: number;
}): number {
	return Math.max(0, input.price + input.rate * (input.cost - input.budget));
}
