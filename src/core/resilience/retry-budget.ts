import { createOccupancy, type Place } from "./occupancy.ts";

/** How many retries an upstream's calls may have. */
export interface RetryRules {
	/** What each call adds to what may be retried. */
	readonly perCall: number;
	/** At first, and the most calls that are being retried at once where few are under way. */
	readonly floor: number;
	/** The most that is saved up, so that a long quiet time does not pay for a storm. */
	readonly most: number;
}

/** 20% of the calls, at least three: Envoy's retry budget (`RetryBudget` in circuit_breaker.proto). */
export const RETRY_RULES: RetryRules = { perCall: 0.2, floor: 3, most: 10 };

/** The retries of one upstream's calls. */
export interface RetryBudget {
	/** A call has begun, no retry. */
	readonly called: () => void;
	/** Takes one retry, which may last so long; null where none is left, or too many are under way. */
	readonly take: (now: number, mostMs: number, callsUnderWay: number) => Place | null;
	/** A retry that was taken has ended. */
	readonly ended: (retry: Place) => void;
}

/**
 * Bounds retries twice: of any n calls at most floor + 20% of n are retried, as by a token bucket (Brooker, "Fixing retries with
 * token buckets and circuit breakers", 2022), and of those that are under way at once at most max(floor, 20%), as Envoy does.
 * So an upstream that fails every call gets a fifth more of them, and not twice as many.
 */
export function createRetryBudget({ perCall, floor, most }: RetryRules = RETRY_RULES): RetryBudget {
	let saved = floor;
	const underWay = createOccupancy();
	return {
		called() {
			saved = Math.min(most, saved + perCall);
		},
		take(now, mostMs, callsUnderWay) {
			if (saved < 1) return null;
			const retry = underWay.enter(now, mostMs, Math.max(floor, Math.floor(perCall * callsUnderWay)));
			if (retry !== null) saved -= 1;
			return retry;
		},
		ended: underWay.leave,
	};
}

/** Pause before the first retry, at most; later ones double it. */
const BASE_MS = 200;
const MOST_MS = 2_000;

/**
 * Milliseconds before a retry, the first being 1: uniform between nothing and an exponential bound, which spreads
 * clients that failed together best ("full jitter": Brooker, "Exponential backoff and jitter", 2015). `random` is uniform in [0, 1).
 */
export function fullJitterMs(retry: number, random: number): number {
	return Math.floor(random * Math.min(MOST_MS, BASE_MS * 2 ** (retry - 1)));
}
