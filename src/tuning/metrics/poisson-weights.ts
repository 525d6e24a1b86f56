/** A count is looked up by this many values of a uniform digit; a double holds three digits of 16 bits. */
const DIGITS = 2 ** 16;
const DRAWS_A_NUMBER = 3;
const COUNTS = poissonQuantiles();

/**
 * Fills `weights` with independent Poisson(1) counts: how often each row is in one resample of the Poisson bootstrap, where
 * the size of the resample varies and statistics are ratios of weighted sums (Hanley & MacGibbon, Computer Methods and
 * Programs in Biomedicine 83, 2006; Chamandy et al., "Estimating Uncertainty for Massive Data Streams", 2012). Unlike drawing
 * n rows from n it writes memory in order.
 *
 * Each uniform number serves three rows, 16 of its bits each, so a count's probability is right to 1/65,536 and counts above
 * 8 do not occur: the spread of a resample is off by less than a thousandth. `random` draws from [0, 1).
 */
export function drawPoissonWeights(weights: Uint8Array, random: () => number): void {
	for (let index = 0; index < weights.length; index += DRAWS_A_NUMBER) {
		const first = random() * DIGITS;
		const second = (first - Math.floor(first)) * DIGITS;
		const third = (second - Math.floor(second)) * DIGITS;
		weights[index] = COUNTS[Math.floor(first)] as number;
		// Past the end a typed array ignores what is written.
		weights[index + 1] = COUNTS[Math.floor(second)] as number;
		weights[index + 2] = COUNTS[Math.floor(third)] as number;
	}
}

/** The quantile of Poisson(1) in the middle of each digit's step. */
function poissonQuantiles(): Uint8Array {
	const counts = new Uint8Array(DIGITS);
	let [count, mass] = [0, Math.exp(-1)];
	let cumulative = mass;
	for (let digit = 0; digit < DIGITS; digit++) {
		while ((digit + 0.5) / DIGITS > cumulative) {
			count++;
			mass /= count;
			cumulative += mass;
		}
		counts[digit] = count;
	}
	return counts;
}
