/**
 * Counts of durations by bucket, from which any quantile can be read with a known error. Plain JSON: the bucket's
 * number to how many durations fell into it; empty buckets are absent.
 */
export type LatencyDigest = Readonly<Record<string, number>>;

/** A quantile read from a digest is within this share of the true one, however the durations are spread. */
export const LATENCY_RELATIVE_ERROR = 0.01;

/** Longer durations count as this long; in milliseconds, a day. It bounds the number of buckets. */
export const MOST_LATENCY_MS = 24 * 60 * 60 * 1000;

/** Each bucket's upper end is so many times its lower. */
const GAMMA = (1 + LATENCY_RELATIVE_ERROR) / (1 - LATENCY_RELATIVE_ERROR);

/** Bucket 0 holds what is shorter than a millisecond, bucket k the durations in (GAMMA^(k-2), GAMMA^(k-1)]. */
export const MOST_LATENCY_BUCKETS = bucketOf(MOST_LATENCY_MS) + 1;

/**
 * The digest of one duration in milliseconds. A negative one, which only clocks that disagree can give, counts as 0.
 *
 * Digests of disjoint sets are added bucket by bucket (`sumUsage` does it), in any order and grouping, and give the
 * digest of the union. That is what makes a day the sum of its hours. Source: Masson, Rim and Lee, "DDSketch: a fast
 * and fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019, section 2, with the zero bucket and
 * the bounded range of section 2.2.
 */
export function latencyDigest(ms: number): LatencyDigest {
	return { [bucketOf(ms)]: 1 };
}

/**
 * The duration in milliseconds at quantile `q` in [0, 1]: of n durations in order, the one at place floor(q(n - 1)),
 * counted from 0, within `LATENCY_RELATIVE_ERROR` of it for durations from 1 ms to `MOST_LATENCY_MS`; below a
 * millisecond it is 0. An empty digest gives 0.
 */
export function latencyQuantile(digest: LatencyDigest, q: number): number {
	// Objects keep whole-number keys in rising order, whatever order they were written in.
	const buckets = Object.entries(digest).map(([bucket, count]) => [Number(bucket), count] as const);
	const total = buckets.reduce((sum, [, count]) => sum + count, 0);
	const place = q * (total - 1);
	let before = 0;
	for (const [bucket, count] of buckets) {
		before += count;
		if (before > place) return valueOf(bucket);
	}
	return 0;
}

/** The durations in milliseconds that half, 95 and 99 in a hundred do not exceed. */
export interface LatencyQuantiles {
	readonly p50: number;
	readonly p95: number;
	readonly p99: number;
}

/** A digest as it is reported, to four significant digits. */
export function latencyQuantiles(digest: LatencyDigest): LatencyQuantiles {
	const quantile = (q: number) => Number(latencyQuantile(digest, q).toPrecision(4));
	return { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) };
}

function bucketOf(ms: number): number {
	if (!(ms >= 1)) return 0;
	return Math.ceil(Math.log(Math.min(ms, MOST_LATENCY_MS)) / Math.log(GAMMA)) + 1;
}

/** The one value that is as far from the bucket's lower end as from its upper, in relation to each. */
function valueOf(bucket: number): number {
	return bucket === 0 ? 0 : (2 * GAMMA ** (bucket - 1)) / (GAMMA + 1);
}
