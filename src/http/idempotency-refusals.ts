import { errorReply, type ErrorReply } from "../openai/error-body.ts";

/** Name of the header, as messages and `param` have it. */
export const IDEMPOTENCY_KEY = "Idempotency-Key";

/** Refused in every case: the request can never be made with this header here. */
function refusal(code: string, message: string): ErrorReply {
	return errorReply({ status: 400, code, param: IDEMPOTENCY_KEY, message });
}

export const MALFORMED_KEY = refusal(
	"invalid_request",
	`'${IDEMPOTENCY_KEY}' must be 1 to 255 visible ASCII characters, without spaces.`,
);

export const NO_TEXT_KEPT = refusal(
	"idempotency_unavailable",
	`'${IDEMPOTENCY_KEY}' cannot be honoured: this cascade's policy keeps no text, so an answer cannot be replayed. ` +
		"Give the cascade `retainText` in the policy, or send the request without the header.",
);

export const NEVER_REPLAYED = refusal(
	"idempotency_unavailable",
	`'${IDEMPOTENCY_KEY}' cannot be honoured: answers of this endpoint are never kept. Send the request without the header.`,
);

/** Passing faults; the request has not run, since it would run without what it asked for. */
export const RECORD_UNAVAILABLE = errorReply({
	status: 503,
	code: "idempotency_record_unavailable",
	param: IDEMPOTENCY_KEY,
	message: `The record of this '${IDEMPOTENCY_KEY}' cannot be reached at the moment, so nothing was run.`,
	retryAfterSeconds: 2,
});

/** The deployment's fault, which no repetition mends. */
export const NO_RECORDS = errorReply({
	status: 503,
	code: "idempotency_not_configured",
	param: IDEMPOTENCY_KEY,
	message: `'${IDEMPOTENCY_KEY}' cannot be honoured: this deployment has no binding REPLAY_RECORD, where answers are kept. Nothing was run.`,
});

/**
 * Statuses of draft-ietf-httpapi-idempotency-key-header, section 2.7. Official clients try 409 again by themselves,
 * unless they are told not to.
 */
function conflict(
	status: 409 | 422,
	input: { readonly code: string; readonly message: string; readonly retryAfterSeconds?: number },
): ErrorReply {
	const { body, headers } = errorReply({ status: 400, param: IDEMPOTENCY_KEY, ...input });
	return { status, body, headers: "retry-after" in headers ? headers : { ...headers, "x-should-retry": "false" } };
}

export const IN_PROGRESS = conflict(409, {
	code: "idempotency_in_progress",
	message: `The request that first had this '${IDEMPOTENCY_KEY}' still runs.`,
	retryAfterSeconds: 1,
});

export const KEY_REUSED = conflict(422, {
	code: "idempotency_key_reused",
	message: `This '${IDEMPOTENCY_KEY}' belongs to a request that asked for something else. Use a new key for each new request.`,
});

/** `requestId`: of the request that was answered. */
export function answerNotKept(requestId: string): ErrorReply {
	return conflict(409, {
		code: "idempotency_answer_not_kept",
		message: `The request of this '${IDEMPOTENCY_KEY}' was answered as ${requestId}, with more than the 1 MiB that is kept. Nothing was run again.`,
	});
}
