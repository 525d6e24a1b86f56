import type { CascadeLog, StageColumns } from "../../src/tuning/log/cascade-log.ts";
import { countAcceptances } from "../../src/tuning/selection/count-acceptances.ts";
import { empiricalRisk, type AcceptanceCounts, type RiskKind } from "../../src/tuning/selection/risk.ts";

/** Two models' recorded answers, taken as all the requests there are: every risk is known exactly. */
export interface Population {
	readonly confidence: Float64Array;
	readonly wrong: Uint8Array;
	readonly lastWrong: Uint8Array;
	/** The distinct scores, strict to loose, and what is accepted at each. */
	readonly thresholds: Float64Array;
	readonly counts: readonly AcceptanceCounts[];
}

/** Counts a log of two stages at each of its scores. */
export function populationOf(log: CascadeLog): Population {
	const [small, large] = log.stages as readonly [StageColumns, StageColumns];
	const { confidence, wrong } = small;
	const thresholds = distinctScores(confidence);
	const counts = countAcceptances(confidence, wrong, large.wrong, thresholds);
	return { confidence, wrong, lastWrong: large.wrong, thresholds, counts };
}

/** The scores that occur, each once, strict to loose. */
export function distinctScores(confidence: Float64Array): Float64Array {
	return new Float64Array(new Set(confidence.filter((score) => !Number.isNaN(score)))).sort().toReversed();
}

/** What a threshold accepts in the population; it need not be a score that occurs. */
export function countsAt({ thresholds, counts, confidence }: Population, threshold: number): AcceptanceCounts {
	let low = 0;
	let high = thresholds.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((thresholds[middle] as number) >= threshold) low = middle + 1;
		else high = middle;
	}
	const none = { rows: confidence.length, accepted: 0, wrong: 0, worse: 0, better: 0 };
	return low === 0 ? none : (counts[low - 1] as AcceptanceCounts);
}

/** The greatest coverage that a threshold reaches whose true risk meets the target: what no tuner can beat. */
export function oracleCoverage({ counts, confidence }: Population, risk: RiskKind, target: number): number {
	const best = counts.findLast((each) => empiricalRisk(risk, each) <= target);
	return best === undefined ? 0 : best.accepted / confidence.length;
}

/** Rows drawn with replacement, which makes them independent draws from the population. */
export function drawRows(population: Population, rows: number, random: () => number) {
	const confidence = new Float64Array(rows);
	const wrong = new Uint8Array(rows);
	const lastWrong = new Uint8Array(rows);
	const all = population.confidence.length;
	for (let row = 0; row < rows; row++) {
		const drawn = Math.floor(random() * all);
		confidence[row] = population.confidence[drawn] as number;
		wrong[row] = population.wrong[drawn] as number;
		lastWrong[row] = population.lastWrong[drawn] as number;
	}
	return { confidence, wrong, lastWrong };
}
