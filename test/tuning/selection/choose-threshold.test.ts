import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { chooseThreshold, type SelectionRequest } from "../../../src/tuning/selection/choose-threshold.ts";
import { countVector } from "../../../src/tuning/selection/count-acceptances.ts";
import { pValue, upperBound } from "../../../src/tuning/selection/risk.ts";
import { twoStageLog } from "../two-stage-log.ts";

const request: SelectionRequest = { risk: "selective", target: 0.1, delta: 0.1, seed: 1 };
const range = (length: number) => Array.from({ length }, (_, index) => index);

/** Uniform scores; wrong more often the lower the score. */
function drawLog(rows: number, seed: number, extra: Partial<Parameters<typeof twoStageLog>[0]> = {}) {
	const random = seededRandom(seed);
	const confidence = range(rows).map(() => random());
	const wrong = confidence.map((score) => (random() < 0.4 * (1 - score) ** 1.5 ? 1 : 0));
	const lastWrong = range(rows).map(() => (random() < 0.05 ? 1 : 0));
	return twoStageLog({ confidence, wrong, lastWrong, ...extra });
}

describe("choosing a threshold", () => {
	it("certifies the loosest threshold that the tests reach, with the counts, p-value and bound of the tested rows", () => {
		const log = drawLog(2_000, 1);
		const selection = chooseThreshold(log, request);
		expect(selection.certified).toBe(true);
		expect(selection.reason).toBeUndefined();
		expect(selection.labelsNeeded).toBeNull();
		expect([selection.pathRows.length, selection.calibrationRows.length]).toEqual([200, 1_800]);
		const threshold = selection.threshold ?? expect.fail();
		const counts = selection.counts ?? expect.fail();
		const isTested = new Set(selection.calibrationRows);
		expect(counts).toEqual(countVector(log, [threshold], (row) => isTested.has(row)));
		expect(selection.pValue).toBe(pValue("selective", counts, 0.1));
		expect(selection.upperBound).toBe(upperBound("selective", counts, 0.1));
		expect(selection.upperBound).toBeLessThanOrEqual(0.1);
		// True risk of accepting the share c of the best: 0.16 c^1.5, which is 0.1 at c = 0.731.
		expect(threshold).toBeGreaterThan(1 - 0.731);
		expect(threshold).toBeLessThan(0.5);
	});

	it.each(["selective", "joint", "regret"] as const)(
		"rejects from the start to the threshold and not past it: %s",
		(risk) => {
			const { certified, path, start, threshold, tested } = chooseThreshold(drawLog(1_000, 2), { ...request, risk });
			expect(certified).toBe(true);
			const chosen = path.thresholds.indexOf(threshold ?? Number.NaN);
			expect(tested[0]?.index).toBe(start);
			expect(tested.filter(({ rejected }) => rejected).map(({ index }) => index)).toEqual(
				range(chosen + 1).slice(start ?? Number.NaN),
			);
			expect(tested.filter(({ rejected }) => !rejected).length).toBe(chosen === path.thresholds.length - 1 ? 0 : 1);
		},
	);

	it("starts at a fifth of the path's scores, at the strictest threshold for joint risk, and where it is told", () => {
		const log = drawLog(1_000, 3);
		expect(chooseThreshold(log, request).start).toBe(19);
		expect(chooseThreshold(log, { ...request, risk: "regret" }).start).toBe(19);
		expect(chooseThreshold(log, { ...request, risk: "joint" }).start).toBe(0);
		const three = chooseThreshold(log, { ...request, startCoverages: [0.2, 0.4, 0.6] });
		expect(three.path.starts).toEqual([19, 39, 59]);
	});

	it("looks at no label to lay the path", () => {
		const log = drawLog(500, 4);
		const [small, large] = log.stages;
		if (small === undefined || large === undefined) throw new Error("two stages are needed");
		const wrong = small.wrong.map((value) => 1 - value);
		const other = chooseThreshold(
			{
				...log,
				stages: [
					{ ...small, wrong },
					{ ...large, wrong },
				],
			},
			request,
		);
		const selection = chooseThreshold(log, request);
		expect(other.path).toEqual(selection.path);
		expect(other.calibrationRows).toEqual(selection.calibrationRows);
	});

	it("repeats itself for a seed", () => {
		const log = drawLog(500, 5);
		expect(chooseThreshold(log, request)).toEqual(chooseThreshold(log, request));
		expect(chooseThreshold(log, { ...request, seed: 2 }).pathRows).not.toEqual(chooseThreshold(log, request).pathRows);
	});

	it("tests every labelled row on a path that is given", () => {
		const log = drawLog(500, 6);
		const path = { thresholds: Float64Array.of(0.9, 0.6, 0.3), starts: [1] };
		const selection = chooseThreshold(log, { ...request, path });
		expect(selection.path).toBe(path);
		expect([selection.pathRows.length, selection.calibrationRows.length]).toEqual([0, 500]);
		expect(selection.tested[0]?.index).toBe(1);
	});

	it("does not depend on the order of rows where the path is given", () => {
		const path = { thresholds: Float64Array.of(0.8, 0.6, 0.4, 0.3, 0.2), starts: [0] };
		const log = drawLog(300, 7);
		const [small, large] = log.stages;
		if (small === undefined || large === undefined) throw new Error("two stages are needed");
		fc.assert(
			fc.property(fc.shuffledSubarray(range(300), { minLength: 300, maxLength: 300 }), (order) => {
				const shuffled = twoStageLog({
					confidence: order.map((row) => small.confidence[row] ?? Number.NaN),
					wrong: order.map((row) => small.wrong[row] ?? 1),
					lastWrong: order.map((row) => large.wrong[row] ?? 1),
				});
				expect(chooseThreshold(shuffled, { ...request, path })).toEqual(chooseThreshold(log, { ...request, path }));
			}),
			{ numRuns: 20 },
		);
	});

	it("accepts more where a higher risk, or a higher chance of error, is allowed", () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 10_000 }), (seed) => {
				const log = drawLog(400, seed);
				const path = { thresholds: Float64Array.from({ length: 40 }, (_, step) => 1 - (step + 1) / 40), starts: [8] };
				const thresholdAt = (change: Partial<SelectionRequest>) =>
					chooseThreshold(log, { ...request, path, ...change }).threshold ?? 2;
				expect(thresholdAt({ target: 0.15 })).toBeLessThanOrEqual(thresholdAt({ target: 0.1 }));
				expect(thresholdAt({ delta: 0.2 })).toBeLessThanOrEqual(thresholdAt({ delta: 0.1 }));
			}),
			{ numRuns: 50 },
		);
	});

	it("takes tied scores together: of confidences 0 and 1 it certifies 1", () => {
		const random = seededRandom(8);
		const confidence = range(600).map(() => (random() < 0.6 ? 1 : 0));
		const wrong = confidence.map((score) => (random() < (score === 1 ? 0.03 : 0.5) ? 1 : 0));
		const selection = chooseThreshold(twoStageLog({ confidence, wrong }), request);
		expect(selection.threshold).toBe(1);
		expect(selection.path).toEqual({ thresholds: Float64Array.of(1, 0), starts: [0] });
		expect(selection.tested).toHaveLength(2);
	});

	it("accepts everything that has a reading where the small model is good enough", () => {
		const confidence = range(400).map((row) => (row % 2) / 2);
		const selection = chooseThreshold(twoStageLog({ confidence, wrong: range(400).map(() => 0) }), request);
		expect(selection.threshold).toBe(0);
		expect(selection.counts?.accepted).toBe(360);
	});

	it("never accepts rows without a reading", () => {
		const confidence = range(400).map((row) => (row % 2 === 0 ? 0.9 : Number.NaN));
		const wrong = range(400).map((row) => row % 2);
		const { counts, threshold } = chooseThreshold(twoStageLog({ confidence, wrong }), request);
		expect(threshold).toBe(0.9);
		expect(counts?.wrong).toBe(0);
		expect(counts?.accepted).toBeLessThanOrEqual(200);
	});

	it("tests one row of a group", () => {
		const log = drawLog(1_000, 9, { groups: range(1_000).map((row) => row % 250) });
		const { calibrationRows, pathRows } = chooseThreshold(log, request);
		expect(new Set([...calibrationRows, ...pathRows].map((row) => row % 250)).size).toBe(250);
		expect(calibrationRows.length + pathRows.length).toBe(250);
	});

	it("certifies one label alone", () => {
		const confidence = range(900).map((row) => row / 900);
		const label = range(900).map((row) => (row % 3 === 0 ? "spam" : "ham"));
		// The small model is always right about spam and never about ham.
		const log = twoStageLog({ confidence, wrong: range(900).map((row) => (row % 3 === 0 ? 0 : 1)), small: { label } });
		expect(chooseThreshold(log, request).certified).toBe(false);
		const spam = chooseThreshold(log, { ...request, onLabel: "spam" });
		expect(spam.certified).toBe(true);
		expect(spam.counts?.rows).toBe(270);
		expect(chooseThreshold(log, { ...request, onLabel: "ham" }).certified).toBe(false);
	});
});

