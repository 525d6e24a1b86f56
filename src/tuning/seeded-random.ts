const WORDS = 624;
const AHEAD = 397;

/**
 * Uniform numbers in [0, 1) with 53 bits, the same ones for the same seed on every machine: MT19937 (Matsumoto & Nishimura,
 * "Mersenne Twister", ACM TOMACS 8, 1998; seeded as their `init_genrand` of 2002). For draws that must be repeatable, never
 * for secrets. Its set-up mixes the seed, so that seeds 1, 2, 3 give unlike numbers from the first on.
 *
 * A seed is a whole number of 32 bits, signed or not; anything else is a mistake of the caller and throws a RangeError,
 * since the generator would quietly make it another seed.
 */
export function seededRandom(seed: number): () => number {
	if (!(Number.isInteger(seed) && seed >= -(2 ** 31) && seed < 2 ** 32))
		throw new RangeError("a seed is a whole number of 32 bits");
	const state = initialState(seed);
	let index = WORDS;
	const nextWord = (): number => {
		if (index === WORDS) {
			twist(state);
			index = 0;
		}
		return tempered(state[index++] as number);
	};
	// The lower bits of two words, so that numbers are multiples of 2⁻⁵³.
	return () => (nextWord() & 0x3ffffff) * 2 ** -26 + (nextWord() & 0x7ffffff) * 2 ** -53;
}

function initialState(seed: number): Int32Array {
	const state = new Int32Array(WORDS);
	state[0] = seed;
	for (let index = 1; index < WORDS; index++) {
		const last = state[index - 1] as number;
		state[index] = Math.imul(1_812_433_253, last ^ (last >>> 30)) + index;
	}
	return state;
}

function twist(state: Int32Array): void {
	for (let index = 0; index < WORDS; index++) {
		const joined = ((state[index] as number) & 0x80000000) | ((state[(index + 1) % WORDS] as number) & 0x7fffffff);
		state[index] = (state[(index + AHEAD) % WORDS] as number) ^ (joined >>> 1) ^ (-(joined & 1) & 0x9908b0df);
	}
}

function tempered(word: number): number {
	let mixed = word ^ (word >>> 11);
	mixed ^= (mixed << 7) & 0x9d2c5680;
	mixed ^= (mixed << 15) & 0xefc60000;
	return mixed ^ (mixed >>> 18);
}
