/** Drawing from a distribution of log-probabilities, with randomness as an argument. */
import { hashText } from "./models/hash-features.ts";

/** A source of numbers in [0, 1). */
export type Random = () => number;

/**
 * A repeatable source of randomness (mulberry32). The text takes part besides the
 * seed, so that one seed used on many different chats does not draw the same
 * number, and so correlated mistakes, in all of them.
 */
export function seededRandom(seed: number, text: string): Random {
	let state = hashText(`${seed} ${text}`);
	return function nextRandom() {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/**
 * Chooses a position. Temperature 0 takes the likeliest, the first on a tie;
 * otherwise each is drawn with probability proportional to exp(logprob /
 * temperature), among the fewest that together reach `topP`.
 *
 * @param logprobs natural-log probabilities at temperature 1; at least one.
 * @param temperature 0 or more.
 * @param topP in (0, 1]; 1 keeps all.
 */
export function chooseToken(logprobs: ArrayLike<number>, temperature: number, topP: number, random: Random): number {
	const likeliest = positionOfLargest(logprobs);
	if (temperature === 0) return likeliest;
	const peak = logprobs[likeliest] ?? 0;
	const weights = Float64Array.from(logprobs, (logprob) => Math.exp((logprob - peak) / temperature));
	if (topP < 1) keepNucleus(weights, topP);
	const total = weights.reduce((sum, weight) => sum + weight, 0);
	let remaining = random() * total;
	for (let position = 0; position < weights.length; position += 1) {
		remaining -= weights[position] ?? 0;
		if (remaining < 0) return position;
	}
	// Only rounding can leave something over.
	return likeliest;
}

/** Positions of the `count` largest values, largest first. */
export function largestPositions(values: ArrayLike<number>, count: number): number[] {
	const found: number[] = [];
	for (let position = 0; position < values.length && count > 0; position += 1) {
		const value = values[position] ?? Number.NEGATIVE_INFINITY;
		if (found.length === count && value <= (values[found.at(-1) ?? 0] ?? 0)) continue;
		const place = found.findIndex((other) => value > (values[other] ?? 0));
		found.splice(place === -1 ? found.length : place, 0, position);
		if (found.length > count) found.pop();
	}
	return found;
}

/** Zeroes all weights but the largest that together reach the share `topP` (Holtzman et al. 2020). */
function keepNucleus(weights: Float64Array, topP: number): void {
	const total = weights.reduce((sum, weight) => sum + weight, 0);
	const order = Array.from(weights.keys()).sort((left, right) => (weights[right] ?? 0) - (weights[left] ?? 0));
	let reached = 0;
	for (const position of order) {
		if (reached >= topP * total) weights[position] = 0;
		else reached += weights[position] ?? 0;
	}
}

function positionOfLargest(values: ArrayLike<number>): number {
	let best = 0;
	for (let position = 1; position < values.length; position += 1) {
		if ((values[position] ?? 0) > (values[best] ?? 0)) best = position;
	}
	return best;
}
