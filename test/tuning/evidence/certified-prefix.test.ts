import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { certifiedPrefix, endOfRun } from "../../../src/tuning/evidence/certified-prefix.ts";
import { deltaOfEpoch } from "../../../src/tuning/evidence/epoch-delta.ts";
import { arbitraryCount, epochRecord, evidenceCount, FOUR_THRESHOLDS, phaseRecord, THREE_PHASES } from "./examples.ts";

const phases = [phaseRecord()];
const epoch = epochRecord({ path: [0.9, 0.7, 0.5] });
const right = (cell: number, n: number) => evidenceCount({ cell, n });
const wrong = (cell: number, n: number) => evidenceCount({ cell, n, wrong: n });
const certify = (counts: Parameters<typeof certifiedPrefix>[0]["counts"], given = {}) =>
	certifiedPrefix({ counts, phases, epoch, alreadyCertified: [], ...given });

describe("the certified prefix", () => {
	it("ends before the first candidate that is not certified, whatever lies behind it", () => {
		// Enough right answers in the loosest cell to outweigh the middle one's wrong ones.
		const { certified, deploy } = certify([right(0, 60), wrong(1, 20), right(2, 900)]);
		expect(certified).toEqual([true, false, true]);
		expect(deploy).toBe(0);
	});

	it("is empty where the first that is tested is not certified", () => {
		expect(certify([wrong(0, 10), right(1, 900)])).toMatchObject({ certified: [false, true, true], deploy: null });
		expect(certify([])).toMatchObject({ certified: [false, false, false], deploy: null });
	});

	it("begins at the start, whatever is stricter", () => {
		const fromSecond = { epoch: { ...epoch, start: 1 } };
		expect(certify([wrong(0, 10), right(1, 900)], fromSecond).deploy).toBe(2);
		expect(certify([right(0, 60), wrong(1, 20)], fromSecond).deploy).toBe(null);
	});

	it("keeps what was certified, though its evidence has fallen", () => {
		const before = certify([right(0, 60), right(1, 60)]);
		expect(before.deploy).toBe(2);
		const after = certify([right(0, 60), right(1, 60), wrong(1, 30)], { alreadyCertified: before.certified });
		expect(after.logE[1]).toBeLessThan(after.logNeeded);
		expect(after).toMatchObject({ certified: [true, true, true], deploy: 2 });
	});

	it("certifies nothing new while frozen, and withdraws nothing", () => {
		const frozen = { frozen: true, alreadyCertified: [true, false, false] };
		expect(certify([right(0, 900)], frozen)).toMatchObject({ certified: [true, false, false], deploy: 0 });
	});

	it("certifies at 1/delta of the epoch, and not before", () => {
		const shown = certify([right(0, 40)]);
		const at = certify([right(0, 40)], { epoch: { ...epoch, delta: Math.exp(-(shown.logE[0] as number)) } });
		expect(at.certified[0]).toBe(true);
		const under = certify([right(0, 40)], { epoch: { ...epoch, delta: Math.exp(-(shown.logE[0] as number)) * 0.999 } });
		expect(under.certified[0]).toBe(false);
		expect(shown.logNeeded).toBe(-Math.log(epoch.delta));
	});

	it("never grows by withdrawing evidence, and is the unbroken run from the start", () => {
		fc.assert(
			fc.property(
				fc.array(arbitraryCount, { maxLength: 15 }),
				fc.array(arbitraryCount, { maxLength: 15 }),
				fc.integer({ min: 0, max: 3 }),
				(first, second, start) => {
					const evidence = { phases: THREE_PHASES, epoch: epochRecord({ path: FOUR_THRESHOLDS, start }) };
					const before = certifiedPrefix({ ...evidence, counts: first, alreadyCertified: [] });
					const after = certifiedPrefix({
						...evidence,
						counts: [...first, ...second],
						alreadyCertified: before.certified,
					});
					for (const [index, was] of before.certified.entries()) if (was) expect(after.certified[index]).toBe(true);
					expect(after.deploy ?? -1).toBeGreaterThanOrEqual(before.deploy ?? -1);
					if (after.deploy !== null)
						expect(after.certified.slice(start, after.deploy + 1).every((is) => is)).toBe(true);
					expect(after.certified[(after.deploy ?? start - 1) + 1] ?? false).toBe(false);
				},
			),
		);
	});

	it("is nothing beyond the path", () => {
		expect(endOfRun([true, true], 2)).toBe(null);
		expect(endOfRun([], 0)).toBe(null);
	});
});

describe("the delta of an epoch", () => {
	it("adds up to what was asked for, over however many epochs", () => {
		let sum = 0;
		for (let number = 1; number <= 100_000; number++) sum += deltaOfEpoch(0.1, number);
		expect(sum).toBeLessThan(0.1);
		expect(sum).toBeGreaterThan(0.0999);
	});

	it("is smaller for each that follows", () => {
		expect(deltaOfEpoch(0.1, 1)).toBeCloseTo(0.060_792_710_185_402_66, 15);
		expect(deltaOfEpoch(0.1, 2)).toBeCloseTo(deltaOfEpoch(0.1, 1) / 4, 15);
	});

	it("refuses what is no epoch and no delta", () => {
		for (const epochNumber of [0, 1.5, -1]) expect(() => deltaOfEpoch(0.1, epochNumber)).toThrow(RangeError);
		for (const delta of [0, 1, Number.NaN]) expect(() => deltaOfEpoch(delta, 1)).toThrow(RangeError);
	});
});
