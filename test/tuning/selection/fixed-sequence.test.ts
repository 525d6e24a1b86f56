import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { fixedSequence } from "../../../src/tuning/selection/fixed-sequence.ts";

const pValueLists = fc.array(
	fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 0.01, 0.02) }, fc.constantFrom(0.05, 0.1, 0.5, 1, Number.NaN)),
	{ minLength: 1, maxLength: 20 },
);
const sequences = pValueLists.chain((pValues) =>
	fc.tuple(
		fc.constant(pValues),
		fc.uniqueArray(fc.integer({ min: 0, max: pValues.length - 1 }), { minLength: 1, maxLength: 4 }),
	),
);

describe("fixed-sequence testing", () => {
	it("rejects up to the first failure and chooses the last rejection", () => {
		expect(fixedSequence([0.01, 0.1, 0.04, 0.2, 0.001], { delta: 0.1, starts: [0] })).toEqual({
			chosen: 2,
			start: 0,
			tested: [
				{ index: 0, pValue: 0.01, rejected: true },
				{ index: 1, pValue: 0.1, rejected: true },
				{ index: 2, pValue: 0.04, rejected: true },
				{ index: 3, pValue: 0.2, rejected: false },
			],
		});
	});

	it("chooses nothing where the first test fails, however good the others are", () => {
		expect(fixedSequence([0.11, 0, 0], { delta: 0.1, starts: [0] }).chosen).toBeNull();
		expect(fixedSequence([0.11, 0, 0], { delta: 0.1, starts: [0] }).tested).toHaveLength(1);
	});

	it("passes over what lies before the start", () => {
		expect(fixedSequence([0.9, 0.01, 0.9], { delta: 0.1, starts: [1] })).toMatchObject({ chosen: 1, start: 1 });
	});

	it("splits delta over the starts and takes the loosest rejection", () => {
		const pValues = [0.06, 0.9, 0.05, 0.9, 0.04, 0.9];
		expect(fixedSequence(pValues, { delta: 0.1, starts: [4, 2, 0] })).toMatchObject({ chosen: null });
		expect(fixedSequence(pValues, { delta: 0.1, starts: [0, 2] })).toMatchObject({ chosen: 2, start: 2 });
		expect(fixedSequence(pValues, { delta: 0.12, starts: [0, 4] })).toMatchObject({ chosen: 4, start: 4 });
	});

	it("spends delta once on a start that is named twice", () => {
		expect(fixedSequence([0.1], { delta: 0.1, starts: [0, 0] }).chosen).toBe(0);
	});

	it("never chooses what was not tested and rejected, and what it chooses is reached from a start without a failure", () => {
		fc.assert(
			fc.property(sequences, ([pValues, starts]) => {
				const delta = 0.1;
				const { chosen, start, tested } = fixedSequence(pValues, { delta, starts });
				const passes = (index: number) => (pValues[index] ?? 1) <= delta / starts.length;
				const reached = starts.flatMap((from) => {
					const failure = pValues.findIndex((_, index) => index >= from && !passes(index));
					const end = failure < 0 ? pValues.length : failure;
					return end > from ? [end - 1] : [];
				});
				expect(chosen).toBe(reached.length === 0 ? null : Math.max(...reached));
				expect(start === null).toBe(chosen === null);
				if (chosen === null || start === null) return;
				expect(starts).toContain(start);
				expect(tested.find(({ index }) => index === chosen)?.rejected).toBe(true);
				for (let index = start; index <= chosen; index++) expect(passes(index)).toBe(true);
			}),
		);
	});

	it("tests each position once, in order, from several starts too", () => {
		fc.assert(
			fc.property(sequences, ([pValues, starts]) => {
				const indices = fixedSequence(pValues, { delta: 0.1, starts }).tested.map(({ index }) => index);
				expect(indices).toEqual([...new Set(indices)].toSorted((left, right) => left - right));
			}),
		);
	});

	it("computes no p-value past the first failure", () => {
		const compute = vi.fn((index: number) => (index < 3 ? 0.01 : 0.5));
		expect(fixedSequence(compute, { delta: 0.1, starts: [0], length: 1_000 }).chosen).toBe(2);
		expect(compute).toHaveBeenCalledTimes(4);
	});

	it("rejects nothing on a p-value that is no number", () => {
		expect(fixedSequence([Number.NaN, 0], { delta: 0.1, starts: [0] }).chosen).toBeNull();
	});

	it("chooses nothing without hypotheses or starts", () => {
		expect(fixedSequence([], { delta: 0.1, starts: [] })).toEqual({ chosen: null, start: null, tested: [] });
		expect(fixedSequence([0], { delta: 0.1, starts: [] }).chosen).toBeNull();
	});

	it("refuses a delta that is none, a start off the sequence, and computed p-values without their number", () => {
		expect(() => fixedSequence([0], { delta: 0, starts: [0] })).toThrow(RangeError);
		expect(() => fixedSequence([0], { delta: 1, starts: [0] })).toThrow(RangeError);
		expect(() => fixedSequence([0], { delta: 0.1, starts: [1] })).toThrow(RangeError);
		expect(() => fixedSequence([0], { delta: 0.1, starts: [-1] })).toThrow(RangeError);
		expect(() => fixedSequence([0], { delta: 0.1, starts: [0.5] })).toThrow(RangeError);
		expect(() => fixedSequence(() => 0, { delta: 0.1, starts: [0] })).toThrow(RangeError);
	});
});
