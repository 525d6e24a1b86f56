import type { LedgerRefusal } from "../core/ledger/ledger-ports.ts";
import type { PolicyProblem } from "../core/tenant-policy.ts";
import type { ErrorObject } from "../openai/error-body.ts";
import { STRICT_HEADERS } from "../web/response-headers.ts";

/** Statuses of refusals. Beside those of inference: 409, 412, 422 and 428, which no client retries by itself here. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 422 | 428 | 429 | 500 | 503;

/** A refusal: OpenAI's error object, as on every path of the Worker, and what a caller needs to do better. */
export interface AdminRefusal {
	readonly status: RefusalStatus;
	readonly body: {
		readonly error: ErrorObject;
		/** Everything that is wrong with what was sent. */
		readonly problems?: readonly PolicyProblem[];
		/** The revision that is current; 0: there is none. */
		readonly current?: number;
	};
	readonly headers: Readonly<Record<string, string>>;
}

/** Builds a refusal. `retryAfterSeconds` marks a passing fault. */
export function refuse(input: {
	readonly status: RefusalStatus;
	readonly code: string;
	readonly message: string;
	readonly param?: string | null;
	readonly problems?: readonly PolicyProblem[];
	readonly current?: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly retryAfterSeconds?: number;
}): AdminRefusal {
	const { status, code, message, param = null, problems, current, headers = {}, retryAfterSeconds } = input;
	return {
		status,
		body: {
			error: { message, type: typeOf(status), param, code },
			...(problems === undefined ? {} : { problems }),
			...(current === undefined ? {} : { current }),
		},
		headers: retryAfterSeconds === undefined ? headers : { ...headers, "retry-after": String(retryAfterSeconds) },
	};
}

function typeOf(status: RefusalStatus): string {
	if (status === 401) return "authentication_error";
	if (status === 403) return "permission_error";
	if (status === 429) return "rate_limit_error";
	return status < 500 ? "invalid_request_error" : "server_error";
}

/** More than a person mends at once. */
const MOST_PROBLEMS_TOLD = 50;
/** A field's name may be the sender's own, and a message may repeat what was sent. */
const MOST_PATH_CHARACTERS = 200;
const MOST_MESSAGE_CHARACTERS = 300;

/** What was sent does not fit; each problem names its field. Of very many the first are told, and none at length. */
export function problemsRefusal(status: 400 | 422, code: string, problems: readonly PolicyProblem[]): AdminRefusal {
	const told = problems.slice(0, MOST_PROBLEMS_TOLD).map(({ path, message }) => ({
		path: shortened(path, MOST_PATH_CHARACTERS),
		message: shortened(message, MOST_MESSAGE_CHARACTERS),
	}));
	const more = problems.length > told.length ? [`${problems.length - told.length} more.`] : [];
	const message = [...told.map(({ path, message: text }) => `${path}: ${text}.`), ...more].join(" ");
	return refuse({ status, code, message, param: told[0]?.path ?? null, problems: told });
}

function shortened(text: string, most: number): string {
	return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** The one answer about a tenant that is not there, or not the caller's: byte for byte the same. */
export function unknownTenant(): AdminRefusal {
	return refuse({ status: 404, code: "tenant_not_found", message: "There is no such tenant.", param: "tenant" });
}

/** What a ledger's refusal is on the wire. `invalidCode`: the code of what does not fit. */
export function ledgerRefusal(refusal: LedgerRefusal, invalidCode = "invalid_request"): AdminRefusal {
	switch (refusal.kind) {
		case "conflict":
			return conflictRefusal(refusal.current);
		case "invalid":
			return problemsRefusal(422, invalidCode, refusal.problems);
		case "not-found":
			return refusal.what === "tenant"
				? unknownTenant()
				: refuse({ status: 404, code: "not_found", message: `There is no ${refusal.what}.` });
		case "already-exists":
			return refuse({
				status: 409,
				code: "already_exists",
				message: `There is a ${refusal.what} of that name already.`,
			});
		case "not-applicable":
			return refuse({ status: 409, code: "not_applicable", message: refusal.message });
	}
}

/** Somebody else has written since; `current` is 0 where there is nothing yet. */
export function conflictRefusal(current: number): AdminRefusal {
	const message =
		current === 0
			? "There is no revision yet: PUT the first with 'If-None-Match: *'."
			: `The current revision is ${current}: read it, and send 'If-Match: "${current}"' with your change to it.`;
	return refuse({
		status: 412,
		code: "revision_conflict",
		message,
		current,
		headers: current === 0 ? {} : { etag: etagOf(current) },
	});
}

/** A revision as an entity tag (RFC 9110, 8.8.3). */
export function etagOf(revision: number): string {
	return `"${revision}"`;
}

/** A reply as it leaves. Text, of another type than JSON, and a stream, of JSON, are sent as they are. */
export function toResponse(
	reply: { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> },
	requestId: string,
): Response {
	const { status, body, headers = {} } = reply;
	return new Response(typeof body === "string" || body instanceof ReadableStream ? body : JSON.stringify(body), {
		status,
		headers: { ...STRICT_HEADERS, "content-type": "application/json", "x-request-id": requestId, ...headers },
	});
}
