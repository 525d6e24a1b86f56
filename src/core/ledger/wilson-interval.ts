/** How many of `of` trials, and what their share may be beyond them. */
export interface Proportion {
	readonly count: number;
	readonly of: number;
	/** `count` ÷ `of`; null where there was no trial. */
	readonly share: number | null;
	/** The limits of the share's 95% interval, from 0 to 1; [0, 1] where there was no trial. */
	readonly low: number;
	readonly high: number;
}

/** The standard normal's quantile at 0.975. */
const Z = 1.959_963_984_540_054;

/**
 * A share with Wilson's 95% score interval, which keeps close to its 95% also at few trials and at shares near 0 and 1,
 * where the share ± 1.96 standard errors does not. It takes the trials to be independent of one another; those of one
 * conversation are not, so where there are few users and many requests the truth may be wider.
 *
 * `count` and `of` are whole, 0 ≤ `count` ≤ `of`. Wilson, "Probable Inference, the Law of Succession, and Statistical
 * Inference", JASA 22 (1927), 209–212; recommended by Brown, Cai and DasGupta, "Interval Estimation for a Binomial
 * Proportion", Statistical Science 16 (2001), 101–133.
 */
export function proportion(count: number, of: number): Proportion {
	if (of === 0) return { count, of, share: null, low: 0, high: 1 };
	const share = count / of;
	const shrink = 1 + Z ** 2 / of;
	const centre = (share + Z ** 2 / (2 * of)) / shrink;
	const half = (Z / shrink) * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2));
	return {
		count,
		of,
		share,
		// At the ends the limit is the share itself, which rounding would miss.
		low: count === 0 ? 0 : Math.min(share, Math.max(0, centre - half)),
		high: count === of ? 1 : Math.max(share, Math.min(1, centre + half)),
	};
}
