import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideDeferral } from "../../../src/core/deferral.ts";
import { measured } from "../../../src/core/reading.ts";
import { readTraceRow } from "../../../src/tuning/log/read-trace-row.ts";
import { chooseThreshold } from "../../../src/tuning/selection/choose-threshold.ts";
import { twoStageLog } from "../two-stage-log.ts";

describe("trap: a tie at the threshold is accepted by the tuner and not by the Worker", () => {
	const scoresWithTies = fc.array(
		fc.oneof(fc.constantFrom(0, 0.25, 1 / 3, 0.5, 0.75, 1, Math.exp(-0.1)), fc.double({ min: 0, max: 1, noNaN: true })),
		{ minLength: 200, maxLength: 300 },
	);

	it("both accept the same rows, after the threshold went through JSON too", () => {
		fc.assert(
			fc.property(scoresWithTies, (confidence) => {
				const log = twoStageLog({ confidence, wrong: confidence.map(() => 0) });
				const { threshold, counts, calibrationRows } = chooseThreshold(log, {
					risk: "selective",
					target: 0.1,
					delta: 0.1,
					seed: 1,
				});
				if (threshold === null) return;
				const published = JSON.parse(JSON.stringify(threshold)) as number;
				const accepted = calibrationRows.filter(
					(row) => decideDeferral(measured(confidence[row] as number), published).kind === "accept",
				);
				expect(accepted.length).toBe(counts?.accepted);
			}),
			{ numRuns: 30 },
		);
	});

	it("a score of two values is one decision each: all of a tie or none", () => {
		const confidence = Array.from({ length: 400 }, (_, row) => (row % 2 === 0 ? 1 : 0));
		const log = twoStageLog({ confidence, wrong: confidence.map((score) => 1 - score) });
		const { threshold, counts, path } = chooseThreshold(log, { risk: "selective", target: 0.1, delta: 0.1, seed: 2 });
		expect([...path.thresholds]).toEqual([1, 0]);
		expect(threshold).toBe(1);
		expect(counts?.wrong).toBe(0);
	});

	it("a log-probability becomes the confidence that the Worker computes of it", () => {
		const models = ["small", "large"];
		const row = readTraceRow(
			{
				id: "a",
				stages: [
					{ correct: 1, logprob: -0.366969 },
					{ correct: 1, confidence: null },
				],
			},
			{ models, labeller: undefined },
			undefined,
		);
		expect(row.ok && row.value.stages[0]?.confidence).toBe(Math.exp(-0.366969));
	});

	it("a row without a reading is accepted at no threshold", () => {
		const confidence = Array.from({ length: 300 }, (_, row) => (row % 3 === 0 ? Number.NaN : 0.5));
		const log = twoStageLog({ confidence, wrong: confidence.map((score) => (Number.isNaN(score) ? 1 : 0)) });
		const { counts } = chooseThreshold(log, { risk: "selective", target: 0.1, delta: 0.1, seed: 3 });
		expect(counts?.wrong).toBe(0);
		expect(counts?.accepted).toBeLessThan(counts?.rows ?? 0);
	});
});
