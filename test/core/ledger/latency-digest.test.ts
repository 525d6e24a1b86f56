import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	LATENCY_RELATIVE_ERROR,
	latencyDigest,
	latencyQuantile,
	MOST_LATENCY_BUCKETS,
	MOST_LATENCY_MS,
	type LatencyDigest,
} from "../../../src/core/ledger/latency-digest.ts";

/** The digest of many durations. */
function digestOf(durations: readonly number[]): LatencyDigest {
	const counts: Record<string, number> = {};
	for (const ms of durations) {
		for (const [bucket, count] of Object.entries(latencyDigest(ms))) counts[bucket] = (counts[bucket] ?? 0) + count;
	}
	return counts;
}

/** By sorting them all. */
function exactQuantile(durations: readonly number[], q: number): number {
	const sorted = durations.toSorted((left, right) => left - right);
	return sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN;
}

const quantile = fc.oneof(fc.constantFrom(0, 0.5, 0.95, 0.99, 1), fc.double({ min: 0, max: 1, noNaN: true }));

describe("a latency digest", () => {
	it("promises a relative error within two per cent", () => {
		expect(LATENCY_RELATIVE_ERROR).toBeLessThanOrEqual(0.02);
	});

	it.each([
		["whole milliseconds of a model's answer", fc.integer({ min: 1, max: 60_000 })],
		["anything up to a day", fc.integer({ min: 1, max: MOST_LATENCY_MS })],
		["magnitudes apart", fc.integer({ min: 0, max: 26 }).map((power) => 2 ** power)],
		["fractions of milliseconds", fc.double({ min: 1, max: 100, noNaN: true })],
		["almost all the same", fc.constantFrom(200, 200, 200, 200, 201, 30_000)],
	])("gives every quantile within that error: %s", (_what, duration) => {
		fc.assert(
			fc.property(fc.array(duration, { minLength: 1, maxLength: 200 }), quantile, (durations, q) => {
				const exact = exactQuantile(durations, q);
				const read = latencyQuantile(digestOf(durations), q);
				// The bound itself is reached at the ends of buckets; the rest is rounding of floating point.
				expect(Math.abs(read - exact)).toBeLessThanOrEqual(exact * LATENCY_RELATIVE_ERROR * (1 + 1e-9));
			}),
		);
	});

	it("never gives a higher value for a lower quantile", () => {
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 0, max: MOST_LATENCY_MS }), { minLength: 1 }),
				quantile,
				quantile,
				(durations, one, other) => {
					const digest = digestOf(durations);
					expect(latencyQuantile(digest, Math.min(one, other))).toBeLessThanOrEqual(
						latencyQuantile(digest, Math.max(one, other)),
					);
				},
			),
		);
	});

	it("tells one millisecond from two, and both from none", () => {
		const [none, one, two] = [0, 1, 2].map((ms) => latencyQuantile(latencyDigest(ms), 0.5));
		expect(none).toBe(0);
		expect(one).toBeCloseTo(1, 1);
		expect(two).toBeCloseTo(2, 1);
	});

	it("takes the middle of three, and the lower of two", () => {
		expect(latencyQuantile(digestOf([10, 1_000, 100_000]), 0.5)).toBeCloseTo(1_000, -1.5);
		expect(latencyQuantile(digestOf([10, 1_000]), 0.5)).toBeCloseTo(10, 0);
	});

	it.each([
		["less than a millisecond", 0.4],
		["negative, by clocks that disagree", -250],
		["no number", Number.NaN],
	])("counts as 0 what is %s", (_what, ms) => {
		expect(latencyDigest(ms)).toEqual(latencyDigest(0));
		expect(latencyQuantile(latencyDigest(ms), 0.99)).toBe(0);
	});

	it("has a bounded number of buckets, since a day is the longest", () => {
		expect(MOST_LATENCY_BUCKETS).toBeLessThan(1_000);
		expect(latencyDigest(Number.POSITIVE_INFINITY)).toEqual(latencyDigest(MOST_LATENCY_MS));
		fc.assert(
			fc.property(fc.double({ min: 0 }), (ms) => {
				const [bucket = ""] = Object.keys(latencyDigest(ms));
				expect(bucket).toMatch(/^\d+$/u);
				expect(Number(bucket)).toBeLessThan(MOST_LATENCY_BUCKETS);
			}),
		);
	});

	it("is 0 at every quantile where it is empty", () => {
		expect(latencyQuantile({}, 0.5)).toBe(0);
	});

	it("reads the same after it was stored as JSON, where fields may change their order", () => {
		const digest = digestOf([5, 50, 500, 5_000]);
		const stored = JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(digest).toReversed()))) as LatencyDigest;
		for (const q of [0, 0.4, 0.7, 1]) expect(latencyQuantile(stored, q)).toBe(latencyQuantile(digest, q));
	});
});
