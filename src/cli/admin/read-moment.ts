const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90d`, `12h`, `30m`, `45s` or `0` in milliseconds; undefined for anything else. */
export function readDuration(text: string): number | undefined {
	if (text === "0") return 0;
	const [, count, unit = ""] = /^(\d{1,9})([smhd])$/u.exec(text) ?? [];
	const unitMs = UNIT_MS[unit];
	return count === undefined || unitMs === undefined ? undefined : Number(count) * unitMs;
}

/**
 * A time in milliseconds since the Unix epoch: RFC 3339, a day (UTC), or a duration from now, forwards (`direction` 1)
 * or back (-1); undefined for anything else.
 */
export function readMoment(text: string, now: number, direction: 1 | -1): number | undefined {
	const duration = readDuration(text);
	if (duration !== undefined) return now + direction * duration;
	if (!/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/u.test(text)) return undefined;
	const at = Date.parse(text);
	return Number.isNaN(at) ? undefined : at;
}
