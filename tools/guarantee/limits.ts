import { seededRandom } from "../../src/tuning/seeded-random.ts";
import { attemptShare } from "../../src/tuning/selection/attempt-share.ts";
import { chooseThreshold } from "../../src/tuning/selection/choose-threshold.ts";
import { logOf } from "./simulate.ts";

/** How often something is false that a certificate does not promise, as shares of runs. */
export interface Limits {
	/** The risk is above the target; and above the upper bound at the threshold that was chosen. */
	readonly aboveTarget: number;
	readonly aboveBound: number;
	/** The label that looked best of 200 is certified falsely, as a second attempt. */
	readonly bestLooking: number;
	/** A risk above the target is certified at some look, tuning anew whenever rows came in. */
	readonly growing: number;
	/** The same with every look counted as an attempt on the same rows, as the command line does. */
	readonly growingCounted: number;
}

const TARGET = 0.1;
const DELTA = 0.1;

/** Simulates what the promise does not cover; `share` of the full number of runs. */
export function simulateLimits(share: number): Limits {
	const runs = (full: number) => Math.max(1, Math.round(full * share));
	return {
		...boundAfterChoice(runs(20_000)),
		bestLooking: bestLooking(runs(300)),
		growing: growing(runs(400), () => 1),
		growingCounted: growing(runs(400), (look) => look),
	};
}

/** Joint risk 0.03 at the stricter of two thresholds, and 0.1001 at the other. */
function boundAfterChoice(runs: number): Pick<Limits, "aboveTarget" | "aboveBound"> {
	const random = seededRandom(11);
	let [aboveTarget, aboveBound] = [0, 0];
	for (let run = 0; run < runs; run++) {
		const log = drawLog(
			1_000,
			random,
			() => (random() < 0.3 ? 1 : 0),
			(score) => (score === 1 ? 0.1 : 0.0701 / 0.7),
		);
		const { threshold, upperBound } = chooseThreshold(log, { risk: "joint", target: TARGET, delta: DELTA, seed: run });
		if (threshold === null || upperBound === null) continue;
		const risk = threshold === 1 ? 0.03 : 0.1001;
		if (risk > TARGET) aboveTarget++;
		if (risk > upperBound) aboveBound++;
	}
	return { aboveTarget: aboveTarget / runs, aboveBound: aboveBound / runs };
}

/** Risk 0.102 under each of 200 labels of 100 rows; the one with the fewest wrong is asked about. */
function bestLooking(runs: number): number {
	const random = seededRandom(12);
	const labels = 200;
	let certified = 0;
	for (let run = 0; run < runs; run++) {
		const log = drawLog(100 * labels, random, random, () => 0.102);
		const [small, large] = log.stages;
		if (small === undefined || large === undefined) continue;
		const wrong = new Float64Array(labels);
		for (const [row, mark] of small.wrong.entries()) wrong[row % labels] = (wrong[row % labels] as number) + mark;
		const best = wrong.indexOf(Math.min(...wrong));
		const label = Array.from(small.wrong, (_, row) => String(row % labels));
		const selection = chooseThreshold(
			{ ...log, stages: [{ ...small, label }, large] },
			{
				risk: "selective",
				target: TARGET,
				delta: attemptShare(DELTA, 2),
				seed: run,
				onLabel: String(best),
				startCoverages: [1],
			},
		);
		if (selection.certified) certified++;
	}
	return certified / runs;
}

/** Risk 0.1005; rows come in by the hundred up to 3,000, and each time all of them are tuned on, as which attempt `numberOf` says. */
function growing(runs: number, numberOf: (look: number) => number): number {
	const random = seededRandom(13);
	let certified = 0;
	for (let run = 0; run < runs; run++) {
		const all = drawLog(3_000, random, random, () => 0.1005);
		const [small] = all.stages;
		if (small === undefined) continue;
		for (let rows = 100; rows <= all.rows; rows += 100) {
			const log = logOf({
				confidence: small.confidence.subarray(0, rows),
				wrong: small.wrong.subarray(0, rows),
				lastWrong: new Uint8Array(rows),
			});
			const delta = attemptShare(DELTA, numberOf(rows / 100));
			const request = { risk: "selective", target: TARGET, delta, seed: 1 } as const;
			if (!chooseThreshold(log, request).certified) continue;
			certified++;
			break;
		}
	}
	return certified / runs;
}

function drawLog(rows: number, random: () => number, drawScore: () => number, riskAt: (score: number) => number) {
	const confidence = Float64Array.from({ length: rows }, drawScore);
	const wrong = Uint8Array.from(confidence, (score) => (random() < riskAt(score) ? 1 : 0));
	return logOf({ confidence, wrong, lastWrong: new Uint8Array(rows) });
}
