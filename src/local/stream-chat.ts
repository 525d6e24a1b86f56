/** A local model's answer as OpenAI `chat.completion.chunk` objects, one for each token. */
import { SYSTEM_FINGERPRINT } from "./answer-chat.ts";
import { encodeLogprobs } from "./encode-logprobs.ts";
import { generateAnswer } from "./generate-answer.ts";
import type { GeneratedChoice, GeneratedToken } from "./generated-answer.ts";
import type { LocalModel } from "./models/catalogue.ts";
import type { LocalChatRequest } from "./parse-chat-body.ts";
import type { Random } from "./sample.ts";
import type { AnswerIdentity, ChatChunk, WireDelta } from "./wire-types.ts";

/**
 * The chunks of an answer, in order: for each choice its role, its tokens and its
 * finish reason; then the usage if it was asked for. The same request and
 * randomness give the text {@link answerChat} gives.
 */
export function streamChat(
	model: LocalModel,
	request: LocalChatRequest,
	random: Random,
	identity: AnswerIdentity,
): ChatChunk[] {
	const answer = generateAnswer(model, request, random);
	const frame = { ...identity, object: "chat.completion.chunk", system_fingerprint: SYSTEM_FINGERPRINT } as const;
	const wantsLogprobs = request.topLogprobs !== undefined;
	const chunks = answer.choices.flatMap((choice, index): ChatChunk[] => {
		const chunk = (
			delta: WireDelta,
			tokens: readonly GeneratedToken[],
			finishReason: GeneratedChoice["finishReason"] | null,
		): ChatChunk => ({
			...frame,
			choices: [
				{
					index,
					delta,
					logprobs: encodeLogprobs(tokens, wantsLogprobs && tokens.length > 0),
					finish_reason: finishReason,
				},
			],
			...(request.includeUsage ? { usage: null } : {}),
		});
		return [
			chunk(firstDelta(choice), [], null),
			...choice.tokens.map((token) => chunk(tokenDelta(choice, token), [token], null)),
			chunk({}, [], choice.finishReason),
		];
	});
	return request.includeUsage ? [...chunks, { ...frame, choices: [], usage: answer.usage }] : chunks;
}

function firstDelta(choice: GeneratedChoice): WireDelta {
	if (choice.toolCall === undefined) return { role: "assistant", content: "", refusal: null };
	const { id, name } = choice.toolCall;
	return {
		role: "assistant",
		content: null,
		refusal: null,
		tool_calls: [{ index: 0, id, type: "function", function: { name, arguments: "" } }],
	};
}

function tokenDelta(choice: GeneratedChoice, token: GeneratedToken): WireDelta {
	if (choice.toolCall === undefined) return { content: token.text };
	return { tool_calls: [{ index: 0, function: { arguments: token.text } }] };
}
