/** ln of the mean of eˣ over the given x, without overflow; −∞ where all are −∞. Of no numbers it is NaN. */
export function logMeanExp(logs: readonly number[]): number {
	const largest = Math.max(...logs);
	if (largest === Number.NEGATIVE_INFINITY && logs.length > 0) return largest;
	let sum = 0;
	for (const log of logs) sum += Math.exp(log - largest);
	return largest + Math.log(sum / logs.length);
}
