/** A period that ends now, and in which steps usage is shown in it. */
export interface Period {
	readonly name: string;
	readonly label: string;
	readonly by: "hour" | "day";
	/** How many hours or days, the present one included. */
	readonly steps: number;
}

/** The periods to choose from; `name` is what the address keeps. */
export const PERIODS: readonly [Period, ...Period[]] = [
	{ name: "24h", label: "24 hours", by: "hour", steps: 24 },
	{ name: "7d", label: "7 days", by: "hour", steps: 168 },
	{ name: "30d", label: "30 days", by: "day", steps: 30 },
	{ name: "90d", label: "90 days", by: "day", steps: 90 },
];

const STEP_MS = { hour: 3_600_000, day: 86_400_000 } as const;

/** The period of that name; the shortest where there is none. */
export function periodOf(name: string | undefined): Period {
	return PERIODS.find((period) => period.name === name) ?? PERIODS[0];
}

/** The moments at which a period's hours or days (UTC) begin, ascending, the present one last. */
export function startsOf({ by, steps }: Period, now: number): readonly number[] {
	const step = STEP_MS[by];
	const last = Math.floor(now / step) * step;
	return Array.from({ length: steps }, (_, index) => last - (steps - 1 - index) * step);
}

/** What `usage.get` is asked for a period. */
export function usageQueryOf(period: Period, now: number): { from: string; to: string; by: "hour" | "day" } {
	const [first = now] = startsOf(period, now);
	const end = (startsOf(period, now).at(-1) ?? now) + STEP_MS[period.by];
	return { from: new Date(first).toISOString(), to: new Date(end).toISOString(), by: period.by };
}

const timeOfDay = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const localDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const utcDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** Which of a period's moments an axis names, and how: by the hour only what changes, over a week only days. */
export function namedStarts(
	{ by, steps }: Period,
	starts: readonly number[],
): readonly { at: number; label: string }[] {
	if (by === "day") return starts.map((at) => ({ at, label: utcDay.format(at) }));
	const isMidnight = (at: number) => new Date(at).getHours() === 0;
	if (steps > 48) return starts.filter(isMidnight).map((at) => ({ at, label: localDay.format(at) }));
	return starts.map((at) => ({ at, label: isMidnight(at) ? localDay.format(at) : timeOfDay.format(at) }));
}
