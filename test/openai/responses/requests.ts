import type { JsonObject } from "../../../src/core/json.ts";
import { parseResponsesRequest, type ResponsesRequest } from "../../../src/openai/responses/parse-responses-request.ts";

/** The least that a request says. */
export const LEAST = { model: "mail", input: "Is this spam?" };

/** A request that must be right; fields given replace or join the least one's. */
export function responsesRequest(fields: JsonObject = {}): ResponsesRequest {
	const parsed = parseResponsesRequest({ ...LEAST, ...fields });
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	return parsed.value;
}

/** The chat body that such a request becomes, without what every one has. */
export function translated(fields: JsonObject): JsonObject {
	const { model: _model, messages: _messages, ...rest } = responsesRequest(fields).chat.body;
	return rest;
}

/** The chat messages that these items become. */
export function messagesOf(...input: readonly unknown[]): unknown {
	return responsesRequest({ input }).chat.messages;
}

/** What is wrong with such a request: each message under its `param`. */
export function problemsOf(fields: JsonObject): Readonly<Record<string, string>> {
	const parsed = parseResponsesRequest({ ...LEAST, ...fields });
	return parsed.ok ? {} : Object.fromEntries(parsed.error.map(({ param, message }) => [String(param), message]));
}

/** A function tool in the Responses form. */
export const tool = (name: string, more: JsonObject = {}): JsonObject => ({
	type: "function",
	name,
	parameters: { type: "object" },
	strict: false,
	...more,
});
