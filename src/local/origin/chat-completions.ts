/** `POST /v1/chat/completions` of the local origin. */
import { answerChat } from "../answer-chat.ts";
import { eventStream, pause } from "../event-stream.ts";
import { unsupportedByModel } from "../generate-answer.ts";
import { type ServedModel, isChatModel } from "../models/served-models.ts";
import { parseChatBody } from "../parse-chat-body.ts";
import { streamChat } from "../stream-chat.ts";
import { errorResponse, modelNotFound } from "./replies.ts";

/** Answers a chat, as a stream where the body asks for one, at `speed` tokens a second. */
export async function completeChat(
	find: (name: string) => ServedModel | undefined,
	body: unknown,
	requestId: string,
	speed: number | undefined,
	signal: AbortSignal,
): Promise<Response> {
	const parsed = parseChatBody(body);
	if (!parsed.ok) return errorResponse(400, parsed.problem.message, parsed.problem.param);
	const chat = parsed.request;
	const model = find(chat.model);
	if (model === undefined || !isChatModel(model)) return modelNotFound(chat.model);
	const unsupported = unsupportedByModel(model, chat);
	if (unsupported !== undefined) return errorResponse(400, unsupported.message, unsupported.param);
	const identity = { id: `chatcmpl-${requestId}`, created: Math.floor(Date.now() / 1_000), model: chat.model };
	if (chat.isStream) {
		return new Response(eventStream(streamChat(model, chat, Math.random, identity), speed, signal), {
			headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
		});
	}
	const completion = answerChat(model, chat, Math.random, identity);
	if (speed !== undefined) await pause((1_000 * completion.usage.completion_tokens) / speed, signal);
	return Response.json(completion);
}
