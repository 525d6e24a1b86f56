import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { addCosts, dailyTraffic, type CostOfRequest } from "../../../src/core/evidence/cost-window.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 1_000 * DAY;

const request = (
	at: number,
	differences: Partial<Extract<CostOfRequest, { kind: "request" }>> = {},
): CostOfRequest => ({
	kind: "request",
	at,
	served: "escalated",
	stageUsd: 0.001,
	restUsd: 0.01,
	...differences,
});

describe("a day's traffic", () => {
	it("is what a whole day like the time so far would have", () => {
		const window = addCosts(
			[],
			Array.from({ length: 30 }, (_, index) => request(NOW - 3 * HOUR + index)),
			NOW,
		);
		expect(dailyTraffic(window, NOW)).toEqual({
			requestsPerDay: expect.closeTo(240, 6),
			gatedShare: 0,
			stageUsd: expect.closeTo(0.001, 12),
			restUsd: expect.closeTo(0.01, 12),
			labelUsd: 0,
		});
	});

	it("is the last day's alone, and older hours are dropped", () => {
		const all = [request(NOW - 26 * HOUR, { restUsd: 9 }), request(NOW - 30 * DAY), request(NOW - 5 * HOUR)];
		const window = addCosts([], all, NOW);
		expect(window).toHaveLength(1);
		expect(dailyTraffic(window, NOW)).toMatchObject({ restUsd: expect.closeTo(0.01, 12) });
		expect(dailyTraffic(window, NOW + DAY)).toBeNull();
	});

	it("counts a request's costs where they belong: an accepted one has no later stage, a gated one no first", () => {
		const window = addCosts(
			[],
			[
				request(NOW - HOUR, { served: "accepted", stageUsd: 0.002, restUsd: 0 }),
				request(NOW - HOUR),
				request(NOW - HOUR, { served: "gated", stageUsd: 0, restUsd: 0.03 }),
				{ kind: "label", at: NOW - HOUR, labelUsd: 0.004 },
			],
			NOW,
		);
		expect(dailyTraffic(window, NOW)).toEqual({
			requestsPerDay: 72,
			gatedShare: 1 / 3,
			stageUsd: 0.0015,
			restUsd: 0.02,
			labelUsd: 0.004,
		});
	});

	it("is unknown where costs are, and in the first ten minutes: an unknown cost is not zero", () => {
		expect(dailyTraffic([], NOW)).toBeNull();
		expect(dailyTraffic(addCosts([], [request(NOW - HOUR, { restUsd: null })], NOW), NOW)).toBeNull();
		expect(dailyTraffic(addCosts([], [request(NOW - HOUR, { stageUsd: null })], NOW), NOW)).toBeNull();
		const window = addCosts([], [request(NOW)], NOW);
		expect(dailyTraffic(window, NOW + 599_999)).toBeNull();
		expect(dailyTraffic(window, NOW + 600_000)).not.toBeNull();
	});

	it("leaves out of the mean what is not known, and counts the request", () => {
		const window = addCosts([], [request(NOW - HOUR), request(NOW - HOUR, { restUsd: null })], NOW);
		expect(dailyTraffic(window, NOW)).toMatchObject({ requestsPerDay: 48, restUsd: expect.closeTo(0.01, 12) });
	});

	it("does not depend on the order in which requests are told, or on how they are shared out", () => {
		const one = fc.record({
			at: fc.integer({ min: NOW - DAY, max: NOW }),
			served: fc.constantFrom("accepted" as const, "escalated" as const, "gated" as const),
			restUsd: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
		});
		fc.assert(
			fc.property(fc.array(one, { maxLength: 30 }), fc.nat(30), (fields, cut) => {
				const costs = fields.map(({ at, ...rest }) => request(at, rest));
				const whole = addCosts([], costs, NOW);
				expect(addCosts(addCosts([], costs.slice(cut), NOW), costs.slice(0, cut).toReversed(), NOW)).toEqual(whole);
			}),
		);
	});
});
