import type { StageFailure } from "../core/stage-failure.ts";

/** An answer that is an error: OpenAI's shape on every path, and what tells clients whether to try again. */
export interface ErrorReply {
	readonly status: number;
	readonly body: { readonly error: ErrorObject };
	readonly headers: Readonly<Record<string, string>>;
}

/** OpenAI's error object; `param` and `code` are always there, as its schema requires. */
export interface ErrorObject {
	readonly message: string;
	readonly type: string;
	readonly param: string | null;
	readonly code: string | null;
}

/**
 * Statuses used on inference routes. Official clients retry 408, 409, 429 and 5xx, and LangChain also 410, 415 and
 * 422, so a permanent fault is only ever one of the first row; a passing one carries `retry-after`. 409 and 422 are of
 * idempotency keys alone (`src/http/idempotency-refusals.ts`).
 */
type InferenceStatus = 400 | 401 | 403 | 404 | 405 | 413 | 429 | 500 | 502 | 503 | 504;

const MOST_RETRY_SECONDS = 60;

/** Builds an error reply. `retryAfterSeconds` marks a passing fault; without it a 5xx says not to retry. */
export function errorReply(input: {
	readonly status: InferenceStatus;
	readonly message: string;
	readonly code: string;
	readonly param?: string | null;
	readonly retryAfterSeconds?: number;
}): ErrorReply {
	const { status, message, code, param = null, retryAfterSeconds } = input;
	const headers: Record<string, string> = {};
	if (retryAfterSeconds !== undefined) {
		const asked = Number.isNaN(retryAfterSeconds) ? MOST_RETRY_SECONDS : retryAfterSeconds;
		const seconds = Math.ceil(Math.min(MOST_RETRY_SECONDS, Math.max(0, asked)));
		headers["retry-after"] = String(seconds);
	} else if (status >= 429) {
		headers["x-should-retry"] = "false";
	}
	return { status, body: { error: { message, type: typeOf(status, code), param, code } }, headers };
}

function typeOf(status: InferenceStatus, code: string): string {
	// OpenAI's own type for an account without money, which clients tell apart from a rate limit.
	if (code === "insufficient_quota") return code;
	if (status === 401) return "authentication_error";
	if (status === 403) return "permission_error";
	if (status === 429) return "rate_limit_error";
	return status < 500 ? "invalid_request_error" : "server_error";
}

/** What the client is told when no stage could answer. The stage's name is the tenant's own, so it may be said. */
export function stageFailureReply(failure: StageFailure, stage: string): ErrorReply {
	switch (failure.kind) {
		case "timeout":
			return errorReply({
				status: 504,
				code: "upstream_timeout",
				message: `The stage '${stage}' did not answer within ${Math.round(failure.afterMs)} ms.`,
				retryAfterSeconds: 1,
			});
		case "aborted":
			// Nobody reads this: the client has gone. It must still be a valid reply.
			return errorReply({
				status: 503,
				code: "client_left",
				message: "The client closed the request.",
				retryAfterSeconds: 1,
			});
		case "unreachable":
			return errorReply({
				status: 503,
				code: "origin_unavailable",
				message: `The stage '${stage}' could not be reached.`,
				retryAfterSeconds: 5,
			});
		case "broken-off":
			return errorReply({
				status: 502,
				code: "upstream_broken_off",
				message: `The stage '${stage}' broke off its answer.`,
				retryAfterSeconds: 2,
			});
		case "overloaded":
			return errorReply({
				status: 429,
				code: "rate_limit_exceeded",
				message: `The stage '${stage}' is over its rate or capacity.`,
				retryAfterSeconds: failure.retryAfterSeconds ?? 5,
			});
		case "circuit-open":
			return errorReply({
				status: 503,
				code: "origin_unavailable",
				message: `The stage '${stage}' has failed too often of late and is given a rest.`,
				retryAfterSeconds: Math.max(1, failure.retryAfterSeconds),
			});
		case "daily-allocation":
			return errorReply({
				status: 503,
				code: "daily_allocation_used",
				message: `The stage '${stage}' has used its daily allocation, which renews at midnight UTC.`,
				retryAfterSeconds: MOST_RETRY_SECONDS,
			});
		case "budget-exhausted":
			// No `retry-after`: clients sleep through a short one and try in vain.
			return errorReply({
				status: 429,
				code: "insufficient_quota",
				message: `What is left of your budget of the day does not cover the stage '${stage}'. It renews at midnight UTC.`,
			});
		case "bad-request":
			return errorReply({
				status: 400,
				code: failure.code ?? "invalid_request",
				param: failure.param,
				message: badRequestMessage(failure, stage),
			});
		case "misconfigured":
			return misconfiguredReply(failure.what, stage);
		case "upstream-error":
			return errorReply({
				status: 502,
				code: "upstream_error",
				message: `The stage '${stage}' failed with status ${failure.status}${failure.message === "" ? "." : `: ${failure.message}`}`,
				retryAfterSeconds: failure.retryAfterSeconds ?? 2,
			});
		case "invalid-answer":
			return errorReply({
				status: 502,
				code: "upstream_invalid",
				message: `The stage '${stage}' sent no valid answer: ${failure.detail}.`,
				retryAfterSeconds: 2,
			});
		case "too-large":
			return errorReply({
				status: 502,
				code: "upstream_too_large",
				message: `The stage '${stage}' sent more than ${failure.limitBytes} bytes.`,
			});
	}
}

/** LangChain knows too long a prompt by the words of the message alone, so the code is among them. */
function badRequestMessage(failure: { readonly message: string; readonly code: string | null }, stage: string): string {
	const message = failure.message === "" ? `The stage '${stage}' refused the request.` : failure.message;
	if (failure.code !== "context_length_exceeded" || /maximum context length/u.test(message)) return message;
	return `${message.replace(/\.$/u, "")} (${failure.code}).`;
}

function misconfiguredReply(what: "credentials" | "model" | "origin" | "redirect", stage: string): ErrorReply {
	const explanations = {
		credentials: {
			code: "origin_auth",
			message: `The stage '${stage}' refused this service's credentials.`,
		},
		model: {
			code: "origin_model",
			message: `The stage '${stage}' does not know the model it is configured with.`,
		},
		origin: {
			code: "origin_config",
			message: `The origin of the stage '${stage}' is not configured.`,
		},
		redirect: {
			code: "origin_redirect",
			message: `The stage '${stage}' answered with a redirect, which is not followed.`,
		},
	};
	return errorReply({ status: 502, ...explanations[what] });
}
