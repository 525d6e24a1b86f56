import type { Context } from "hono";
import { ok } from "../core/result.ts";
import { parseResponsesRequest } from "../openai/responses/parse-responses-request.ts";
import { createResponsesEncoder } from "../openai/responses/responses-encoder.ts";
import { answerGeneration, type GenerationEndpoint } from "./answer-generation.ts";
import type { AppPorts } from "./app-ports.ts";

const RESPONSES: GenerationEndpoint = {
	name: "responses",
	idPrefix: "resp_",
	parse(body) {
		const request = parseResponsesRequest(body);
		if (!request.ok) return request;
		const encoder = createResponsesEncoder(request.value);
		return ok({ chat: request.value.chat, encoder, maxTokensParam: "max_output_tokens" });
	},
};

/** `POST /v1/responses`, stateless: the same cascade as chat, in the form of the Responses API. */
export function responses(context: Context, ports: AppPorts, requestId: string): Promise<Response> {
	return answerGeneration(RESPONSES, context, ports, requestId);
}
