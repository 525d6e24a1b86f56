const DAY_MS = 86_400_000;

/** The next midnight in UTC, when Workers AI's daily allocation renews; in milliseconds since the Unix epoch. */
export function nextMidnightUtc(now: number): number {
	return (Math.floor(now / DAY_MS) + 1) * DAY_MS;
}
