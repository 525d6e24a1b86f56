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

const all = (rows: number) => Int32Array.from({ length: rows }, (_, row) => row);

describe("costs of calls", () => {
	it("are those recorded, a stage's mean where a row's is unknown", () => {
		expect(callCosts(logWith([1, Number.NaN, 3], [10, 20, 30]), all(3))).toEqual({
			objective: "costUsd",
			means: [2, 20],
			columns: [Float64Array.of(1, 2, 3), Float64Array.of(10, 20, 30)],
		});
	});

	it("stand at the mean of the fitting rows where unknown, whatever the tested rows cost", () => {
		const log = logWith([1, Number.NaN, 3, 1_000], [10, 20, 30, 9_000]);
		expect(callCosts(log, Int32Array.of(0, 2))).toEqual({
			objective: "costUsd",
			means: [2, 20],
			columns: [Float64Array.of(1, 2, 3, 1_000), Float64Array.of(10, 20, 30, 9_000)],
		});
		expect(callCosts(log, Int32Array.of(1)).objective).toBe("last-stage-calls");
	});

	it("are calls of the last stage where a stage has none recorded", () => {
		expect(callCosts(logWith([Number.NaN, Number.NaN], [10, 20]), all(2))).toEqual({
			objective: "last-stage-calls",
			means: [0, 1],
			columns: [Float64Array.of(0, 0), Float64Array.of(1, 1)],
		});
	});

	it("are the caller's where given, one for each stage", () => {
		expect(callCosts(logWith([1, 1], [10, 20]), all(2), [2, 5])).toEqual({
			objective: "given",
			means: [2, 5],
			columns: [Float64Array.of(2, 2), Float64Array.of(5, 5)],
		});
		for (const given of [[1], [1, -1], [1, Number.NaN], [1, Number.POSITIVE_INFINITY]])
			expect(() => callCosts(logWith([1], [1]), all(1), given)).toThrow(RangeError);
	});
});
