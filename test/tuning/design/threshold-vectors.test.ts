import { describe, expect, it } from "vitest";
import { chooseThresholdVector, type VectorRequest } from "../../../src/tuning/design/threshold-vectors.ts";
import { selectRows, selectStages, type CascadeLog } from "../../../src/tuning/log/cascade-log.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { countVector } from "../../../src/tuning/selection/count-acceptances.ts";
import { empiricalRisk } from "../../../src/tuning/selection/risk.ts";
import { modelledLog, threeModels } from "./three-stage-log.ts";

const request: VectorRequest = { risk: "selective", target: 0.1, delta: 0.1, seed: 1 };
const log = modelledLog(2_000, threeModels, 1);

function withStage(log: CascadeLog, stage: number, change: Partial<CascadeLog["stages"][number]>): CascadeLog {
	return {
		...log,
		stages: log.stages.with(stage, { ...(log.stages[stage] as CascadeLog["stages"][number]), ...change }),
	};
}

describe("thresholds of several stages", () => {
	it("are certified together, and what is said of them is true of the tested rows", () => {
		const selection = chooseThresholdVector(log, request);
		const thresholds = selection.thresholds as readonly number[];
		expect(selection.certified).toBe(true);
		expect(thresholds.length).toBe(2);
		const counts = countVector(selectRows(log, selection.calibrationRows), thresholds);
		expect(selection.counts).toEqual(counts);
		expect(selection.pValue).toBeLessThanOrEqual(0.1);
		expect(selection.upperBound).toBeLessThanOrEqual(0.1);
		expect(selection.upperBound).toBeGreaterThan(empiricalRisk("selective", counts));
		expect(counts.accepted / counts.rows).toBeGreaterThan(0.5);
	});

	it("are the loosest of their path before the first that failed", () => {
		const { path, tested, thresholds, start } = chooseThresholdVector(log, request);
		expect(tested.map(({ index }) => index)).toEqual(tested.map((_, step) => (start as number) + step));
		const passed = tested.filter(({ rejected }) => rejected);
		expect(passed.length).toBe(tested.length - 1);
		expect(thresholds).toBe(path.vectors[passed.at(-1)?.index as number]);
	});

	it("cost less than the best that one stage before the last can do", () => {
		const costOf = (log: CascadeLog) => {
			const { thresholds, calibrationRows } = chooseThresholdVector(log, request);
			let cost = 0;
			for (const row of calibrationRows) {
				const accepting = (thresholds as readonly number[]).findIndex(
					(threshold, stage) => (log.stages[stage]?.confidence[row] as number) >= threshold,
				);
				for (const { costUsd } of log.stages.slice(0, accepting < 0 ? undefined : accepting + 1))
					cost += costUsd[row] as number;
			}
			return cost / calibrationRows.length;
		};
		const three = costOf(log);
		expect(three).toBeLessThan(costOf(selectStages(log, [0, 2])));
		expect(three).toBeLessThan(costOf(selectStages(log, [1, 2])));
	});

	it("are tested on rows that laid no path, all rows being used", () => {
		const { calibrationRows, pathRows } = chooseThresholdVector(log, { ...request, fittingShare: 0.4 });
		expect(pathRows.length).toBe(800);
		expect([...calibrationRows, ...pathRows].sort((left, right) => left - right)).toEqual(
			Array.from({ length: 2_000 }, (_, row) => row),
		);
	});

	it("come from a path that no label of a tested row can change", () => {
		const { path, calibrationRows } = chooseThresholdVector(log, request);
		const tested = new Set(calibrationRows);
		const flipped = log.stages.reduce(
			(changed, { wrong }, stage) =>
				withStage(changed, stage, { wrong: wrong.map((value, row) => (tested.has(row) ? 1 - value : value)) }),
			log,
		);
		const again = chooseThresholdVector(flipped, request);
		expect(again.path).toEqual(path);
		expect(again.certified).toBe(false);
	});

	it("are none where the first vector fails, with how many labels would do", () => {
		const few = chooseThresholdVector(modelledLog(60, threeModels, 2), { ...request, target: 0.05 });
		expect(few).toMatchObject({
			certified: false,
			thresholds: null,
			counts: null,
			pValue: null,
			upperBound: null,
			reason: "first-step-failed",
		});
		expect(few.tested.length).toBe(1);
		expect(few.labelsNeeded === null || few.labelsNeeded > 42).toBe(true);
	});

	it("start at the coverage asked for, several starts sharing delta", () => {
		const { path, pathRows } = chooseThresholdVector(log, { ...request, startCoverages: [0.5, 0.3] });
		const coverages = path.starts.map(
			(start) =>
				countVector(selectRows(log, pathRows), path.vectors[start] as readonly number[]).accepted / pathRows.length,
		);
		expect(coverages[0]).toBeGreaterThanOrEqual(0.3);
		expect(coverages[1]).toBeGreaterThanOrEqual(0.5);
		const before = path.vectors[(path.starts[0] as number) - 1] as readonly number[];
		expect(countVector(selectRows(log, pathRows), before).accepted / pathRows.length).toBeLessThan(0.3);
		const tried = chooseThresholdVector(log, { ...request, startCoverages: [0.5, 0.3], delta: 0.2 });
		for (const { pValue, rejected } of tried.tested) expect(rejected).toBe(pValue <= 0.1);
	});

	it("begin at the strictest vector for joint risk and regret", () => {
		for (const risk of ["joint", "regret"] as const) {
			const selection = chooseThresholdVector(log, { ...request, risk });
			expect(selection.path.starts).toEqual([0]);
			expect(selection.certified).toBe(true);
		}
	});

	it("are tested along a path given from elsewhere on all rows", () => {
		const path = {
			vectors: [
				[0.95, 2],
				[0.9, 0.95],
				[0, 0],
			],
			starts: [0],
		};
		const selection = chooseThresholdVector(log, { ...request, path });
		expect(selection.calibrationRows.length).toBe(2_000);
		expect(selection.pathRows.length).toBe(0);
		expect(selection.thresholds).toEqual([0.9, 0.95]);
		expect(selection.objective).toBeNull();
	});

	it("take one row of each group", () => {
		const groups = Int32Array.from({ length: log.rows }, (_, row) => Math.floor(row / 4));
		const { calibrationRows, pathRows } = chooseThresholdVector({ ...log, groups }, request);
		const drawn = [...calibrationRows, ...pathRows].map((row) => groups[row]);
		expect(drawn.length).toBe(500);
		expect(new Set(drawn).size).toBe(500);
	});

	it("look at no row that lacks a label", () => {
		const labelled = Uint8Array.from({ length: log.rows }, (_, row) => (row % 2 === 0 ? 1 : 0));
		for (const partly of [{ ...log, labelled }, withStage(log, 1, { labelled })]) {
			const { calibrationRows, pathRows } = chooseThresholdVector(partly, request);
			expect([...calibrationRows, ...pathRows].every((row) => row % 2 === 0)).toBe(true);
			expect(calibrationRows.length + pathRows.length).toBe(1_000);
		}
		const none = chooseThresholdVector({ ...log, labelled: new Uint8Array(log.rows) }, request);
		expect(none).toMatchObject({ certified: false, reason: "no-labelled-rows" });
	});

	it("are none without a reading", () => {
		const blind = [0, 1].reduce(
			(changed, stage) => withStage(changed, stage, { confidence: new Float64Array(log.rows).fill(Number.NaN) }),
			log,
		);
		expect(chooseThresholdVector(blind, request)).toMatchObject({ certified: false, reason: "no-readings" });
	});

	it("promise something of one label where asked, whichever stage gave it", () => {
		const random = seededRandom(3);
		const labels = [0, 1].map(() => Array.from({ length: log.rows }, () => (random() < 0.5 ? "yes" : "no")));
		// Every accepted "no" is wrong: a promise about "yes" must not mind.
		const harsh = labels.reduce(
			(changed, label, stage) =>
				withStage(changed, stage, {
					label,
					wrong: (changed.stages[stage] as { wrong: Uint8Array }).wrong.map((wrong, row) =>
						label[row] === "no" ? 1 : wrong,
					),
				}),
			log,
		);
		expect(chooseThresholdVector(harsh, request).certified).toBe(false);
		expect(chooseThresholdVector(harsh, { ...request, onLabel: "no" }).certified).toBe(false);
		const { certified, counts, calibrationRows, thresholds } = chooseThresholdVector(harsh, {
			...request,
			onLabel: "yes",
		});
		expect(certified).toBe(true);
		const answering = (row: number) =>
			Math.max(
				0,
				(thresholds as readonly number[]).findIndex(
					(threshold, stage) => (log.stages[stage]?.confidence[row] as number) >= threshold,
				),
			);
		const saidYes = calibrationRows.filter((row) => labels[answering(row)]?.[row] === "yes");
		expect(new Set(Array.from(calibrationRows, answering))).toEqual(new Set([0, 1]));
		expect(counts?.rows).toBe(saidYes.length);
		expect(counts?.wrong).toBeLessThan(0.1 * (counts?.accepted as number));
	});

	it("are the same for the same seed", () => {
		expect(chooseThresholdVector(log, request)).toEqual(chooseThresholdVector(log, request));
		expect(chooseThresholdVector(log, { ...request, seed: 2 }).pathRows).not.toEqual(
			chooseThresholdVector(log, request).pathRows,
		);
	});

	it("need two stages and numbers in range", () => {
		expect(() => chooseThresholdVector(selectStages(log, [0]), request)).toThrow(RangeError);
		const wrong: Partial<VectorRequest>[] = [
			{ target: 0 },
			{ target: 1 },
			{ delta: 0 },
			{ delta: 1 },
			{ fittingShare: 0 },
			{ fittingShare: 1 },
			{ startCoverages: [] },
			{ startCoverages: [1.1] },
			{ target: Number.NaN },
		];
		for (const change of wrong) expect(() => chooseThresholdVector(log, { ...request, ...change })).toThrow(RangeError);
		expect(() => chooseThresholdVector(log, { ...request, risk: "regret", target: 0 })).not.toThrow();
	});
});

