import { describe, expect, it } from "vitest";
import { enumerateDesigns } from "../../../src/tuning/design/enumerate-designs.ts";

const space = (models: number) => ({
	meanCosts: Array.from({ length: models }, (_, model) => model + 1),
	hasReadings: Array.from({ length: models }, (_, model) => model < models - 1),
});

describe("the designs of a log", () => {
	it("of two models are the large one, the small one, and both", () => {
		const { designs, orders } = enumerateDesigns(space(2));
		expect(designs.toSorted()).toEqual([[0], [0, 1], [1]]);
		expect(orders).toBe("any");
	});

	it("of three models are all subsets in any order in which the reference is last", () => {
		expect(
			enumerateDesigns(space(3))
				.designs.map((design) => design.join(""))
				.toSorted(),
		).toEqual(["0", "01", "012", "02", "1", "10", "102", "12", "2"]);
	});

	it("of five models are 129, each once", () => {
		const { designs } = enumerateDesigns(space(5));
		expect(designs.length).toBe(129);
		expect(new Set(designs.map(String)).size).toBe(129);
		for (const design of designs) {
			expect(new Set(design).size).toBe(design.length);
			expect([-1, design.length - 1]).toContain(design.indexOf(4));
		}
	});

	it("of more models rise in cost, so they are all subsets but the empty one", () => {
		const { meanCosts, hasReadings } = space(7);
		const { designs, orders } = enumerateDesigns({ meanCosts: [3, 1, 2, 6, 5, 4, 9], hasReadings, maxStages: 7 });
		expect(orders).toBe("increasing-cost");
		expect(designs.length).toBe(2 ** 7 - 1);
		for (const design of designs.filter((design) => design.length > 1)) {
			const costs = design
				.slice(0, design.at(-1) === 6 ? -1 : undefined)
				.map((model) => [3, 1, 2, 6, 5, 4, 9][model] as number);
			expect(costs).toEqual(costs.toSorted((left, right) => left - right));
		}
		expect(enumerateDesigns({ meanCosts: meanCosts.map(() => 1), hasReadings, maxStages: 7 }).designs.length).toBe(
			2 ** 7 - 1,
		);
	});

	it("are no longer than asked", () => {
		const { designs } = enumerateDesigns({ ...space(5), maxStages: 2 });
		expect(Math.max(...designs.map((design) => design.length))).toBe(2);
		expect(designs.length).toBe(1 + 4 + 4 + 12);
		expect(enumerateDesigns({ ...space(3), maxStages: 1 }).designs).toEqual([[2], [0], [1]]);
		expect(() => enumerateDesigns({ ...space(3), maxStages: 0 })).toThrow(RangeError);
	});

	it("ask a model without readings last or not at all", () => {
		const { designs } = enumerateDesigns({ meanCosts: [1, 2, 3], hasReadings: [true, false, false] });
		expect(designs.map(String).toSorted()).toEqual(["0", "0,1", "0,2", "1", "2"]);
	});
});
