import type { Context } from "hono";
import type { FeedbackRefusal } from "../core/ledger/feedback.ts";
import { errorReply, type ErrorReply } from "../openai/error-body.ts";
import { parseFeedbackRequest } from "../openai/feedback/parse-feedback-request.ts";
import type { AppPorts } from "./app-ports.ts";
import { invalidRequest, readJsonBody } from "./read-body.ts";
import { readTenant } from "./read-tenant.ts";
import { commonHeaders, errorResponse, jsonReply } from "./reply.ts";

/** Ours: an id, a number and a verdict. */
const MOST_BODY_BYTES = 4_096;

/**
 * `POST /v1/feedback`: what the client says of an answer that it had. Kept by the id of the request, so that sending it
 * again changes nothing; of a request that no record is known of yet it is kept too, since the answer is sooner with its
 * client than its record with the ledger.
 */
export async function feedback(context: Context, ports: AppPorts, requestId: string): Promise<Response> {
	const raw = context.req.raw;
	const tenant = await readTenant(raw, ports);
	if (!tenant.ok) return errorResponse(tenant.error, requestId);
	const body = await readJsonBody(raw, MOST_BODY_BYTES);
	if (!body.ok) return errorResponse(body.error, requestId);
	const parsed = parseFeedbackRequest(body.value);
	if (!parsed.ok) return errorResponse(invalidRequest(parsed.error), requestId);
	const { requestId: about, item } = parsed.value;
	const recorded = await ports.recordFeedback(tenant.value.id, parsed.value);
	if (!recorded.ok) return errorResponse(refusalReply(recorded.error), requestId);
	const { changed, joined } = recorded.value;
	const reply = { object: "feedback", request_id: about, ...(item === undefined ? {} : { item }), changed, joined };
	return jsonReply(200, reply, commonHeaders(requestId));
}

function refusalReply(refusal: FeedbackRefusal | "unavailable"): ErrorReply {
	switch (refusal) {
		case "unavailable":
			return errorReply({
				status: 503,
				code: "feedback_unavailable",
				message: "Feedback cannot be kept at the moment.",
				retryAfterSeconds: 5,
			});
		case "day-full":
			// No `retry-after`, as for a budget: clients sleep through a short one and try in vain.
			return errorReply({
				status: 429,
				code: "feedback_limit_exceeded",
				message: "As much feedback as is kept of one day has come. The next is taken after midnight UTC.",
			});
		case "no-tenant":
			return errorReply({
				status: 404,
				code: "no_ledger",
				message: "This API key's tenant has no ledger, which would keep feedback; its operator can make one.",
			});
	}
}
