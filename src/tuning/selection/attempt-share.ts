/** What of delta the first attempt may spend where nobody said how many there will be. */
const FIRST_SHARE = 0.9;

/**
 * What the k-th attempt on the same rows may spend of delta, from k = 1: 0.9 δ for the first, and
 * 0.1 δ · 6 / (π² (k − 1)²) for each later one. The sum over all attempts, however many, is δ (Σ 1/j² = π²/6), so by the
 * union bound the chance that any of their certificates is false is at most δ. Most of it goes to the first, since most
 * logs are asked one question.
 */
export function attemptShare(delta: number, attempt: number): number {
	if (!(Number.isInteger(attempt) && attempt >= 1)) throw new RangeError("attempts are counted from 1");
	if (attempt === 1) return FIRST_SHARE * delta;
	return ((1 - FIRST_SHARE) * delta * 6) / (Math.PI * (attempt - 1)) ** 2;
}

/** What each attempt may spend where `planned` of them were announced before the first (Bonferroni). */
export function plannedShare(delta: number, planned: number): number {
	if (!(Number.isInteger(planned) && planned >= 1)) throw new RangeError("at least one attempt is planned");
	return delta / planned;
}
