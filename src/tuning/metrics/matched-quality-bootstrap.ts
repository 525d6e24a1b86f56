import { sampleQuantile } from "../../core/confidence/logprob-confidence.ts";
import type { EscalationOrder } from "./escalation-order.ts";
import { drawPoissonWeights } from "./poisson-weights.ts";
import type { Interval } from "./ranking.ts";
import { figuresAt, leastEscalation } from "./weighted-split.ts";

/** Percentile intervals of a paired bootstrap: rows are resampled, so that both models meet the same ones. */
export interface MatchedQualityIntervals {
	readonly level: number;
	readonly replicates: number;
	/** Of the cascade's quality − the large model's, at the chosen threshold. */
	readonly qualityDifference: Interval;
	/** Of the saving; null where a price is unknown. */
	readonly saving: Interval | null;
}

/** How resamples are drawn and what is measured in each. */
export interface IntervalOptions {
	/** The chosen split. */
	readonly split: number;
	readonly margin: number;
	/** Whether each resample chooses its split anew for the saving, as where the choice was made on these very rows. */
	readonly isChosenAgain: boolean;
	/** 0.95 where not given. */
	readonly level?: number | undefined;
	/** 1,000 where not given. */
	readonly replicates?: number | undefined;
	/** Draws uniformly from [0, 1). */
	readonly random: () => number;
}

/**
 * Intervals of a Poisson bootstrap (`drawPoissonWeights`), of whole groups where rows have them; their ends are sample
 * quantiles of type 7. The rows are in order already, so a replicate costs O(n) and allocates nothing.
 */
export function bootstrapIntervals(order: EscalationOrder, options: IntervalOptions): MatchedQualityIntervals {
	const { split, margin, isChosenAgain, level = 0.95, replicates = 1_000, random } = options;
	const differences: number[] = [];
	const savings: number[] = [];
	const weights = new Uint8Array(order.units);
	while (differences.length < replicates) {
		drawPoissonWeights(weights, random);
		const kept = figuresAt(order, split, weights);
		// A resample of few rows may be empty, and then is none.
		if (Number.isNaN(kept.quality)) continue;
		const paid = isChosenAgain ? figuresAt(order, leastEscalation(order, margin, weights), weights) : kept;
		differences.push(kept.quality - kept.qualityLarge);
		savings.push(1 - paid.costUsd / paid.costLargeUsd);
	}
	const tail = (1 - level) / 2;
	const intervalOf = (values: readonly number[]): Interval => ({
		lower: sampleQuantile(values, tail),
		upper: sampleQuantile(values, 1 - tail),
	});
	return {
		level,
		replicates,
		qualityDifference: intervalOf(differences),
		saving: savings.some(Number.isNaN) ? null : intervalOf(savings),
	};
}
