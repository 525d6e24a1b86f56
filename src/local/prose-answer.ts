/** Answers of the language models: the chat's last text, continued. */
import type { GeneratedToken } from "./generated-answer.ts";
import { type LanguageModel, PARAGRAPH_END } from "./models/language-model.ts";
import { lastUserText } from "./models/mail-prompt.ts";
import type { LocalChatRequest } from "./parse-chat-body.ts";
import { type Random, chooseToken, largestPositions } from "./sample.ts";

/**
 * Continues the last user message token by token, up to `limit` tokens or the end
 * of a paragraph. The token that ends the paragraph is not part of the answer.
 */
export function continueText(
	model: LanguageModel,
	request: LocalChatRequest,
	limit: number,
	random: Random,
): { tokens: GeneratedToken[]; isAtEnd: boolean } {
	const context = model.encode(lastUserText(request.messages).trimEnd()).slice(-model.contextLength);
	const tokens: GeneratedToken[] = [];
	while (tokens.length < limit) {
		const logprobs = model.nextTokenProbabilities(context).map((probability) => Math.log(probability));
		const isFirst = tokens.length === 0;
		// An answer must say something: a paragraph cannot end before it began.
		const chosen = chooseToken(isFirst ? withoutEnd(logprobs) : logprobs, request.temperature, request.topP, random);
		if (chosen === PARAGRAPH_END && !request.ignoresEnd) return { tokens, isAtEnd: true };
		tokens.push({
			text: tokenText(model, chosen, isFirst),
			logprob: logprobs[chosen] ?? 0,
			alternatives: largestPositions(logprobs, request.topLogprobs ?? 0).map((token) => ({
				text: tokenText(model, token, isFirst),
				logprob: logprobs[token] ?? 0,
			})),
		});
		context.push(chosen);
		if (context.length > model.contextLength) context.shift();
	}
	return { tokens, isAtEnd: false };
}

function withoutEnd(logprobs: Float64Array): Float64Array {
	const changed = logprobs.slice();
	changed[PARAGRAPH_END] = Number.NEGATIVE_INFINITY;
	return changed;
}

/** An answer does not begin with the space its first word carries. */
function tokenText(model: LanguageModel, token: number, isFirst: boolean): string {
	const text = model.vocabulary[token] ?? "";
	return isFirst ? text.trimStart() : text;
}