describe("certifying nothing", () => {
	it("says so where the first test fails, and how many labels would pass it", () => {
		const selection = chooseThreshold(drawLog(60, 1), { ...request, startCoverages: [0.2] });
		expect(selection).toMatchObject({
			certified: false,
			threshold: null,
			counts: null,
			pValue: null,
			upperBound: null,
			reason: "first-step-failed",
		});
		expect(selection.tested).toHaveLength(1);
		expect(selection.start).toBe(selection.tested[0]?.index);
		expect(selection.labelsNeeded).toBeGreaterThan(60);
	});

	it("does not say how many labels where the risk is too high", () => {
		const selection = chooseThreshold(
			twoStageLog({ confidence: range(200).map((row) => row / 200), wrong: range(200).map(() => 1) }),
			request,
		);
		expect(selection).toMatchObject({ certified: false, reason: "first-step-failed", labelsNeeded: null });
	});

	it("asks for more labels where delta is split over more starts", () => {
		const log = drawLog(60, 1);
		const needed = (startCoverages: number[]) => chooseThreshold(log, { ...request, startCoverages }).labelsNeeded ?? 0;
		expect(needed([0.2, 0.9])).toBeGreaterThan(needed([0.2]));
	});

	it.each([
		["an empty log", twoStageLog({ confidence: [], wrong: [] }), "no-labelled-rows"],
		["one row", twoStageLog({ confidence: [0.9], wrong: [0] }), "no-labelled-rows"],
		[
			"no readings",
			twoStageLog({ confidence: range(50).map(() => Number.NaN), wrong: range(50).map(() => 0) }),
			"no-readings",
		],
		[
			"no labels",
			twoStageLog({
				confidence: range(50).map(() => 0.9),
				wrong: range(50).map(() => 1),
				labelled: range(50).map(() => 0),
			}),
			"no-labelled-rows",
		],
	] as const)("is what comes of %s, and no error", (_, log, reason) => {
		for (const risk of ["selective", "joint", "regret"] as const) {
			const selection = chooseThreshold(log, { ...request, risk });
			expect(selection).toMatchObject({
				certified: false,
				threshold: null,
				reason,
				start: null,
				tested: [],
				labelsNeeded: null,
			});
		}
	});

	it("is what comes of a given path without thresholds, or without a start", () => {
		const log = drawLog(500, 1);
		for (const thresholds of [new Float64Array(0), Float64Array.of(0.9)])
			expect(chooseThreshold(log, { ...request, path: { thresholds, starts: [] } })).toMatchObject({
				certified: false,
				reason: "no-readings",
			});
	});
});

