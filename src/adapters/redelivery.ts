/** A ledger that takes longer is asked again later; a consumer's invocation may last 15 minutes. */
export const MOST_LEDGER_MS = 30_000;

const FIRST_DELAY_SECONDS = 10;
const MOST_DELAY_SECONDS = 3_600;

/** Seconds before a message is delivered again: ten after its first delivery, doubling with each, an hour at most. `attempts` counts from 1. */
export function delaySecondsAfter(attempts: number): number {
	return Math.min(MOST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** (attempts - 1));
}
