import { describe, expect, it } from "vitest";
import { LogBuilder } from "../../../src/tuning/log/log-builder.ts";
import { readTraceRow } from "../../../src/tuning/log/read-trace-row.ts";
import { chooseThreshold } from "../../../src/tuning/selection/choose-threshold.ts";
import { countFalse, drawSeed, isMoreThan } from "./trials.ts";

const TRIALS = 200;
const header = { models: ["small", "large"], labeller: "judge" };

/** Risk 0.13 everywhere; the judge gives up on four of ten wrong answers and on no right one. */
function judgedRows(random: () => number, keep: (verdict: number | null) => boolean) {
	const builder = new LogBuilder();
	for (const model of header.models) builder.stage(model);
	for (let line = 0; line < 600; line++) {
		const isWrong = random() < 0.13;
		const correct = isWrong && random() < 0.4 ? null : isWrong ? 0 : 1;
		const given = {
			id: `q${line}`,
			stages: [
				{ confidence: random(), correct },
				{ confidence: null, correct: 1 },
			],
		};
		const row = readTraceRow(given, header, undefined);
		if (row.ok && keep(correct)) builder.add(line + 2, row.value);
	}
	return builder.finish();
}

describe("trap: a judge that fails more often on wrong answers", () => {
	const isCertified = (random: () => number, keep: (verdict: number | null) => boolean) => {
		const { log } = judgedRows(random, keep);
		return chooseThreshold(log, { risk: "selective", target: 0.1, delta: 0.1, seed: drawSeed(random) }).certified;
	};

	it("certifies what is false if the rows it failed on are dropped", () => {
		const count = countFalse(TRIALS, 1, (random) => isCertified(random, (verdict) => verdict !== null));
		expect(isMoreThan(0.1, count, TRIALS)).toBe(true);
	});

	it("does not as the log is read: a failure is a wrong answer", () => {
		expect(countFalse(TRIALS, 2, (random) => isCertified(random, () => true))).toBeLessThan(0.05 * TRIALS);
	});

	it("and failures are counted for the report", () => {
		const { report, log } = judgedRows(
			() => 0.01,
			() => true,
		);
		expect(report.labellerFailed).toEqual({ small: 600 });
		expect(log.stages[0]?.wrong.every((mark) => mark === 1)).toBe(true);
	});
});
