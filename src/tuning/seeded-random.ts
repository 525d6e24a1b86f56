import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { mersenne } from "pure-rand/generator/mersenne";

/**
 * Uniform numbers in [0, 1) with 53 bits, the same ones for the same seed on every machine: MT19937 (Matsumoto & Nishimura,
 * "Mersenne Twister", ACM TOMACS 8, 1998). For draws that must be repeatable, never for secrets. Its set-up mixes the seed,
 * so that seeds 1, 2, 3 give unlike numbers from the first on; the library's xoroshiro128+ begins near 1 for all of them.
 *
 * A seed is a whole number of 32 bits, signed or not; anything else is a mistake of the caller and throws a RangeError,
 * since the generator would quietly make it another seed.
 */
export function seededRandom(seed: number): () => number {
	if (!(Number.isInteger(seed) && seed >= -(2 ** 31) && seed < 2 ** 32))
		throw new RangeError("a seed is a whole number of 32 bits");
	const generator = mersenne(seed);
	return () => uniformFloat64(generator);
}
