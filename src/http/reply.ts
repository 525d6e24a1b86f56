import type { ErrorReply } from "../openai/error-body.ts";
import { STRICT_HEADERS } from "../web/response-headers.ts";

/** On every reply. `policyRevision`: the revision of the tenant's policy that an answer was made under. */
export function commonHeaders(requestId: string, policyRevision?: number): Record<string, string> {
	return {
		"x-request-id": requestId,
		...(policyRevision === undefined ? {} : { "x-cascade-policy-revision": String(policyRevision) }),
		...STRICT_HEADERS,
	};
}

/** A JSON reply. */
export function jsonReply(status: number, body: unknown, headers: Record<string, string>): Response {
	return new Response(typeof body === "string" ? body : JSON.stringify(body), {
		status,
		headers: { ...headers, "content-type": "application/json" },
	});
}

/** An error reply in OpenAI's shape. */
export function errorResponse(error: ErrorReply, requestId: string): Response {
	return jsonReply(error.status, error.body, { ...commonHeaders(requestId), ...error.headers });
}
