import { describe, expect, it } from "vitest";
import { isPartlyKnown, meanKnown, withUnknownAtMean } from "../../../src/tuning/metrics/known-values.ts";
import { answeringStages, spentByRow } from "../../../src/tuning/metrics/replay-cascade.ts";
import { twoStageLog } from "../two-stage-log.ts";

const unknown = Number.NaN;

describe("who answers", () => {
	const log = twoStageLog({ confidence: [0.9, 0.5, 0.4, unknown], wrong: [0, 0, 0, 0] });

	it("is the first stage whose confidence reaches its threshold, a tie included, else the last", () => {
		expect([...answeringStages(log, [0.5])]).toEqual([0, 0, 1, 1]);
		expect([...answeringStages(log, [0])]).toEqual([0, 0, 0, 1]);
		expect([...answeringStages(log, [null])]).toEqual([1, 1, 1, 1]);
		expect(() => answeringStages(log, [])).toThrow(RangeError);
	});

	it("is an earlier stage rather than a later one", () => {
		const [small, large] = log.stages;
		const three = { ...log, stages: [small, small, large].filter((stage) => stage !== undefined) };
		expect([...answeringStages(three, [0.6, 0.4])]).toEqual([0, 1, 1, 2]);
	});

	it("is paid for with every stage before; what is unknown makes the sum unknown, where it is asked", () => {
		const spent = spentByRow([Float64Array.of(1, 2, 3), Float64Array.of(10, unknown, unknown)], Uint8Array.of(1, 0, 1));
		expect([...spent]).toEqual([11, 2, unknown]);
	});
});

describe("values that are not all known", () => {
	it("have a mean of the known ones, of all rows or of some", () => {
		const column = Float64Array.of(1, unknown, 5, 9);
		expect(meanKnown(column)).toBe(5);
		expect(meanKnown(column, Int32Array.of(0, 1, 2))).toBe(3);
		expect(meanKnown(column, Int32Array.of(1))).toBeNaN();
	});

	it("are filled up with it, or with another; without a known one they stay unknown", () => {
		expect([...withUnknownAtMean(Float64Array.of(1, unknown, 3))]).toEqual([1, 2, 3]);
		expect([...withUnknownAtMean(Float64Array.of(1, unknown, 3), 7)]).toEqual([1, 7, 3]);
		expect([...withUnknownAtMean(Float64Array.of(unknown))]).toEqual([unknown]);
		const known = Float64Array.of(1, 2);
		expect(withUnknownAtMean(known, 7)).toBe(known);
	});

	it("are estimated only where some are known and some are not", () => {
		expect([[1, unknown], [1], [unknown], []].map((column) => isPartlyKnown(Float64Array.from(column)))).toEqual([
			true,
			false,
			false,
			false,
		]);
	});
});
