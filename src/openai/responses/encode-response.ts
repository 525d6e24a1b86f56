import type { CascadeFacts } from "../../core/cascade-facts.ts";
import type { Completion } from "../../core/completion.ts";
import type { JsonObject } from "../../core/json.ts";
import type { AnswerIdentity } from "../answer-encoder.ts";
import { encodeCompletionAsStream } from "../encode-completion.ts";
import type { ResponsesRequest } from "./parse-responses-request.ts";
import {
	callItem,
	endingOf,
	itemIds,
	messageItem,
	reasoningItem,
	reasoningOf,
	refusalPart,
	responseLogprobs,
	responseObject,
	responseUsage,
	textPart,
	type ResponseStatus,
} from "./response-object.ts";
import { createResponseStream } from "./stream-encoder.ts";

/**
 * A whole answer as a Response object: the model's reasoning where it told it, one message, then the tool calls, and
 * the `cascade` object beside them. An answer that was cut off is `incomplete`, and so is its last item.
 */
export function encodeResponse(
	request: ResponsesRequest,
	answer: Completion,
	identity: AnswerIdentity,
	facts: CascadeFacts,
): string {
	const [choice] = answer.body["choices"] as [JsonObject];
	const ending = endingOf(choice["finish_reason"]);
	const output = outputOf(request, choice, identity, ending.status);
	const usage = responseUsage(answer.body["usage"]);
	return JSON.stringify(responseObject(request, identity, { ...ending, output, usage, facts }));
}

/** A whole answer as a complete event stream, by way of the chat stream that says the same. */
export function encodeResponseAsStream(
	request: ResponsesRequest,
	answer: Completion,
	identity: AnswerIdentity,
	facts: CascadeFacts,
): string {
	const chat = { ...request.chat, includeUsage: true };
	return createResponseStream(request, identity).feed(encodeCompletionAsStream(chat, answer, identity, facts));
}

function outputOf(
	request: ResponsesRequest,
	choice: JsonObject,
	identity: AnswerIdentity,
	lastStatus: ResponseStatus,
): JsonObject[] {
	const message = choice["message"] as JsonObject;
	const { content, refusal, tool_calls: toolCalls } = message;
	const ids = itemIds(identity);
	const items: ((status: ResponseStatus) => JsonObject)[] = [];
	const reasoning = reasoningOf(message);
	if (reasoning !== "") items.push((status) => reasoningItem(ids.reasoning(0), reasoning, status));
	const parts: JsonObject[] = [];
	if (typeof content === "string" && content !== "") {
		parts.push(textPart(content, responseLogprobs(request, choice["logprobs"])));
	}
	if (typeof refusal === "string" && refusal !== "") parts.push(refusalPart(refusal));
	const calls = Array.isArray(toolCalls) ? (toolCalls as JsonObject[]) : [];
	// Where nothing was said at all, that is what the message says.
	if (items.length === 0 && parts.length === 0 && calls.length === 0) parts.push(textPart("", []));
	if (parts.length > 0) items.push((status) => messageItem(ids.message, parts, status));
	for (const [number, { id, function: called }] of calls.entries()) {
		const { name, arguments: callArguments } = called as { readonly name: string; readonly arguments: string };
		const call = { callId: id as string, name, arguments: callArguments };
		items.push((status) => callItem(ids.call(number), call, status));
	}
	return items.map((item, index) => item(index === items.length - 1 ? lastStatus : "completed"));
}
