import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CascadeLog } from "../../../src/tuning/log/cascade-log.ts";
import { countAcceptances, countVector } from "../../../src/tuning/selection/count-acceptances.ts";
import type { AcceptanceCounts } from "../../../src/tuning/selection/risk.ts";
import { twoStageLog } from "../two-stage-log.ts";

interface Row {
	readonly score: number;
	readonly wrong: 0 | 1;
	readonly lastWrong: 0 | 1;
}

// Few distinct scores, so that ties with each other and with thresholds are common; one in eight is missing.
const scores = fc.oneof(
	{ weight: 7, arbitrary: fc.integer({ min: 0, max: 10 }).map((tenth) => tenth / 10) },
	{ weight: 1, arbitrary: fc.constant(Number.NaN) },
);
const bit = fc.constantFrom<0 | 1>(0, 1);
const someRows = fc.array(fc.record({ score: scores, wrong: bit, lastWrong: bit }), { maxLength: 60 });
const somePath = fc.uniqueArray(fc.integer({ min: -1, max: 21 }), { maxLength: 12 }).map((steps) =>
	Float64Array.from(steps.map((step) => step / 20))
		.sort()
		.toReversed(),
);

const logOf = (rows: readonly Row[]) =>
	twoStageLog({
		confidence: rows.map(({ score }) => score),
		wrong: rows.map(({ wrong }) => wrong),
		lastWrong: rows.map(({ lastWrong }) => lastWrong),
	});

function countAll(log: CascadeLog, thresholds: Float64Array, only?: Uint8Array | ((row: number) => boolean)) {
	const [small, large] = log.stages;
	if (small === undefined || large === undefined) throw new Error("two stages are needed");
	return countAcceptances(small.confidence, small.wrong, large.wrong, thresholds, only);
}

/** The definition: every row at every threshold. */
function countOneByOne(rows: readonly Row[], threshold: number): AcceptanceCounts {
	const accepted = rows.filter(({ score }) => score >= threshold);
	return {
		rows: rows.length,
		accepted: accepted.length,
		wrong: accepted.filter(({ wrong }) => wrong === 1).length,
		worse: accepted.filter(({ wrong, lastWrong }) => wrong === 1 && lastWrong === 0).length,
		better: accepted.filter(({ wrong, lastWrong }) => wrong === 0 && lastWrong === 1).length,
	};
}

describe("counting acceptances along a path", () => {
	it("is counting them at each threshold", () => {
		fc.assert(
			fc.property(someRows, somePath, (rows, thresholds) => {
				expect(countAll(logOf(rows), thresholds)).toEqual(
					Array.from(thresholds, (threshold) => countOneByOne(rows, threshold)),
				);
			}),
		);
	});

	it("is the same as deciding each request of a two-stage cascade", () => {
		fc.assert(
			fc.property(someRows, somePath, (rows, thresholds) => {
				const log = logOf(rows);
				expect(Array.from(thresholds, (threshold) => countVector(log, [threshold]))).toEqual(countAll(log, thresholds));
			}),
		);
	});

	it("counts the chosen rows alone, named by a mask or by a question", () => {
		fc.assert(
			fc.property(someRows, somePath, fc.infiniteStream(bit), (rows, thresholds, bits) => {
				const mask = Uint8Array.from(rows, () => bits.next().value ?? 0);
				const chosen = rows.filter((_, row) => mask[row] === 1);
				const expected = Array.from(thresholds, (threshold) => countOneByOne(chosen, threshold));
				expect(countAll(logOf(rows), thresholds, mask)).toEqual(expected);
				expect(countAll(logOf(rows), thresholds, (row) => mask[row] === 1)).toEqual(expected);
				expect(Array.from(thresholds, (threshold) => countVector(logOf(rows), [threshold], mask))).toEqual(expected);
			}),
		);
	});

	it("does not depend on the order of rows", () => {
		fc.assert(
			fc.property(
				someRows.chain((rows) =>
					fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length, maxLength: rows.length })),
				),
				somePath,
				([rows, shuffled], thresholds) => {
					expect(countAll(logOf(shuffled), thresholds)).toEqual(countAll(logOf(rows), thresholds));
				},
			),
		);
	});

	it("never accepts without a reading and accepts exactly at the threshold", () => {
		const log = twoStageLog({ confidence: [Number.NaN, 0.3, 0.1 + 0.2], wrong: [0, 0, 0] });
		// 0.1 + 0.2 is the double after 0.3.
		const accepted = countAll(log, Float64Array.of(0.1 + 0.2, 0.3, 0, Number.NEGATIVE_INFINITY));
		expect(accepted.map((counts) => counts.accepted)).toEqual([1, 2, 2, 2]);
	});

	it("has no steps on an empty path and no rows in an empty log", () => {
		expect(countAll(logOf([]), Float64Array.of(0.5))).toEqual([
			{ rows: 0, accepted: 0, wrong: 0, worse: 0, better: 0 },
		]);
		expect(countAll(logOf([{ score: 1, wrong: 0, lastWrong: 0 }]), new Float64Array(0))).toEqual([]);
	});

	it.each([[[0.5, 0.5]], [[0.4, 0.5]], [[Number.NaN]], [[0.5, Number.NaN]]])("refuses the path %j", (thresholds) => {
		expect(() => countAll(logOf([]), Float64Array.from(thresholds))).toThrow(RangeError);
	});

	it("refuses columns of unlike length", () => {
		const one = new Uint8Array(1);
		expect(() => countAcceptances(new Float64Array(2), one, new Uint8Array(2), new Float64Array(0))).toThrow(
			RangeError,
		);
		expect(() => countAcceptances(new Float64Array(2), new Uint8Array(2), one, new Float64Array(0))).toThrow(
			RangeError,
		);
	});
});

describe("counting a vector of thresholds", () => {
	const two = twoStageLog({ confidence: [0.9, 0.2, 0.2, 0.2], wrong: [1, 1, 1, 0], lastWrong: [0, 0, 1, 1] });
	const [small, large] = two.stages;
	if (small === undefined || large === undefined) throw new Error("two stages are needed");
	const middle = {
		...small,
		model: "middle",
		confidence: Float64Array.of(0.9, 0.8, 0.8, 0.1),
		wrong: Uint8Array.of(0, 1, 0, 0),
	};
	const log = { ...two, stages: [small, middle, large] };

	it("takes the answer of the first stage that reaches its threshold", () => {
		// Row 0: small (wrong, last right); 1: middle (wrong, last right); 2: middle (right, last wrong); 3: nobody.
		expect(countVector(log, [0.5, 0.5])).toEqual({ rows: 4, accepted: 3, wrong: 2, worse: 2, better: 1 });
	});

	it("accepts nothing at a stage whose threshold is 2", () => {
		expect(countVector(log, [2, 0.5])).toEqual({ rows: 4, accepted: 3, wrong: 1, worse: 1, better: 1 });
		expect(countVector(log, [2, 2])).toEqual({ rows: 4, accepted: 0, wrong: 0, worse: 0, better: 0 });
	});

	it("needs a threshold for each stage but the last", () => {
		expect(() => countVector(log, [0.5])).toThrow(RangeError);
		expect(() => countVector({ ...log, stages: [] }, [])).toThrow(RangeError);
	});
});
