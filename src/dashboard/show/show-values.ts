/** Numbers and times as people read them. Times are the browser's own zone, which the shell names. */

const whole = new Intl.NumberFormat("en-GB");

/** 12,345. */
export function showCount(count: number): string {
	return whole.format(count);
}

/** "1 request", "2 requests". */
export function showCountOf(count: number, one: string, many: string = `${one}s`): string {
	return `${showCount(count)} ${count === 1 ? one : many}`;
}

/** 62.4%; a share that is not quite none or all is not shown as such. */
export function showShare(share: number): string {
	const percent = share * 100;
	if (percent > 0 && percent < 0.1) return "<0.1%";
	if (percent < 100 && percent > 99.9) return ">99.9%";
	return `${percent.toFixed(percent === 0 || percent === 100 ? 0 : 1)}%`;
}

/** US dollars: whole cents from ten cents on, three significant digits below. */
export function showDollars(usd: number): string {
	const size = Math.abs(usd);
	const sign = usd < 0 ? "−" : "";
	if (size === 0) return "$0";
	if (size >= 0.1)
		return `${sign}$${size.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
	return `${sign}$${size.toLocaleString("en-US", { maximumSignificantDigits: 3, maximumFractionDigits: 9 })}`;
}

/** 843 ms, 1.24 s, 2 min 5 s. */
export function showDuration(ms: number): string {
	if (ms < 1_000) return `${Math.round(ms)} ms`;
	if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
	const seconds = Math.round(ms / 1_000);
	return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A confidence or a threshold: at most three decimals, and as many as it has. */
export function showConfidence(confidence: number): string {
	return confidence.toLocaleString("en-GB", { maximumFractionDigits: 3 });
}

const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const hour = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** 25 Nov 2026, 14:05:09. */
export function showMoment(at: number): string {
	return moment.format(at);
}

/** A moment of the last day or so: 14:05:09 today, 24 Nov, 14:05 before. */
export function showRecent(at: number, now: number): string {
	return new Date(at).toDateString() === new Date(now).toDateString() ? clock.format(at) : hour.format(at);
}

/** 25 Nov, 14:05. */
export function showMinute(at: number): string {
	return hour.format(at);
}

/** 14:05:09. */
export function showClock(at: number): string {
	return clock.format(at);
}

/** The beginning of an hour, or a day of UTC, as usage is counted. */
export function showStart(start: number, by: "hour" | "day"): string {
	return by === "hour" ? hour.format(start) : day.format(start);
}

/** How long ago, in one unit: "now", "12 s ago", "3 h ago". */
export function showAge(ms: number): string {
	if (ms < 2_000) return "now";
	if (ms < 60_000) return `${Math.round(ms / 1_000)} s ago`;
	if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min ago`;
	if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h ago`;
	return `${Math.round(ms / 86_400_000)} days ago`;
}

/** The browser's time zone, such as `Europe/Berlin`. */
export function timeZone(): string {
	return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