describe("the promise about several thresholds", () => {
	const [trials, rows] = [300, 500];
	/** A binomial of 300 at 0.1 exceeds 47 with chance below 0.001. */
	const MOST_VIOLATIONS = 47;

	/** Draws calibration logs from a population whose risk at any vector is known, and counts broken promises. */
	function violationsOf(population: CascadeLog, request: VectorRequest) {
		const random = seededRandom(99);
		let [violations, coverage] = [0, 0];
		for (let trial = 0; trial < trials; trial++) {
			const drawn = Int32Array.from({ length: rows }, () => Math.floor(random() * population.rows));
			const { thresholds } = chooseThresholdVector(selectRows(population, drawn), { ...request, seed: trial });
			if (thresholds === null) continue;
			const truth = countVector(population, thresholds);
			coverage += truth.accepted / truth.rows / trials;
			if (empiricalRisk(request.risk, truth) > request.target) violations++;
		}
		return { violations, coverage };
	}

	it.each([
		["selective", 0.1],
		["joint", 0.05],
		["regret", 0.03],
	] as const)(
		"is broken no more often than delta says: %s risk",
		(risk, target) => {
			const { violations, coverage } = violationsOf(modelledLog(3_000, threeModels, 7), { ...request, risk, target });
			expect(violations).toBeLessThanOrEqual(MOST_VIOLATIONS);
			expect(coverage).toBeGreaterThan(0.3);
		},
		60_000,
	);

	it("is kept where no confidence means anything and the risk is just above the target", () => {
		const random = seededRandom(5);
		const useless = modelledLog(3_000, threeModels, 8);
		const wrong = () => Uint8Array.from({ length: 3_000 }, () => (random() < 0.105 ? 1 : 0));
		const confidence = () => Float64Array.from({ length: 3_000 }, random);
		const blind = [0, 1].reduce(
			(changed, stage) => withStage(changed, stage, { wrong: wrong(), confidence: confidence() }),
			useless,
		);
		expect(violationsOf(blind, request).violations).toBeLessThanOrEqual(MOST_VIOLATIONS);
	}, 60_000);
});
