import type { CascadeFacts } from "../core/cascade-facts.ts";
import type { ChatRequest, Completion } from "../core/completion.ts";
import type { JsonObject } from "../core/json.ts";
import { answerAsSent } from "./answer-as-sent.ts";
import type { AnswerEncoder, AnswerIdentity, StreamEncoder } from "./answer-encoder.ts";
import { shownLogprobs } from "./shown-logprobs.ts";
import { formatErrorEnd, formatEvent, STREAM_END } from "./sse.ts";

/** The answers to a chat request, in the form of `/v1/chat/completions`. */
export function createChatEncoder(request: ChatRequest): AnswerEncoder {
	return {
		whole: (answer, identity, facts) => encodeCompletion(request, answer, identity, facts),
		wholeAsStream: (answer, identity, facts) => encodeCompletionAsStream(request, answer, identity, facts),
		stream: () => CHAT_STREAM,
	};
}

/** The cascade's streams are chat streams already. */
const CHAT_STREAM: StreamEncoder = { feed: (chatEvents) => chatEvents, fail: formatErrorEnd };

/**
 * A whole answer as `chat.completion` JSON: the stage's own body, with `model` as the client asked for it and the
 * `cascade` object. Log-probabilities that only the confidence method asked for are taken out again; an answer in which there
 * are none, and that needs no mending, goes out as the text that came.
 */
export function encodeCompletion(
	request: ChatRequest,
	answer: Completion,
	identity: AnswerIdentity,
	facts: CascadeFacts,
): string {
	const asSent = answer.sent === undefined ? null : answerAsSent(answer.sent, answer.body, request.model, facts);
	if (asSent !== null) return asSent;
	const body = identified(answer.body, identity);
	return JSON.stringify({
		...body,
		model: request.model,
		choices: choicesFor(request, body),
		cascade: facts,
	});
}

/** A whole answer as a complete event stream, in few chunks: it is all there, so nothing is gained by many. */
export function encodeCompletionAsStream(
	request: ChatRequest,
	answer: Completion,
	identity: AnswerIdentity,
	facts: CascadeFacts,
): string {
	const body = identified(answer.body, identity);
	const head = {
		id: body["id"],
		object: "chat.completion.chunk",
		created: body["created"],
		model: request.model,
	};
	const choices = choicesFor(request, body);
	// With `include_usage` OpenAI sets `usage` to null on every chunk but the last.
	const noUsage = request.includeUsage ? { usage: null } : {};
	const chunk = (choice: JsonObject, rest: JsonObject = {}) =>
		formatEvent({ ...head, choices: [choice], ...noUsage, ...rest });
	let text = "";
	for (const { index, message, logprobs } of choices as WireChoice[]) {
		text += chunk({
			index,
			delta: { role: "assistant", content: "", refusal: null },
			logprobs: null,
			finish_reason: null,
		});
		const delta = deltaOf(message);
		if (delta !== null) text += chunk({ index, delta, logprobs: logprobs ?? null, finish_reason: null });
	}
	for (const [position, { index, finish_reason }] of (choices as WireChoice[]).entries()) {
		const last = position === choices.length - 1;
		const rest = last && !request.includeUsage ? { cascade: facts } : {};
		text += chunk({ index, delta: {}, logprobs: null, finish_reason }, rest);
	}
	if (request.includeUsage) text += formatEvent({ ...head, choices: [], usage: body["usage"] ?? null, cascade: facts });
	return text + STREAM_END;
}

interface WireChoice extends JsonObject {
	readonly index: number;
	readonly message: JsonObject;
	readonly logprobs?: unknown;
	readonly finish_reason: string;
}

function identified(body: JsonObject, identity: AnswerIdentity): JsonObject {
	return {
		...body,
		id: typeof body["id"] === "string" && body["id"] !== "" ? body["id"] : identity.id,
		created: typeof body["created"] === "number" ? Math.floor(body["created"]) : identity.created,
	};
}

function choicesFor(request: ChatRequest, body: JsonObject): JsonObject[] {
	return (body["choices"] as JsonObject[]).map((choice) => ({
		...choice,
		logprobs: shownLogprobs(request, choice["logprobs"]),
	}));
}

/** The message as one delta, tool calls numbered as streams want them; null where it says nothing. */
function deltaOf(message: JsonObject): JsonObject | null {
	const { role: _role, tool_calls: toolCalls, content, refusal, ...others } = message;
	const delta: JsonObject = { ...others };
	if (typeof content === "string") delta["content"] = content;
	if (typeof refusal === "string") delta["refusal"] = refusal;
	if (Array.isArray(toolCalls)) {
		delta["tool_calls"] = (toolCalls as JsonObject[]).map((call, index) => ({ index, ...call }));
	}
	return Object.keys(delta).length === 0 ? null : delta;
}
