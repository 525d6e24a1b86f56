import { describe, expect, it } from "vitest";
import { callCosts } from "../../../src/tuning/design/call-costs.ts";
import { twoStageLog } from "../two-stage-log.ts";

const logWith = (small: readonly number[], large: readonly number[]) =>
	twoStageLog({
		confidence: small,
		wrong: small.map(() => 0),
		small: { costUsd: Float64Array.from(small) },
		large: { costUsd: Float64Array.from(large) },
	});

describe("costs of calls", () => {
	it("are those recorded, a stage's mean where a row's is unknown", () => {
		expect(callCosts(logWith([1, Number.NaN, 3], [10, 20, 30]))).toEqual({
			objective: "costUsd",
			columns: [Float64Array.of(1, 2, 3), Float64Array.of(10, 20, 30)],
		});
	});

	it("are calls of the last stage where a stage has none recorded", () => {
		expect(callCosts(logWith([Number.NaN, Number.NaN], [10, 20]))).toEqual({
			objective: "last-stage-calls",
			columns: [Float64Array.of(0, 0), Float64Array.of(1, 1)],
		});
	});

	it("are the caller's where given, one for each stage", () => {
		expect(callCosts(logWith([1, 1], [10, 20]), [2, 5])).toEqual({
			objective: "given",
			columns: [Float64Array.of(2, 2), Float64Array.of(5, 5)],
		});
		for (const given of [[1], [1, -1], [1, Number.NaN], [1, Number.POSITIVE_INFINITY]])
			expect(() => callCosts(logWith([1], [1]), given)).toThrow(RangeError);
	});
});
