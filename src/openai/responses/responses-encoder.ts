import type { AnswerEncoder } from "../answer-encoder.ts";
import { encodeResponse, encodeResponseAsStream } from "./encode-response.ts";
import type { ResponsesRequest } from "./parse-responses-request.ts";
import { createResponseStream } from "./stream-encoder.ts";

/** The answers to a Responses request, in the form of `/v1/responses`. */
export function createResponsesEncoder(request: ResponsesRequest): AnswerEncoder {
	return {
		whole: (answer, identity, facts) => encodeResponse(request, answer, identity, facts),
		wholeAsStream: (answer, identity, facts) => encodeResponseAsStream(request, answer, identity, facts),
		stream: (identity) => createResponseStream(request, identity),
	};
}
