import type { ErrorReply } from "../openai/error-body.ts";
import { STRICT_HEADERS } from "../web/response-headers.ts";

/** Headers of a reply beside the strict ones and its type. */
export type ReplyHeaders = Readonly<Record<string, string>>;

/**
 * What replies begin with, as the runtime keeps headers: copying these costs it a third of what reading the same ones out of
 * an object does (`docs/performance.md`).
 */
const JSON_HEADERS = new Headers({ ...STRICT_HEADERS, "content-type": "application/json" });
const EVENT_STREAM_HEADERS = new Headers({ ...STRICT_HEADERS, "content-type": "text/event-stream; charset=utf-8" });

/** On every reply, beside the strict ones. `policyRevision`: the revision of the tenant's policy that an answer was made under. */
export function commonHeaders(requestId: string, policyRevision?: number): ReplyHeaders {
	return policyRevision === undefined
		? { "x-request-id": requestId }
		: { "x-request-id": requestId, "x-cascade-policy-revision": String(policyRevision) };
}

/** A JSON reply; text is JSON already. */
export function jsonReply(status: number, body: unknown, headers: ReplyHeaders): Response {
	return replyOf(typeof body === "string" ? body : JSON.stringify(body), status, JSON_HEADERS, headers);
}

/** A stream of events. */
export function eventStreamReply(body: string | ReadableStream<Uint8Array>, headers: ReplyHeaders): Response {
	return replyOf(body, 200, EVENT_STREAM_HEADERS, headers);
}

/** A reply that was given before, in whatever type its headers say. */
export function repeatedReply(status: number, body: ArrayBuffer, headers: ReplyHeaders): Response {
	return replyOf(body, status, JSON_HEADERS, headers);
}

/** An error reply in OpenAI's shape. */
export function errorResponse(error: ErrorReply, requestId: string): Response {
	return jsonReply(error.status, error.body, { ...commonHeaders(requestId), ...error.headers });
}

function replyOf(
	body: string | ArrayBuffer | ReadableStream<Uint8Array>,
	status: number,
	first: Headers,
	headers: ReplyHeaders,
): Response {
	const response = new Response(body, { status, headers: first });
	const { headers: own } = response;
	for (const name of Object.keys(headers)) own.set(name, headers[name] ?? "");
	return response;
}
