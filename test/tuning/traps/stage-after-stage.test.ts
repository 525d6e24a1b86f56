import { describe, expect, it, vi } from "vitest";
import { chooseThresholdVector } from "../../../src/tuning/design/threshold-vectors.ts";
import { selectRows, type CascadeLog } from "../../../src/tuning/log/cascade-log.ts";
import { chooseThreshold } from "../../../src/tuning/selection/choose-threshold.ts";
import { countVector } from "../../../src/tuning/selection/count-acceptances.ts";
import { twoStageLog } from "../two-stage-log.ts";
import { countFalse, drawSeed, isMoreThan } from "./trials.ts";

// Thousands of tunings.
vi.setConfig({ testTimeout: 60_000 });

const TRIALS = 200;
const request = { risk: "selective", target: 0.1, delta: 0.1 } as const;

/** Two small models, both wrong a hair above the target whatever they say of themselves, and a large one that is right. */
function drawThreeStages(random: () => number): CascadeLog {
	const column = () => Float64Array.from({ length: 600 }, random);
	const draw = () => ({
		confidence: column(),
		wrong: Uint8Array.from({ length: 600 }, () => (random() < 0.102 ? 1 : 0)),
	});
	const first = twoStageLog(draw());
	const second = twoStageLog(draw());
	const [one, two, last] = [first.stages[0], second.stages[0], first.stages[1]];
	if (one === undefined || two === undefined || last === undefined) return expect.unreachable();
	return { ...first, stages: [one, { ...two, model: "middle" }, last] };
}

/** As published code does: each stage's threshold on the rows that the earlier ones left, all at the same delta. */
function chooseStageByStage(log: CascadeLog, seed: number): readonly number[] {
	let rest = log;
	return log.stages.slice(0, -1).map((_, index) => {
		const pair = { ...rest, stages: [rest.stages[index], rest.stages.at(-1)] } as CascadeLog;
		const threshold = chooseThreshold(pair, { ...request, seed }).threshold ?? 2;
		const left = Array.from(rest.ids.keys()).filter(
			(row) => (rest.stages[index]?.confidence[row] as number) < threshold,
		);
		rest = selectRows(rest, left);
		return threshold;
	});
}

describe("trap: thresholds chosen stage after stage on the same rows, at the same delta each", () => {
	it("certifies what is false more often than delta", () => {
		const count = countFalse(3 * TRIALS, 1, (random) =>
			chooseStageByStage(drawThreeStages(random), drawSeed(random)).some((threshold) => threshold < 2),
		);
		// Two chances of about 6% each: not above delta here, but twice what one choice has.
		const single = countFalse(3 * TRIALS, 1, (random) =>
			chooseStageByStage(drawThreeStages(random), drawSeed(random))
				.slice(0, 1)
				.some((threshold) => threshold < 2),
		);
		expect(count).toBeGreaterThan(1.5 * single);
	});

	it("one path of vectors tested once does not", () => {
		const count = countFalse(TRIALS, 2, (random) => {
			const log = drawThreeStages(random);
			const { thresholds } = chooseThresholdVector(log, { ...request, seed: drawSeed(random) });
			if (thresholds !== null) expect(countVector(log, thresholds).accepted).toBeGreaterThan(0);
			return thresholds !== null;
		});
		expect(isMoreThan(0.1, count, TRIALS)).toBe(false);
	});
});
