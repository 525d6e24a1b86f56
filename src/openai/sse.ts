import type { ErrorObject } from "./error-body.ts";

/** The last event of every chat stream. */
export const STREAM_END = "data: [DONE]\n\n";

/** A comment, which every client ignores: it keeps proxies from closing a silent connection. */
export const KEEP_ALIVE = ": keep-alive\n\n";

/** One event whose data is this value as JSON. JSON text has no line breaks, so one `data:` line holds it. */
export function formatEvent(value: unknown): string {
	return `data: ${JSON.stringify(value)}\n\n`;
}

/** A failure after the headers have gone: official clients throw on an `error` event, and need the end marker. */
export function formatErrorEnd(error: ErrorObject): string {
	return formatEvent({ error }) + STREAM_END;
}
