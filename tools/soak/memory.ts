/** Memory at a moment. */
export interface MemorySample {
	/** Minutes since the traffic began. */
	readonly minute: number;
	readonly mb: number;
}

/** What memory did over a run. */
export interface MemoryTrend {
	/** Median of each quarter of the run, in MB. */
	readonly quarters: readonly number[];
	/** The last quarter's median over the second's, less 1. */
	readonly growth: number;
	/** Least-squares slope after the first quarter, in MB a minute, and its 95% interval. */
	readonly slope: { readonly estimate: number; readonly lower: number; readonly upper: number };
}

/** What the last quarter's median may be above the second's; the first is warm-up. */
export const MOST_GROWTH = 0.15;

const NORMAL_95 = 1.96;

/** Summarises samples in their order; null with fewer than two a quarter. */
export function memoryTrend(samples: readonly MemorySample[]): MemoryTrend | null {
	const known = samples.filter(({ mb }) => Number.isFinite(mb));
	const last = known.at(-1)?.minute ?? 0;
	const quarters = [0, 1, 2, 3].map((quarter) =>
		known.filter(({ minute }) => Math.min(3, Math.floor((4 * minute) / last)) === quarter),
	);
	if (quarters.some((quarter) => quarter.length < 2)) return null;
	const medians = quarters.map((quarter) => median(quarter.map(({ mb }) => mb)));
	return {
		quarters: medians,
		growth: (medians[3] as number) / (medians[1] as number) - 1,
		slope: slopeOf(quarters.slice(1).flat()),
	};
}

/**
 * Least squares. Neighbouring samples of memory are alike, which would make the interval too narrow, so that the number of samples
 * is taken as what it is worth with the residuals' first autocorrelation r: n(1 − r)/(1 + r).
 */
function slopeOf(samples: readonly MemorySample[]): MemoryTrend["slope"] {
	const mean = (of: (sample: MemorySample) => number) =>
		samples.reduce((sum, each) => sum + of(each), 0) / samples.length;
	const [meanMinute, meanMb] = [mean(({ minute }) => minute), mean(({ mb }) => mb)];
	const spread = mean(({ minute }) => (minute - meanMinute) ** 2);
	const estimate = mean(({ minute, mb }) => (minute - meanMinute) * (mb - meanMb)) / spread;
	const residuals = samples.map(({ minute, mb }) => mb - meanMb - estimate * (minute - meanMinute));
	const variance = residuals.reduce((sum, each) => sum + each * each, 0);
	const lagged = residuals.slice(1).reduce((sum, each, index) => sum + each * (residuals[index] as number), 0);
	const r = variance === 0 ? 0 : Math.min(0.99, Math.max(0, lagged / variance));
	const worth = Math.max(3, (samples.length * (1 - r)) / (1 + r));
	const error = Math.sqrt(variance / samples.length / (worth - 2) / spread);
	return { estimate, lower: estimate - NORMAL_95 * error, upper: estimate + NORMAL_95 * error };
}

/** The middle value, or the mean of the two in the middle; NaN of none. */
function median(values: readonly number[]): number {
	return quantile(values, 0.5);
}

/** The value below which this share of the values lies, interpolated between neighbours; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
	const sorted = values.toSorted((one, other) => one - other);
	const position = (sorted.length - 1) * share;
	const below = sorted[Math.floor(position)] ?? Number.NaN;
	const above = sorted[Math.ceil(position)] ?? Number.NaN;
	return below + (position - Math.floor(position)) * (above - below);
}
