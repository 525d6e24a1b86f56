import type { StageFailure } from "../core/stage-failure.ts";
import { statusFailure } from "../openai/status-failure.ts";
import { readUpstreamErrorText } from "../openai/upstream-error.ts";

/** Reads a non-2xx reply of an origin, as `statusFailure` does; a redirect, which is not followed, is our misconfiguration. */
export function readOriginFailure(status: number, retryAfter: string | null, text: string, now: number): StageFailure {
	if (status >= 300 && status < 400) return { kind: "misconfigured", what: "redirect" };
	return statusFailure(status, readUpstreamErrorText(text), retryAfterSeconds(retryAfter, now));
}

/** `retry-after` in seconds or as a date (RFC 9110, 10.2.3); null where absent or unreadable. */
function retryAfterSeconds(value: string | null, now: number): number | null {
	if (value === null || value.trim() === "") return null;
	const seconds = Number(value);
	if (Number.isFinite(seconds)) return Math.max(0, seconds);
	const date = Date.parse(value);
	return Number.isNaN(date) ? null : Math.max(0, (date - now) / 1000);
}
