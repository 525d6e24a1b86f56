import { poolAdjacentViolators } from "../score-calibration/isotonic.ts";
import type { CascadeLog } from "../log/cascade-log.ts";
import type { RiskKind } from "../selection/risk.ts";

/**
 * What answering a row at a stage is expected to add to the number of errors, given the stage's confidence: P(wrong), for
 * regret E[wrong − last stage wrong], by isotonic regression on these rows, equal confidences together. The rows are a
 * fitting fold: single labels say little, and steps laid by them would follow chance. A row without a reading has the stage's
 * mean. One column for each stage but the last, whose answers add nothing.
 */
export function expectedRisks(log: CascadeLog, risk: RiskKind): Float64Array[] {
	const last = log.stages.at(-1);
	return log.stages.slice(0, -1).map((stage) => {
		const added = Float64Array.from(
			stage.wrong,
			(wrong, row) => wrong - (risk === "regret" ? (last?.wrong[row] as number) : 0),
		);
		return fallingMeans(stage.confidence, added);
	});
}

/** Mean of `values` given the score, never rising with it. */
function fallingMeans(scores: Float64Array, values: Float64Array): Float64Array {
	const order = Int32Array.from(scores.keys())
		.filter((row) => !Number.isNaN(scores[row]))
		.sort((left, right) => (scores[right] as number) - (scores[left] as number));
	const sums: number[] = [];
	const counts: number[] = [];
	const tie = new Int32Array(scores.length).fill(-1);
	let previous = Number.NaN;
	for (const row of order) {
		const score = scores[row] as number;
		if (score !== previous) {
			sums.push(0);
			counts.push(0);
		}
		previous = score;
		const place = sums.length - 1;
		tie[row] = place;
		sums[place] = (sums[place] as number) + (values[row] as number);
		counts[place] = (counts[place] as number) + 1;
	}
	const means = Float64Array.from(sums, (sum, place) => sum / (counts[place] as number));
	const pooled = poolAdjacentViolators(means, Float64Array.from(counts));
	const overall = values.reduce((sum, value) => sum + value, 0) / values.length;
	return Float64Array.from(tie, (place) => (place < 0 ? overall : (pooled[place] as number)));
}
