import { describe, expect, it } from "vitest";
import { LogBuilder } from "../../../src/tuning/log/log-builder.ts";
import { chooseThreshold } from "../../../src/tuning/selection/choose-threshold.ts";
import { twoStageLog } from "../two-stage-log.ts";
import { countFalse, drawSeed, isMoreThan } from "./trials.ts";

const TRIALS = 200;
const request = { risk: "selective", target: 0.1, delta: 0.1 } as const;

/** 150 conversations of 20 requests that are all wrong or all right; the risk is 0.105. */
function drawConversations(random: () => number) {
	const confidence: number[] = [];
	const wrong: number[] = [];
	const groups: number[] = [];
	for (let conversation = 0; conversation < 150; conversation++) {
		const [score, isWrong] = [random(), random() < 0.105 ? 1 : 0];
		for (let turn = 0; turn < 20; turn++) {
			confidence.push(score);
			wrong.push(isWrong);
			groups.push(conversation);
		}
	}
	return { confidence, wrong, groups };
}

describe("trap: the same users again and again", () => {
	it("certifies what is false if 3,000 requests of 150 conversations are taken for 3,000 independent ones", () => {
		const count = countFalse(TRIALS, 1, (random) => {
			const { confidence, wrong } = drawConversations(random);
			return chooseThreshold(twoStageLog({ confidence, wrong }), { ...request, seed: drawSeed(random) }).certified;
		});
		expect(isMoreThan(0.1, count, TRIALS)).toBe(true);
	});

	it("does not where rows name their conversation: one of each is drawn, and 150 is what is tested", () => {
		const count = countFalse(TRIALS, 2, (random) => {
			const selection = chooseThreshold(twoStageLog(drawConversations(random)), { ...request, seed: drawSeed(random) });
			expect(selection.calibrationRows.length + selection.pathRows.length).toBe(150);
			return selection.certified;
		});
		expect(isMoreThan(0.1, count, TRIALS)).toBe(false);
	});
});

describe("trap: retries and cached answers count as new ones", () => {
	it("a row whose id was read before is left out and reported", () => {
		const builder = new LogBuilder();
		const stage = {
			stage: builder.stage("small"),
			confidence: 0.9,
			verdict: "right",
			costUsd: 0,
			latencyMs: 0,
		} as const;
		for (let line = 1; line <= 6; line++)
			builder.add(line, { id: line % 2 === 0 ? "again" : `q${line}`, stages: [stage] });
		const { log, report } = builder.finish();
		expect(log.rows).toBe(4);
		expect([report.duplicates, report.firstDuplicates]).toEqual([2, [4, 6]]);
	});

	it("answers from a cache have new ids: name the prompt as their group, and one of each is drawn", () => {
		const groups = [0, 0, 0, 1, 2, 2];
		const log = twoStageLog({ confidence: groups.map(() => 0.5), wrong: groups.map(() => 0), groups });
		const { calibrationRows, pathRows } = chooseThreshold(log, { ...request, seed: 1 });
		expect(calibrationRows.length + pathRows.length).toBe(3);
	});
});
