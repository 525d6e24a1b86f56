import type { StageFailure } from "../core/stage-failure.ts";
import { readUpstreamErrorText, upstreamWords } from "../openai/upstream-error.ts";

/**
 * Reads a non-2xx reply of an origin. Its refusal of *our* key or model is our misconfiguration, never the client's
 * fault; what it says about the request itself is passed on, trimmed.
 */
export function readOriginFailure(status: number, retryAfter: string | null, text: string, now: number): StageFailure {
	if (status >= 300 && status < 400) return { kind: "misconfigured", what: "redirect" };
	if (status === 401 || status === 403) return { kind: "misconfigured", what: "credentials" };
	if (status === 404) return { kind: "misconfigured", what: "model" };
	if (status === 429) return { kind: "overloaded", retryAfterSeconds: retryAfterSeconds(retryAfter, now) };
	const error = readUpstreamErrorText(text);
	if (status === 408 || status >= 500 || status < 400)
		return { kind: "upstream-error", status, message: error?.message ?? "" };
	return {
		kind: "bad-request",
		message: upstreamWords(error?.message ?? ""),
		param: error?.param ?? null,
		code: TOO_LONG.test(error?.message ?? "") ? "context_length_exceeded" : codeOf(error?.code ?? null),
	};
}

/** `retry-after` in seconds or as a date (RFC 9110, 10.2.3); null where absent or unreadable. */
function retryAfterSeconds(value: string | null, now: number): number | null {
	if (value === null || value.trim() === "") return null;
	const seconds = Number(value);
	if (Number.isFinite(seconds)) return Math.max(0, seconds);
	const date = Date.parse(value);
	return Number.isNaN(date) ? null : Math.max(0, (date - now) / 1000);
}

/** vLLM, SGLang and llama.cpp say in words only that a prompt is too long. */
const TOO_LONG = /maximum context length|exceeds? the (?:available )?context (?:size|window|length)/iu;

/** vLLM's code is the status again, which says nothing; LangChain relies on `context_length_exceeded`. */
function codeOf(code: string | null): string | null {
	return code === null || /^\d+$/u.test(code) ? null : code;
}
