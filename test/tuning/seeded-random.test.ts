import * as fc from "fast-check";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { mersenne } from "pure-rand/generator/mersenne";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/tuning/seeded-random.ts";

const draw = (seed: number, count: number) => {
	const random = seededRandom(seed);
	return Array.from({ length: count }, () => random());
};

describe("seeded randomness", () => {
	it("repeats itself for a seed, and differs between seeds", () => {
		expect(draw(1, 20)).toEqual(draw(1, 20));
		expect(draw(1, 20)).not.toEqual(draw(2, 20));
		expect(draw(0, 20)).not.toEqual(draw(-1, 20));
	});

	it("draws the same numbers on every machine, so that certificates can be made again", () => {
		expect(draw(1, 3)).toEqual([0.6894079135345498, 0.10076732697837887, 0.007320390641425978]);
	});

	it("draws what another implementation of the Mersenne Twister draws, through several turns of its state", () => {
		const seeds = fc.oneof(
			fc.integer(),
			fc.integer({ min: 2 ** 31, max: 2 ** 32 - 1 }),
			fc.constantFrom(0, -1, 2 ** 32 - 1),
		);
		fc.assert(
			fc.property(seeds, (seed) => {
				const other = mersenne(seed);
				expect(draw(seed, 1_000)).toEqual(Array.from({ length: 1_000 }, () => uniformFloat64(other)));
			}),
		);
	});

	it("is unlike from the first number on for seeds next to each other", () => {
		const first = Array.from({ length: 2_000 }, (_, seed) => draw(seed, 1)[0] ?? Number.NaN);
		for (let tenth = 0; tenth < 10; tenth++) {
			const share = first.filter((number) => Math.floor(number * 10) === tenth).length / first.length;
			expect(Math.abs(share - 0.1)).toBeLessThan(0.03);
		}
	});

	it("is uniform on [0, 1)", () => {
		const numbers = draw(7, 20_000);
		expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
		for (let tenth = 0; tenth < 10; tenth++) {
			const share = numbers.filter((number) => Math.floor(number * 10) === tenth).length / numbers.length;
			expect(Math.abs(share - 0.1)).toBeLessThan(0.01);
		}
	});

	it.each([0.5, Number.NaN, 2 ** 32, -(2 ** 31) - 1, Number.POSITIVE_INFINITY])("refuses the seed %d", (seed) => {
		expect(() => seededRandom(seed)).toThrow(RangeError);
	});
});
