import { sampleQuantile } from "../../core/confidence/logprob-confidence.ts";
import { rankTies } from "./ties.ts";

/** An interval of a statistic, both ends within it. */
export interface Interval {
	readonly lower: number;
	readonly upper: number;
}

/** Scores counted by tie: `positives[i]` and `negatives[i]` are how many of each class have the i-th lowest score. */
interface TieCounts {
	readonly positives: Uint32Array;
	readonly negatives: Uint32Array;
}

/**
 * Area under the ROC curve: the probability that a positive, drawn at random, has a higher score than a negative,
 * a tie counting half. It is the Mann-Whitney U statistic over the number of pairs (Hanley & McNeil, Radiology
 * 143, 1982), summed over ranks in O(n log n) and not over pairs. 0.5 is no better than chance.
 *
 * Undefined where there is no positive or no negative, or where a score is NaN and so has no rank. Infinite scores
 * rank like any other, so −∞ stands for a row without a reading, which a cascade trusts least. A positive is `true`
 * or 1.
 */
export function areaUnderRoc(scores: ArrayLike<number>, positives: ArrayLike<boolean | number>): number | undefined {
	const ranks = tieRanks(scores, positives);
	if (ranks === undefined) return undefined;
	return areaOf(countByTie(ranks.positive, ranks.negative, ranks.distinct));
}

/** How `bootstrapAurocInterval` resamples. */
export interface BootstrapOptions {
	/** Share of the replicates inside the interval, such as 0.95. */
	readonly level: number;
	/** How many resamples to draw; 2,000 or more for the tails of a 95% interval. */
	readonly replicates: number;
	/** Draws uniformly from [0, 1); an argument, so that an interval can be repeated. */
	readonly random: () => number;
}

/**
 * Percentile bootstrap interval of the area under the ROC curve (Efron & Tibshirani, An Introduction to the
 * Bootstrap, 1993, 13.3), stratified: positives and negatives are resampled apart, so that every replicate has
 * both (the default of pROC, Robin et al., BMC Bioinformatics 12, 2011). Its ends are sample quantiles of type 7.
 *
 * Sorts once and then resamples ranks, so a replicate costs O(n). Where the classes do not overlap at all, every
 * replicate is 1 (or 0) and so is the interval: it says nothing about what was not sampled, least of all when n is
 * small. Undefined exactly where `areaUnderRoc` is.
 */
export function bootstrapAurocInterval(
	scores: ArrayLike<number>,
	positives: ArrayLike<boolean | number>,
	options: BootstrapOptions,
): Interval | undefined {
	const { level, replicates, random } = options;
	if (!(level > 0 && level < 1)) throw new RangeError("level must lie between 0 and 1");
	if (!(Number.isInteger(replicates) && replicates > 0))
		throw new RangeError("replicates must be a positive whole number");
	const ranks = tieRanks(scores, positives);
	if (ranks === undefined) return undefined;
	const areas = Array.from({ length: replicates }, () =>
		areaOf(countByTie(resample(ranks.positive, random), resample(ranks.negative, random), ranks.distinct)),
	);
	const tail = (1 - level) / 2;
	return { lower: sampleQuantile(areas, tail), upper: sampleQuantile(areas, 1 - tail) };
}

interface TieRanks {
	/** For each positive, the rank of its score among the distinct scores, from 0. */
	readonly positive: Int32Array;
	readonly negative: Int32Array;
	readonly distinct: number;
}

function tieRanks(scores: ArrayLike<number>, positives: ArrayLike<boolean | number>): TieRanks | undefined {
	if (scores.length !== positives.length) throw new RangeError("each score needs its class");
	const { values, ranks } = rankTies(scores);
	if (ranks.includes(-1)) return undefined;
	const positive = ranks.filter((_, row) => Boolean(positives[row])).sort();
	const negative = ranks.filter((_, row) => !positives[row]).sort();
	return positive.length === 0 || negative.length === 0 ? undefined : { positive, negative, distinct: values.length };
}

function countByTie(positive: Int32Array, negative: Int32Array, distinct: number): TieCounts {
	const positives = new Uint32Array(distinct);
	const negatives = new Uint32Array(distinct);
	for (const rank of positive) positives[rank] = (positives[rank] ?? 0) + 1;
	for (const rank of negative) negatives[rank] = (negatives[rank] ?? 0) + 1;
	return { positives, negatives };
}

/** Each positive wins over the negatives below it and halves with those of its own score. */
function areaOf({ positives, negatives }: TieCounts): number {
	let wins = 0;
	let positivesSeen = 0;
	let negativesSeen = 0;
	for (let rank = 0; rank < positives.length; rank++) {
		const positivesHere = positives[rank] ?? 0;
		const negativesHere = negatives[rank] ?? 0;
		wins += positivesHere * (negativesSeen + negativesHere / 2);
		positivesSeen += positivesHere;
		negativesSeen += negativesHere;
	}
	return wins / (positivesSeen * negativesSeen);
}

function resample(ranks: Int32Array, random: () => number): Int32Array {
	return ranks.map(() => ranks[Math.floor(random() * ranks.length)] ?? 0);
}
