import { describe, expect, it } from "vitest";
import type { MethodResult } from "../../../tools/mail-job/method-results.ts";
import { pointAt } from "../../../tools/mail-job/method-results.ts";

/** Ten mails asked, of which eight have a reading. */
function resultOf(readings: readonly (readonly [confidence: number, right: boolean])[]): MethodResult {
	return {
		name: "example",
		asked: 10,
		judged: new Map(readings.map(([confidence, right], index) => [`mail ${index}`, { confidence, right }])),
		auroc: undefined,
		interval: undefined,
		extraCalls: 0,
		costUsd: 0,
	};
}

const RESULT = resultOf([
	[0.2, false],
	[0.9, true],
	[0.9, false],
	[0.9, true],
	[0.5, true],
	[0.5, false],
	[0.3, true],
	[0.2, false],
]);

describe("pointAt", () => {
	it("accepts answers of one reading together, whatever order they came in", () => {
		expect(pointAt(RESULT, 0.1)).toEqual({ coverage: 0.3, risk: 1 / 3 });
		expect(pointAt(RESULT, 0.4)).toEqual({ coverage: 0.5, risk: 2 / 5 });
	});

	it("takes a point that covers exactly as much as is asked for", () => {
		expect(pointAt(RESULT, 0.3)?.coverage).toBe(0.3);
		expect(pointAt(RESULT, 0.6)?.coverage).toBe(0.6);
	});

	it("counts mails without a reading among those that are not covered", () => {
		expect(pointAt(RESULT, 0.8)).toEqual({ coverage: 0.8, risk: 4 / 8 });
		expect(pointAt(RESULT, 0.81)).toBeUndefined();
	});
});
