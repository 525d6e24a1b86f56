/** A time until the next of events that come at random, `perSecond` on average; milliseconds. */
export function exponentialMs(random: () => number, perSecond: number): number {
	return (-Math.log(1 - random()) / perSecond) * 1_000;
}

/** Shares of tenants 1, 2, 3, … of which each has the load of the first divided by its rank to this power; they add up to 1. */
export function zipfShares(count: number, exponent: number): readonly number[] {
	const weights = Array.from({ length: count }, (_, index) => (index + 1) ** -exponent);
	const sum = weights.reduce((total, weight) => total + weight, 0);
	return weights.map((weight) => weight / sum);
}

/** Draws indices in proportion to these weights. */
export function drawByWeight(weights: readonly number[]): (random: () => number) => number {
	let sum = 0;
	const upTo = weights.map((weight) => (sum += weight));
	return (random) => {
		const wanted = random() * sum;
		let low = 0;
		let high = upTo.length - 1;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((upTo[middle] as number) <= wanted) low = middle + 1;
			else high = middle;
		}
		return low;
	};
}

/** The value below which this share of the values is, of sorted ones; NaN of none. */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
	if (sorted.length === 0) return Number.NaN;
	return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] as number;
}
