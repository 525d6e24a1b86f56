import type { StageFailure } from "../core/stage-failure.ts";
import { upstreamWords, type UpstreamError } from "./upstream-error.ts";

/** What only the request can be at fault for: its form, its size, its values (RFC 9110, 15.5). */
const REQUEST_AT_FAULT: ReadonlySet<number> = new Set([400, 413, 414, 422, 431]);
/** Our key, our account's money, our way there. */
const CREDENTIALS_AT_FAULT: ReadonlySet<number> = new Set([401, 402, 403, 407]);
/** Nothing there, or nothing that takes a POST: the address or the model is wrong. */
const MODEL_AT_FAULT: ReadonlySet<number> = new Set([404, 405, 410]);

/**
 * Codes in words, with the status that comes with them where they come without a stream: OpenAI's
 * (platform.openai.com/docs/guides/error-codes), and TGI's `error_type`.
 */
const STATUS_BY_CODE: ReadonlyMap<string, number> = new Map([
	["context_length_exceeded", 400],
	["invalid_api_key", 401],
	["model_not_found", 404],
	["rate_limit_exceeded", 429],
	["insufficient_quota", 429],
	["server_error", 500],
	["validation", 422],
	["overloaded", 429],
]);

/** The error's status where nothing is known but that there was one. */
const UNKNOWN_STATUS = 500;

/**
 * What an error status of an OpenAI-compatible upstream means, with what was said beside it. Its refusal of *our* key or model
 * is our misconfiguration, never the client's fault; what it says about the request itself is passed on, trimmed. Any other
 * status is the upstream's own trouble: 408, 409, 425 and TGI's 424 are about the moment and not about the request.
 */
export function statusFailure(
	status: number,
	error: UpstreamError | null,
	retryAfterSeconds: number | null,
): StageFailure {
	const message = error?.message ?? "";
	if (CREDENTIALS_AT_FAULT.has(status)) return { kind: "misconfigured", what: "credentials" };
	if (MODEL_AT_FAULT.has(status)) return { kind: "misconfigured", what: "model" };
	if (status === 429) {
		// OpenAI's word for an account without money, which no waiting mends.
		if (error?.code === "insufficient_quota") return { kind: "misconfigured", what: "credentials" };
		return { kind: "overloaded", retryAfterSeconds };
	}
	if (!REQUEST_AT_FAULT.has(status))
		return { kind: "upstream-error", status, message, ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }) };
	return {
		kind: "bad-request",
		message: upstreamWords(message),
		param: error?.param ?? null,
		code: TOO_LONG.test(message) ? "context_length_exceeded" : codeInWords(error?.code ?? null),
	};
}

/**
 * An error that came inside a stream with status 200: what it would have been with the status that its code is or names.
 * Without one it is the upstream's, since a request that it could not serve would have had an error status.
 */
export function streamFailure(error: UpstreamError): StageFailure {
	const status = STATUS_BY_CODE.get(error.code ?? "") ?? Number(error.code);
	const isError = Number.isInteger(status) && status >= 400 && status <= 599;
	return statusFailure(isError ? status : UNKNOWN_STATUS, error, null);
}

/** vLLM, SGLang and llama.cpp say in words only that a prompt is too long. */
const TOO_LONG = /maximum context length|exceeds? the (?:available )?context (?:size|window|length)/iu;

/** vLLM's code is the status again, which says nothing; LangChain relies on `context_length_exceeded`. */
function codeInWords(code: string | null): string | null {
	return code === null || /^\d+$/u.test(code) ? null : code;
}
