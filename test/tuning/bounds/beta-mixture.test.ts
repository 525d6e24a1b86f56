import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { betaMixtureUpper } from "../../../src/tuning/bounds/beta-mixture.ts";
import { clopperPearsonUpper } from "../../../src/tuning/bounds/clopper-pearson.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { relativeError } from "../relative-error.ts";

const counts = fc
	.integer({ min: 1, max: 1_000 })
	.chain((n) => fc.tuple(fc.integer({ min: 0, max: n - 1 }), fc.constant(n)));
const anyDelta = fc.double({ min: 1e-6, max: 0.999, noNaN: true });

/** By number of rows: so few wrong ones, or fewer, and the bound is below `rate`; −1 where none are few enough. */
function mostThatMisleads(rate: number, delta: number, rows: number): number[] {
	let most = -1;
	return Array.from({ length: rows }, (_, index) => {
		while (most < index && betaMixtureUpper(most + 1, index + 1, delta) < rate) most += 1;
		return most;
	});
}

/** The chance that the bound is below the true rate after any of so many rows: exact, by all ways to get there. */
function chanceOfEverTooLow(rate: number, delta: number, rows: number): number {
	let [everTooLow, chances] = [0, [1]];
	for (const most of mostThatMisleads(rate, delta, rows)) {
		const next = Array.from(
			{ length: chances.length + 1 },
			(_, wrong) => (chances[wrong] ?? 0) * (1 - rate) + (chances[wrong - 1] ?? 0) * rate,
		);
		for (let wrong = 0; wrong <= most; wrong++) {
			everTooLow += next[wrong] ?? 0;
			next[wrong] = 0;
		}
		chances = next;
	}
	return everTooLow;
}

describe("the bound of a Beta mixture", () => {
	it("is where the mixture's likelihood ratio has reached 1/delta", () => {
		// Without a wrong row the marginal is a product: of (20 + i) / (20.5 + i) over the rows.
		const marginal = (20 / 20.5) * (21 / 21.5) * (22 / 22.5);
		expect(relativeError(betaMixtureUpper(0, 3, 0.1), 1 - Math.cbrt(0.1 * marginal))).toBeLessThan(1e-14);
		// One wrong of two, in either order: 0.5 · 20 / (20.5 · 21.5), and p (1 − p) = a tenth of it.
		const product = (0.1 * 0.5 * 20) / (20.5 * 21.5);
		expect(relativeError(betaMixtureUpper(1, 2, 0.1), (1 + Math.sqrt(1 - 4 * product)) / 2)).toBeLessThan(1e-14);
	});

	it.each([
		[0, 100, 0.0315],
		[0, 200, 0.0174],
		[2, 200, 0.0403],
		[5, 500, 0.0276],
		[0, 500, 0.0078],
	])("is with %i of %i at delta 0.1: %f", (wrong, n, bound) => {
		expect(betaMixtureUpper(wrong, n, 0.1)).toBeCloseTo(bound, 4);
	});

	it.each([0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 0.6])(
		"is below a true rate of %f with chance at most delta, though one looks after each of 1,000 rows",
		(rate) => {
			for (const delta of [0.1, 0.01]) expect(chanceOfEverTooLow(rate, delta, 1_000)).toBeLessThanOrEqual(delta);
		},
	);

	it("would not be, were it a bound for one time that was chosen beforehand", () => {
		const [rate, delta, random] = [0.02, 0.1, seededRandom(1)];
		const crossings = { once: 0, always: 0 };
		const most = mostThatMisleads(rate, delta, 2_000);
		for (let run = 0; run < 500; run++) {
			let [wrong, isBelow, wasBelow] = [0, false, false];
			for (let n = 1; n <= 2_000; n++) {
				if (random() < rate) wrong += 1;
				wasBelow ||= wrong <= (most[n - 1] ?? -1);
				isBelow ||= n % 100 === 0 && clopperPearsonUpper(wrong, n, delta) < rate;
			}
			if (isBelow) crossings.once += 1;
			if (wasBelow) crossings.always += 1;
		}
		expect(crossings.always / 500).toBeLessThanOrEqual(delta);
		expect(crossings.once / 500).toBeGreaterThan(0.2);
	});

	it("rises with each wrong row, and falls with each right one", () => {
		fc.assert(
			fc.property(counts, anyDelta, ([wrong, n], delta) => {
				const bound = betaMixtureUpper(wrong, n, delta);
				expect(betaMixtureUpper(wrong + 1, n, delta)).toBeGreaterThanOrEqual(bound);
				expect(betaMixtureUpper(wrong, n + 1, delta)).toBeLessThanOrEqual(bound);
			}),
		);
	});

	it("is at least the bound that may be looked at once, and never below what was seen", () => {
		fc.assert(
			fc.property(counts, anyDelta, ([wrong, n], delta) => {
				const bound = betaMixtureUpper(wrong, n, delta);
				expect(bound).toBeGreaterThanOrEqual(clopperPearsonUpper(wrong, n, delta) * (1 - 1e-12));
				expect(bound).toBeGreaterThan(wrong / n);
				expect(bound).toBeLessThanOrEqual(1);
			}),
		);
	});

	it("closes in on the rate, with ten million rows too", () => {
		const [wrong, n] = [30_000, 10_000_000];
		const bound = betaMixtureUpper(wrong, n, 0.1);
		expect(bound).toBeGreaterThan(clopperPearsonUpper(wrong, n, 0.1));
		expect(bound).toBeLessThan((wrong / n) * 1.05);
	});

	it("knows nothing without rows, or where all are wrong", () => {
		expect([betaMixtureUpper(0, 0, 0.1), betaMixtureUpper(7, 7, 0.1)]).toEqual([1, 1]);
	});

	it.each([
		[3, 2, 0.1],
		[-1, 2, 0.1],
		[0.5, 2, 0.1],
		[1, 2, 0],
		[1, 2, 1],
	])("refuses what are no counts and no proportions: %d of %d at %d", (wrong, n, delta) => {
		expect(() => betaMixtureUpper(wrong, n, delta)).toThrow(RangeError);
	});
});
