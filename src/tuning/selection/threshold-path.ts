/** Thresholds in the order in which they are tested, and where the tests may begin. */
export interface ThresholdPath {
	/** Strict to loose, distinct, each a score that occurred. */
	readonly thresholds: Float64Array;
	/** Positions in `thresholds`, rising and distinct; empty only where there is no threshold. */
	readonly starts: readonly number[];
}

/** How a path is laid. */
export interface PathOptions {
	/** Shares of the scores that the first threshold of each start accepts; [0.2] where not given. */
	readonly startCoverages?: readonly number[] | undefined;
	/** How many steps from accepting none to accepting all, evenly by coverage; 100 where not given. */
	readonly steps?: number | undefined;
}

const DEFAULT_START_COVERAGES = [0.2] as const;
const DEFAULT_STEPS = 100;
/** 0.6 · 5 is a little more than 3. */
const ROUNDING = 1e-9;

/**
 * Lays thresholds through the quantiles of scores whose labels nobody looked at: at each 1/`steps` of the scores, and at
 * the coverages at which tests begin. Missing scores (NaN) are never accepted and count as scores all the same, so the
 * loosest threshold may cover less than all. Tied scores are one threshold, accepted together or not at all.
 *
 * A fixed sequence ends at its first failure, yet finer steps cost little, since neighbouring tests see almost the same
 * rows: 100 steps certified a little more coverage than 20 or 50, and 500 no more worth having. A start is the strictest
 * threshold that covers what is wanted; or the one before it, where ties make that one overshoot by more than the one before
 * falls short, which must be by no more than the standard error with which these scores know a coverage. A coverage that
 * no threshold reaches starts at the loosest. Throws a RangeError where `steps` is no positive whole number or a coverage is
 * not in [0, 1].
 */
export function thresholdPath(scores: Float64Array, options: PathOptions = {}): ThresholdPath {
	const { startCoverages = DEFAULT_START_COVERAGES, steps = DEFAULT_STEPS } = options;
	if (!(Number.isSafeInteger(steps) && steps > 0)) throw new RangeError("steps must be a positive whole number");
	if (startCoverages.length === 0 || !startCoverages.every((coverage) => coverage >= 0 && coverage <= 1))
		throw new RangeError("start coverages must be shares");
	const rising = scores.filter((score) => !Number.isNaN(score)).sort();
	const readings = rising.length;
	if (readings === 0) return { thresholds: new Float64Array(0), starts: [] };
	const even = Array.from({ length: steps }, (_, step) => (step + 1) / steps);
	const ranks = [...even, ...startCoverages].map((coverage) => rankAt(coverage, scores.length, readings));
	const thresholds = new Float64Array(new Set(ranks.map((rank) => rising[readings - rank] as number)))
		.sort()
		.toReversed();
	const starts = startCoverages.map((coverage) => {
		const reaching = thresholds.indexOf(rising[readings - rankAt(coverage, scores.length, readings)] as number);
		const before = thresholds[reaching - 1];
		if (before === undefined) return reaching;
		const coveredFrom = (threshold: number) => acceptedBy(rising, threshold) / scores.length;
		const short = coverage - coveredFrom(before);
		const over = coveredFrom(thresholds[reaching] as number) - coverage;
		const standardError = Math.sqrt((coverage * (1 - coverage)) / scores.length);
		return short < over && short <= standardError + ROUNDING ? reaching - 1 : reaching;
	});
	return { thresholds, starts: [...new Set(starts)].sort((left, right) => left - right) };
}

/** How many of the highest scores make up this share of all, at least one and at most those there are. */
function rankAt(coverage: number, all: number, readings: number): number {
	return Math.min(Math.max(1, Math.ceil(coverage * all - ROUNDING)), readings);
}

/** How many of the scores, which rise, are at least this one. */
function acceptedBy(rising: Float64Array, threshold: number): number {
	let low = 0;
	let high = rising.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((rising[middle] as number) >= threshold) high = middle;
		else low = middle + 1;
	}
	return rising.length - low;
}
