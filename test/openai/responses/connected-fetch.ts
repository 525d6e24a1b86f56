/** A fetch that ends in our parser and encoder, for clients that are to be tried without a server. */
import type { JsonObject } from "../../../src/core/json.ts";
import type { AnswerEncoder } from "../../../src/openai/answer-encoder.ts";
import { parseResponsesRequest } from "../../../src/openai/responses/parse-responses-request.ts";
import { createResponsesEncoder } from "../../../src/openai/responses/responses-encoder.ts";

/** Writes the answer to a request whose body has been found right. */
export type Answer = (encoder: AnswerEncoder, body: JsonObject) => string;

/** Answers what our parser accepts and refuses the rest with status 400, as the endpoint does; remembers the bodies. */
export function connectedFetch(answer: Answer) {
	const bodies: JsonObject[] = [];
	const fetch = (_url: unknown, init?: { readonly body?: unknown }) => {
		const body = JSON.parse(String(init?.body)) as JsonObject;
		bodies.push(body);
		const parsed = parseResponsesRequest(body);
		if (!parsed.ok) {
			const message = parsed.error.map((each) => each.message).join(" ");
			const error = { message, type: "invalid_request_error", param: parsed.error[0]?.param, code: "invalid_request" };
			return Promise.resolve(Response.json({ error }, { status: 400 }));
		}
		const type = body["stream"] === true ? "text/event-stream" : "application/json";
		const text = answer(createResponsesEncoder(parsed.value), body);
		return Promise.resolve(new Response(text, { headers: { "content-type": type } }));
	};
	return { fetch, bodies };
}
