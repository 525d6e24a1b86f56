/** The most that `maxConcurrent` of an origin may be: an isolate makes far fewer calls at once. */
export const MOST_CONCURRENT = 10_000;

/** What is said of a `maxConcurrent` that is none. */
export const MAX_CONCURRENT_RULE = "must be a whole number from 1 to 10,000";

/** Whether this may be an origin's `maxConcurrent`: how many calls of one isolate may wait for an answer from it at once. */
export function isMaxConcurrent(value: unknown): value is number {
	return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MOST_CONCURRENT;
}
