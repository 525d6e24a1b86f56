import { describe, expect, it } from "vitest";
import { drawPoissonWeights } from "../../../src/tuning/metrics/poisson-weights.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";

const ROWS = 400_000;
const weights = new Uint8Array(ROWS);
drawPoissonWeights(weights, seededRandom(7));

describe("the weights of a resample", () => {
	it("are 0, 1, 2, … as often as in a Poisson distribution of mean 1", () => {
		let expected = ROWS * Math.exp(-1);
		for (let count = 0; count <= 6; count++) {
			const observed = weights.filter((weight) => weight === count).length;
			// Five standard deviations.
			expect(Math.abs(observed - expected)).toBeLessThan(5 * Math.sqrt(expected));
			expected /= count + 1;
		}
	});

	it("are not correlated with the one before, drawn from the same number or not", () => {
		for (const distance of [1, 2, 3, 6]) {
			let covariance = 0;
			for (let row = distance; row < ROWS; row++)
				covariance += ((weights[row] as number) - 1) * ((weights[row - distance] as number) - 1);
			expect(Math.abs(covariance / Math.sqrt(ROWS))).toBeLessThan(5);
		}
	});

	it("of every place within a number have the same mean", () => {
		for (let place = 0; place < 3; place++) {
			const here = weights.filter((_, row) => row % 3 === place);
			const sum = here.reduce((total, weight) => total + weight, 0);
			expect(Math.abs(sum - here.length)).toBeLessThan(5 * Math.sqrt(here.length));
		}
	});

	it("hold at the ends of the generator", () => {
		const drawn = new Uint8Array(7);
		drawPoissonWeights(drawn, () => 0);
		expect([...drawn]).toEqual([0, 0, 0, 0, 0, 0, 0]);
		drawPoissonWeights(drawn, () => 1 - 2 ** -53);
		expect([...drawn]).toEqual([8, 8, 8, 8, 8, 8, 8]);
	});

	it("have mean 1 and variance 1 to a thousandth, every digit counted once", () => {
		let digit = 0;
		const all = new Uint8Array(3 * 2 ** 16);
		drawPoissonWeights(all, () => (digit++ + 0.5) / 2 ** 16);
		const leading = all.filter((_, row) => row % 3 === 0);
		const meanOf = (power: number) => leading.reduce((sum, weight) => sum + weight ** power, 0) / leading.length;
		expect(meanOf(1)).toBeCloseTo(1, 4);
		expect(Math.abs(meanOf(2) - meanOf(1) ** 2 - 1)).toBeLessThan(1e-3);
	});
});
