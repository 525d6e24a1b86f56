/** Confidences closer than this to 0 or 1 are taken as this far from it: one wrong certainty would make the mean infinite. */
const CLIPPED = 1e-15;

/**
 * Brier score: mean squared distance between confidence and 1 (right) or 0 (wrong), in [0, 1], 0 is best (Brier, Monthly
 * Weather Review 78, 1950). Rows without a reading (NaN) are left out; undefined where none is left.
 */
export function brierScore(confidence: ArrayLike<number>, correct: ArrayLike<number>): number | undefined {
	return meanOf(confidence, correct, (value, right) => (value - right) ** 2);
}

/**
 * Log loss: mean of −ln of the probability that the confidence gave to what happened, in nats, 0 is best. Confidences are
 * clipped to [1e-15, 1 − 1e-15]. Rows without a reading (NaN) are left out; undefined where none is left.
 */
export function logLoss(confidence: ArrayLike<number>, correct: ArrayLike<number>): number | undefined {
	return meanOf(confidence, correct, (value, right) => {
		const clipped = Math.min(1 - CLIPPED, Math.max(CLIPPED, value));
		return right === 1 ? -Math.log(clipped) : -Math.log1p(-clipped);
	});
}

function meanOf(
	confidence: ArrayLike<number>,
	correct: ArrayLike<number>,
	score: (value: number, right: number) => number,
): number | undefined {
	if (correct.length !== confidence.length) throw new RangeError("each confidence needs its verdict");
	let [rows, sum] = [0, 0];
	for (let row = 0; row < confidence.length; row++) {
		const value = confidence[row] as number;
		if (Number.isNaN(value)) continue;
		rows++;
		sum += score(value, correct[row] as number);
	}
	return rows === 0 ? undefined : sum / rows;
}
