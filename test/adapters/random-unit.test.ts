import { describe, expect, it } from "vitest";
import { createRandomUnit } from "../../src/adapters/random-unit.ts";

describe("a random number", () => {
	it.each([
		[0, 0, 0],
		[0xffff_ffff, 0xffff_ffff, 1 - 2 ** -53],
		[0x8000_0000, 0, 0.5],
		[0, 32, 2 ** -53],
		[64, 0, 2 ** -26],
	])("is of 53 bits, from 0 to just under 1: %i, %i", (high, low, expected) => {
		const random = createRandomUnit((words) =>
			words.forEach((_word, index) => (words[index] = index % 2 === 0 ? high : low)),
		);
		expect(random()).toBe(expected);
	});

	it("is never used twice", () => {
		let fills = 0;
		const random = createRandomUnit((words) => {
			fills++;
			crypto.getRandomValues(words);
		});
		const drawn = new Set(Array.from({ length: 1_000 }, random));
		expect(drawn.size).toBe(1_000);
		expect(fills).toBe(4);
	});

	it("falls under a chance as often as that says", () => {
		const random = createRandomUnit((words) => crypto.getRandomValues(words));
		const count = 200_000;
		let hits = 0;
		for (let toss = 0; toss < count; toss++) if (random() < 0.05) hits++;
		// Six standard deviations.
		expect(Math.abs(hits / count - 0.05)).toBeLessThan(6 * Math.sqrt((0.05 * 0.95) / count));
	});
});
