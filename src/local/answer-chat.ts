/** A local model's answer as one OpenAI `chat.completion` object. */
import { encodeLogprobs } from "./encode-logprobs.ts";
import { generateAnswer } from "./generate-answer.ts";
import { type GeneratedChoice, textOf } from "./generated-answer.ts";
import type { LocalModel } from "./models/catalogue.ts";
import type { LocalChatRequest } from "./parse-chat-body.ts";
import type { Random } from "./sample.ts";
import type { AnswerIdentity, ChatCompletion, WireChoice } from "./wire-types.ts";

/** OpenAI's name for the backend configuration; a constant, as ours never changes. */
export const SYSTEM_FINGERPRINT = "local";

/**
 * Answers a chat.
 *
 * @param random used when the request carries no seed.
 */
export function answerChat(
	model: LocalModel,
	request: LocalChatRequest,
	random: Random,
	identity: AnswerIdentity,
): ChatCompletion {
	const answer = generateAnswer(model, request, random);
	return {
		...identity,
		object: "chat.completion",
		choices: answer.choices.map((choice, index) => encodeChoice(choice, index, request.topLogprobs !== undefined)),
		usage: answer.usage,
		system_fingerprint: SYSTEM_FINGERPRINT,
	};
}

function encodeChoice(choice: GeneratedChoice, index: number, wantsLogprobs: boolean): WireChoice {
	const text = textOf(choice.tokens);
	return {
		index,
		message:
			choice.toolCall === undefined
				? { role: "assistant", content: text, refusal: null }
				: {
						role: "assistant",
						content: null,
						refusal: null,
						tool_calls: [
							{ id: choice.toolCall.id, type: "function", function: { name: choice.toolCall.name, arguments: text } },
						],
					},
		logprobs: encodeLogprobs(choice.tokens, wantsLogprobs),
		finish_reason: choice.finishReason,
	};
}
