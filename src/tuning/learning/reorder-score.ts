import { err, ok, type Result } from "../../core/result.ts";
import { equalBins } from "./equal-bins.ts";

/** A new order of scores by range; plain numbers, so that it can be kept as JSON. */
export interface Reordering {
	/** Least score of each range, rising; the first reaches down without end. */
	readonly edges: readonly number[];
	/** New score of each range, in (0, 1): the share right on the fitting fold. */
	readonly values: readonly number[];
}

/** `no-readings`: no score is a number. */
export interface ReorderingFailure {
	readonly kind: "no-readings";
}

/** How scores are reordered. */
export interface ReorderingOptions {
	/** 10 where not given. */
	readonly bins?: number | undefined;
}

/**
 * Learns the order of a score that is not monotone in the risk: ranges of about as many rows each, every one with its share
 * of right answers, (right + 1) / (rows + 2), as its new score. The rows are a fold of their own, none of which may be tested
 * afterwards: reordered on the tested rows, chance itself would come first.
 *
 * Worth it where `checkMonotone` says so. A score that is monotone loses resolution by it: thresholds can only fall between
 * ranges.
 */
export function fitReordering(
	scores: Float64Array,
	wrong: Uint8Array,
	{ bins = 10 }: ReorderingOptions = {},
): Result<Reordering, ReorderingFailure> {
	const cut = equalBins(scores, wrong, bins);
	if (cut.length === 0) return err({ kind: "no-readings" });
	return ok({
		edges: cut.map(({ lowest }) => lowest),
		values: cut.map(({ rows, wrong }) => (rows - wrong + 1) / (rows + 2)),
	});
}

/** The new scores; NaN stays NaN, so what had no reading is still never accepted. */
export function reorderScores({ edges, values }: Reordering, scores: Float64Array): Float64Array {
	return scores.map((score) => {
		if (Number.isNaN(score)) return Number.NaN;
		return values[
			Math.max(
				0,
				edges.findLastIndex((edge) => score >= edge),
			)
		] as number;
	});
}
