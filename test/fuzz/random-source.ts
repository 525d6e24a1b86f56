import { seededRandom } from "../../src/tuning/seeded-random.ts";

/** Draws that a seed repeats. */
export interface RandomSource {
	/** A whole number from `least` to `most`, both included. */
	readonly whole: (least: number, most: number) => number;
	/** True in this share of draws. */
	readonly chance: (share: number) => boolean;
	/** One of these; there must be one. */
	readonly pick: <Value>(values: readonly Value[]) => Value;
	/** Values of another generator, by a seed of its own. */
	readonly seed: () => number;
}

/** The same draws for the same seed, on every machine. */
export function randomSource(seed: number): RandomSource {
	const unit = seededRandom(seed);
	const whole = (least: number, most: number) => least + Math.floor(unit() * (most - least + 1));
	return {
		whole,
		chance: (share) => unit() < share,
		pick<Value>(values: readonly Value[]): Value {
			if (values.length === 0) throw new Error("there is nothing to pick from");
			return values[whole(0, values.length - 1)] as Value;
		},
		seed: () => whole(0, 2 ** 31 - 1),
	};
}
