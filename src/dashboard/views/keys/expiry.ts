const DAY_MS = 86_400_000;

/** What may be chosen; `date` is one that is typed. */
export const EXPIRIES: readonly { readonly value: string; readonly name: string; readonly ms: number | null }[] = [
	{ value: "never", name: "Never", ms: null },
	{ value: "hour", name: "In an hour", ms: 3_600_000 },
	{ value: "day", name: "In a day", ms: DAY_MS },
	{ value: "month", name: "In 30 days", ms: 30 * DAY_MS },
	{ value: "quarter", name: "In 90 days", ms: 90 * DAY_MS },
	{ value: "year", name: "In a year", ms: 365 * DAY_MS },
	{ value: "date", name: "On a date", ms: null },
];

/** When a key is to end: one of the list, and the date where that is chosen. */
export interface Expiry {
	readonly choice: string;
	readonly date: string;
}

export const NEVER: Expiry = { choice: "never", date: "" };

/** The moment that was chosen, in milliseconds since the Unix epoch; null: never. */
export function expiryMoment({ choice, date }: Expiry, now: number): number | null {
	if (choice === "date") return new Date(date).getTime();
	const ms = EXPIRIES.find(({ value }) => value === choice)?.ms ?? null;
	return ms === null ? null : now + ms;
}
