/**
 * Which of many claims may be published together so that, on average, at most a share `alpha` of those published is false,
 * however the claims depend on each other: the e-Benjamini-Hochberg procedure (Wang & Ramdas, JRSS B 84, 2022). The
 * k claims of greatest e-value, for the greatest k such that the k-th is at least K/(alpha k).
 *
 * Positions in `eValues`, rising. An e-value of an earlier moment is as good as a present one only where the moment was
 * not chosen for it: pass present e-values. Throws a RangeError where `alpha` is not in (0, 1) or an e-value is negative or NaN.
 */
export function selectByEValues(eValues: readonly number[], alpha: number): number[] {
	if (!(alpha > 0 && alpha < 1)) throw new RangeError("alpha must lie between 0 and 1");
	if (!eValues.every((value) => value >= 0)) throw new RangeError("e-values are not negative");
	const order = eValues.map((_, index) => index).sort((left, right) => at(eValues, right) - at(eValues, left));
	const last = order.findLastIndex((index, rank) => at(eValues, index) * alpha * (rank + 1) >= eValues.length);
	return order.slice(0, last + 1).sort((left, right) => left - right);
}

function at(values: readonly number[], index: number): number {
	return values[index] as number;
}
