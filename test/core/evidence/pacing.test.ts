import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import type { DailyTraffic } from "../../../src/core/evidence/cost-window.ts";
import { paceThreshold, projectedUsdPerDay } from "../../../src/core/evidence/pacing.ts";

/** A thousand requests a day at a cent a hundred for the small model and a cent for the large one. */
const TRAFFIC: DailyTraffic = { requestsPerDay: 1_000, gatedShare: 0, stageUsd: 0.0001, restUsd: 0.01, labelUsd: 0 };
const COVERAGES = [0.2, 0.4, 0.6, 0.8];

const pace = (usdPerDay: number, differences: Partial<Parameters<typeof paceThreshold>[0]> = {}) =>
	paceThreshold({
		coverages: COVERAGES,
		traffic: TRAFFIC,
		auditShare: 0.05,
		usdPerDay,
		deployed: null,
		...differences,
	});

describe("the projected cost of a day", () => {
	it("is the small model for all, the large one for what is not accepted and for audits", () => {
		expect(projectedUsdPerDay(TRAFFIC, 0.6, 0.05)).toBeCloseTo(0.1 + 10 * (0.4 + 0.03), 10);
		expect(projectedUsdPerDay(TRAFFIC, 0, 0.05)).toBeCloseTo(0.1 + 10, 10);
		expect(projectedUsdPerDay(TRAFFIC, 1, 0)).toBeCloseTo(0.1, 10);
	});

	it("has a label for each escalation and audit, and knows what the gate sends past", () => {
		const traffic = { ...TRAFFIC, gatedShare: 0.2, labelUsd: 0.001 };
		const [escalated, audited, gatedAudited] = [0.3, 0.05, 0.02];
		expect(projectedUsdPerDay(traffic, 0.5, 0.1)).toBeCloseTo(
			0.1 * (0.8 + gatedAudited) + 10 * (escalated + 0.2 + audited) + escalated + audited + gatedAudited,
			10,
		);
	});
});

describe("pacing", () => {
	// Of each candidate: 0.1 + 10 (1 − 0.95 coverage), so 8.2, 6.3, 4.4, 2.5.
	it("chooses the strictest certified threshold that meets the budget", () => {
		expect(pace(100)).toMatchObject({ choice: 0, state: "within" });
		expect(pace(8.2 + 1e-9)).toMatchObject({ choice: 0 });
		expect(pace(8.1)).toMatchObject({ choice: 1, state: "within", projectedUsdPerDay: expect.closeTo(6.3, 9) });
		expect(pace(5)).toMatchObject({ choice: 2 });
		expect(pace(2.6)).toMatchObject({ choice: 3, state: "within" });
	});

	it("says that it is infeasible where even the loosest does not, and accepts nothing looser", () => {
		expect(pace(2.4)).toEqual({ choice: 3, state: "infeasible", projectedUsdPerDay: expect.closeTo(2.5, 9) });
	});

	it("chooses the strictest where audits make acceptance the dearer: it is the cheapest then", () => {
		const traffic = { ...TRAFFIC, labelUsd: 0 };
		expect(pace(1, { traffic: { ...traffic, gatedShare: 0 }, auditShare: 1 })).toMatchObject({
			choice: 0,
			state: "infeasible",
		});
	});

	it("moves to a stricter one with room to spare alone, and to a looser one at once", () => {
		expect(pace(8.3, { deployed: 1 })).toMatchObject({ choice: 1 });
		expect(pace(8.2 / 0.95 + 1e-6, { deployed: 1 })).toMatchObject({ choice: 0 });
		expect(pace(8.3, { deployed: 0 })).toMatchObject({ choice: 0 });
		expect(pace(8.1, { deployed: 0 })).toMatchObject({ choice: 1 });
	});

	it("stays where it is although a stricter one would meet the budget without room to spare, and it would be infeasible otherwise", () => {
		expect(pace(6.4, { deployed: 3 })).toMatchObject({ choice: 2, state: "within" });
	});

	it("takes the loosest while nothing is known of the traffic", () => {
		expect(pace(1, { traffic: null })).toEqual({ choice: 3, state: "unknown", projectedUsdPerDay: null });
	});

	it("never leaves the candidates, and with more money never chooses a looser one", () => {
		fc.assert(
			fc.property(
				fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }),
				fc.double({ min: 0, max: 1, noNaN: true }),
				fc.double({ min: 0, max: 20, noNaN: true }),
				fc.double({ min: 0, max: 20, noNaN: true }),
				(unsorted, auditShare, one, other) => {
					const coverages = unsorted.toSorted((left, right) => left - right);
					const [poor, rich] = [Math.min(one, other), Math.max(one, other)].map((usdPerDay) =>
						pace(usdPerDay, { coverages, auditShare }),
					);
					expect(coverages[poor?.choice ?? -1]).toBeDefined();
					if (poor?.state === "within") {
						expect(rich?.state).toBe("within");
						expect(rich?.choice).toBeLessThanOrEqual(poor.choice);
						expect(poor.projectedUsdPerDay).toBeLessThanOrEqual(Math.min(one, other));
					}
				},
			),
		);
	});
});
