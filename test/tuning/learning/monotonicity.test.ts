import { describe, expect, it } from "vitest";
import { checkMonotone } from "../../../src/tuning/learning/monotonicity.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";

/** Rows whose risk is a function of a uniform score. */
function drawn(rows: number, risk: (score: number) => number, seed: number) {
	const random = seededRandom(seed);
	const scores = Float64Array.from({ length: rows }, random);
	return { scores, wrong: Uint8Array.from(scores, (score) => (random() < risk(score) ? 1 : 0)) };
}

const check = ({ scores, wrong }: ReturnType<typeof drawn>, seed = 1) =>
	checkMonotone(scores, wrong, { random: seededRandom(seed), replicates: 400 });

describe("the check for a monotone score", () => {
	it("accepts a risk that falls, and one that is the same everywhere, about as often as it promises", () => {
		for (const risk of [(score: number) => 0.4 * (1 - score) ** 1.5, () => 0.3]) {
			let refused = 0;
			for (let seed = 0; seed < 60; seed++) if (!check(drawn(300, risk, seed), seed).monotone) refused++;
			expect(refused).toBeLessThanOrEqual(8);
		}
	});

	it("finds a risk that rises again among the surest answers", () => {
		const bent = (score: number) => (score > 0.8 ? 0.3 : score > 0.5 ? 0.03 : 0.4);
		let found = 0;
		for (let seed = 0; seed < 20; seed++) if (!check(drawn(300, bent, seed), seed).monotone) found++;
		expect(found).toBeGreaterThanOrEqual(17);
	});

	it("draws large bins from the normal distribution, and says the same of many rows", () => {
		const falling = drawn(120_000, (score) => 0.4 * (1 - score), 1);
		const options = { random: seededRandom(1), replicates: 200 };
		expect(checkMonotone(falling.scores, falling.wrong, options)).toMatchObject({ monotone: true, pValue: 1 });
		const bent = drawn(120_000, (score) => (score > 0.9 ? 0.14 : 0.12), 2);
		expect(checkMonotone(bent.scores, bent.wrong, options).pValue).toBe(1 / 201);
		// Where the risk is the same everywhere the p-value is about uniform.
		const level = Array.from({ length: 8 }, (_, seed) => {
			const { scores, wrong } = drawn(60_000, () => 0.3, seed);
			return checkMonotone(scores, wrong, { random: seededRandom(seed), replicates: 200 }).pValue;
		});
		expect(level.filter((pValue) => pValue <= 0.05).length).toBeLessThanOrEqual(3);
		expect(level.filter((pValue) => pValue <= 0.5).length).toBeGreaterThan(0);
	});

	it("shows each bin beside the nearest rate that falls", () => {
		const scores = Float64Array.of(0.1, 0.1, 0.4, 0.4, 0.9, 0.9, Number.NaN);
		const wrong = Uint8Array.of(1, 1, 0, 0, 0, 1, 1);
		const { bins } = checkMonotone(scores, wrong, { random: seededRandom(1), bins: 3, replicates: 10 });
		expect(bins).toEqual([
			{ lowest: 0.1, highest: 0.1, rows: 2, wrong: 2, rate: 1, isotonicRate: 1 },
			{ lowest: 0.4, highest: 0.4, rows: 2, wrong: 0, rate: 0, isotonicRate: 0.25 },
			{ lowest: 0.9, highest: 0.9, rows: 2, wrong: 1, rate: 0.5, isotonicRate: 0.25 },
		]);
	});

	it("has nothing against a perfect score, a single value, or none", () => {
		expect(check({ scores: Float64Array.of(0.1, 0.2, 0.8, 0.9), wrong: Uint8Array.of(1, 1, 0, 0) }).pValue).toBe(1);
		expect(check({ scores: Float64Array.of(0.5, 0.5), wrong: Uint8Array.of(1, 0) }).monotone).toBe(true);
		expect(check({ scores: Float64Array.of(Number.NaN), wrong: Uint8Array.of(1) })).toEqual({
			monotone: true,
			pValue: 1,
			bins: [],
		});
	});

	it("refuses at the level it is given", () => {
		const { scores, wrong } = drawn(300, (score) => 0.1 + 0.6 * score, 3);
		const at = (level: number) => checkMonotone(scores, wrong, { random: seededRandom(1), replicates: 99, level });
		expect(at(0.05).pValue).toBe(0.01);
		expect(at(0.01).monotone).toBe(false);
		expect(at(0.009).monotone).toBe(true);
	});
});
