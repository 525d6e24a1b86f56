import type { Context } from "hono";
import { ok } from "../core/result.ts";
import { createChatEncoder } from "../openai/encode-completion.ts";
import { parseChatRequest } from "../openai/parse-chat-request.ts";
import { answerGeneration, type GenerationEndpoint } from "./answer-generation.ts";
import type { AppPorts } from "./app-ports.ts";

const CHAT_COMPLETIONS: GenerationEndpoint = {
	name: "chat.completions",
	idPrefix: "chatcmpl-",
	parse(body) {
		const chat = parseChatRequest(body);
		if (!chat.ok) return chat;
		const maxTokensParam = chat.value.body["max_completion_tokens"] == null ? "max_tokens" : "max_completion_tokens";
		return ok({ chat: chat.value, encoder: createChatEncoder(chat.value), maxTokensParam });
	},
};

/** `POST /v1/chat/completions`. */
export function chatCompletions(context: Context, ports: AppPorts, requestId: string): Promise<Response> {
	return answerGeneration(CHAT_COMPLETIONS, context, ports, requestId);
}