describe("a request that is out of range", () => {
	it.each([
		{ target: 0 },
		{ target: 1 },
		{ target: -0.1 },
		{ target: Number.NaN },
		{ risk: "joint" as const, target: 0 },
		{ risk: "regret" as const, target: -1 },
		{ risk: "regret" as const, target: 1 },
		{ delta: 0 },
		{ delta: 1 },
		{ delta: Number.NaN },
		{ pathShare: 0 },
		{ pathShare: 1 },
		{ seed: 0.5 },
		{ startCoverages: [] },
		{ steps: 0 },
	])("is refused: %j", (change) => {
		expect(() => chooseThreshold(drawLog(100, 1), { ...request, ...change })).toThrow(RangeError);
	});

	it("is refused for another number of stages than two", () => {
		const log = drawLog(100, 1);
		expect(() => chooseThreshold({ ...log, stages: log.stages.slice(0, 1) }, request)).toThrow(RangeError);
		expect(() => chooseThreshold({ ...log, stages: [...log.stages, ...log.stages] }, request)).toThrow(RangeError);
	});

	it("may ask to be no worse than the last stage, or better", () => {
		expect(() => chooseThreshold(drawLog(100, 1), { ...request, risk: "regret", target: 0 })).not.toThrow();
		expect(() => chooseThreshold(drawLog(100, 1), { ...request, risk: "regret", target: -0.01 })).not.toThrow();
	});
});
