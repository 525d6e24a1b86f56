import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	empiricalRisk,
	pValue,
	upperBound,
	type AcceptanceCounts,
	type RiskKind,
} from "../../../src/tuning/selection/risk.ts";

const counts: AcceptanceCounts = { rows: 200, accepted: 80, wrong: 12, worse: 9, better: 3 };
const nothing: AcceptanceCounts = { rows: 0, accepted: 0, wrong: 0, worse: 0, better: 0 };
const kinds: readonly RiskKind[] = ["selective", "joint", "regret"];
const someCounts = fc
	.tuple(fc.nat(40), fc.nat(40), fc.nat(40), fc.nat(40), fc.nat(40))
	.map(([bothRight, better, worse, bothWrong, escalated]) => {
		const accepted = bothRight + better + worse + bothWrong;
		return { rows: accepted + escalated, accepted, wrong: worse + bothWrong, worse, better };
	});

describe("the three risks", () => {
	it("are of accepted rows, of all rows, and against the last stage", () => {
		expect(empiricalRisk("selective", counts)).toBe(12 / 80);
		expect(empiricalRisk("joint", counts)).toBe(12 / 200);
		expect(empiricalRisk("regret", counts)).toBe(6 / 200);
	});

	it("are no number where they are of nothing, and then below no target", () => {
		for (const kind of kinds) expect(empiricalRisk(kind, nothing)).toBeNaN();
		expect(empiricalRisk("selective", { ...nothing, rows: 5 })).toBeNaN();
		expect(empiricalRisk("joint", { ...nothing, rows: 5 })).toBe(0);
	});

	it("are never certified of nothing", () => {
		for (const kind of kinds) {
			expect(pValue(kind, nothing, 0.1)).toBe(1);
			expect(upperBound(kind, nothing, 0.1)).toBe(1);
		}
		expect(pValue("selective", { ...nothing, rows: 1_000 }, 0.1)).toBe(1);
		expect(upperBound("selective", { ...nothing, rows: 1_000 }, 0.1)).toBe(1);
	});

	it.each(kinds)("have p-values and bounds that say the same: %s", (kind) => {
		fc.assert(
			fc.property(
				someCounts,
				fc.double({ min: 0.01, max: 0.99, noNaN: true }),
				fc.double({ min: 0.001, max: 0.5, noNaN: true }),
				(here, target, delta) => {
					const bound = upperBound(kind, here, delta);
					fc.pre(Math.abs(bound - target) > 1e-9);
					expect(pValue(kind, here, target) <= delta).toBe(bound <= target);
				},
			),
		);
	});

	it.each(kinds)("have p-values in [0, 1] that fall as the target rises: %s", (kind) => {
		fc.assert(
			fc.property(someCounts, fc.double({ min: 0.01, max: 0.5, noNaN: true }), (here, target) => {
				const [strict, loose] = [pValue(kind, here, target), pValue(kind, here, target * 1.5)];
				expect(strict).toBeLessThanOrEqual(1);
				expect(loose).toBeGreaterThanOrEqual(0);
				expect(loose).toBeLessThanOrEqual(strict + 1e-12);
			}),
		);
	});

	it("refuse targets that are none", () => {
		for (const kind of kinds) expect(() => pValue(kind, counts, 1)).toThrow(RangeError);
		expect(() => pValue("selective", counts, 0)).toThrow(RangeError);
		expect(() => pValue("joint", counts, Number.NaN)).toThrow(RangeError);
		expect(() => pValue("regret", counts, -1)).toThrow(RangeError);
		for (const kind of kinds) expect(() => upperBound(kind, counts, 0)).toThrow(RangeError);
	});
});
