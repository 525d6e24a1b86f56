/** Numbers drawn from the runtime at a time: each asking costs more than the bits. */
const DRAWN_AT_ONCE = 256;

/** Random numbers that nobody can foretell, uniform over the multiples of 2⁻⁵³ in [0, 1). */
export function createRandomUnit(fill: (words: Uint32Array) => void): () => number {
	const words = new Uint32Array(2 * DRAWN_AT_ONCE);
	let next = words.length;
	return () => {
		if (next >= words.length) {
			fill(words);
			next = 0;
		}
		const [high, low] = [words[next] as number, words[next + 1] as number];
		next += 2;
		// 26 bits and 27: a double holds 53.
		return ((high >>> 6) * 2 ** 27 + (low >>> 5)) / 2 ** 53;
	};
}
