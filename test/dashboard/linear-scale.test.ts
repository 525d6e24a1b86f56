import { scaleLinear } from "d3-scale";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linearScale, niceDomain, ticksOf } from "../../src/dashboard/charts/linear-scale.ts";

const intervals = fc
	.tuple(fc.integer({ min: -10_000, max: 10_000 }), fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 0, max: 6 }))
	.map(([least, length, power]) => [least / 10 ** power, (least + length) / 10 ** power] as const);
const counts = fc.integer({ min: 3, max: 12 });

describe("a linear scale", () => {
	it("has the ticks of d3-scale", () => {
		fc.assert(
			fc.property(intervals, counts, (domain, count) => {
				expect(ticksOf(domain, count)).toEqual(scaleLinear(domain, [0, 1]).ticks(count));
			}),
		);
		expect(ticksOf([0, 1], 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
		expect(ticksOf([0, 120], 4)).toEqual([0, 20, 40, 60, 80, 100, 120]);
	});

	it("has the nice ends of d3-scale", () => {
		fc.assert(
			fc.property(intervals, counts, (domain, count) => {
				expect(niceDomain(domain, count)).toEqual(scaleLinear(domain, [0, 1]).nice(count).domain());
			}),
		);
	});

	it("maps the ends of its domain to the ends of its range, and back", () => {
		const scale = linearScale([2, 4], [100, 0]);
		expect([2, 2.5, 4].map(scale)).toEqual([100, 75, 0]);
		expect([100, 75, 0].map(scale.invert)).toEqual([2, 2.5, 4]);
	});
});
