import type { ErrorReply } from "../openai/error-body.ts";

/**
 * On every reply: nothing of ours may be cached between us and the client, or taken for another type. `policyRevision`: the
 * revision of the tenant's policy that an answer was made under.
 */
export function commonHeaders(requestId: string, policyRevision?: number): Record<string, string> {
	return {
		"x-request-id": requestId,
		...(policyRevision === undefined ? {} : { "x-cascade-policy-revision": String(policyRevision) }),
		"cache-control": "no-store",
		"x-content-type-options": "nosniff",
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
