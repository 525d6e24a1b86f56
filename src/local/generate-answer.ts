/** One request in, all choices of the answer out; whichever kind of model it is. */
import { type GeneratedAnswer, type GeneratedChoice, type GeneratedToken, textOf } from "./generated-answer.ts";
import { readInstructions } from "./instructions.ts";
import {
	type AnswerForm,
	type AnswerWord,
	MAIL_VOCABULARY,
	checkerWords,
	labelWords,
	verdictVocabulary,
	wordTokens,
} from "./label-answer.ts";
import type { GeneratingModel } from "./models/served-models.ts";
import { contentText } from "./models/mail-prompt.ts";
import { countTokens } from "./models/tokenize.ts";
import type { BodyProblem, LocalChatRequest } from "./parse-chat-body.ts";
import { continueText } from "./prose-answer.ts";
import { type Random, seededRandom } from "./sample.ts";
import { DEFAULT_PROPERTY, toolToUse, wordProperty } from "./tool-choice.ts";

/** What a moderator asked in words calls spam: OpenAI's category for wrongdoing. */
export const MODERATION_CATEGORY = "illicit";

/** What a guard calls spam: Llama Guard 3's S2, non-violent crimes, which include fraud and scams. */
const GUARD_CATEGORY = "S2";

/** Why this model cannot serve a request that is well-formed; undefined when it can. */
export function unsupportedByModel(model: GeneratingModel, request: LocalChatRequest): BodyProblem | undefined {
	if (model.kind !== "prose" || !request.wantsJson) return undefined;
	return { message: `The model ${model.name} cannot answer in JSON`, param: "response_format" };
}

/**
 * Generates the choices of an answer. With a seed the answer depends on request
 * and model alone; without one the randomness is `random`.
 */
export function generateAnswer(model: GeneratingModel, request: LocalChatRequest, random: Random): GeneratedAnswer {
	const prompt = request.messages.map((message) => contentText(message.content)).join("\n");
	const source = request.seed === undefined ? random : seededRandom(request.seed, `${model.name} ${prompt}`);
	const choices = Array.from({ length: request.choiceCount }, () => generateChoice(model, request, source));
	const promptTokens = countTokens(prompt);
	const completionTokens = choices.reduce((sum, choice) => sum + choice.tokens.length, 0);
	return {
		choices,
		usage: {
			prompt_tokens: promptTokens,
			completion_tokens: completionTokens,
			total_tokens: promptTokens + completionTokens,
		},
	};
}

function generateChoice(model: GeneratingModel, request: LocalChatRequest, random: Random): GeneratedChoice {
	if (model.kind === "prose") {
		const { tokens, isAtEnd } = continueText(model.model, request, request.maximumTokens, random);
		return cutAtStop({ tokens, toolCall: undefined, finishReason: isAtEnd ? "stop" : "length" }, request.stop);
	}
	const words = wordsOf(model, request);
	const use = toolToUse(request, words);
	const tokens = wordTokens(words, request, formOf(model, request, use?.property, words), random);
	const kept = tokens.slice(0, request.maximumTokens);
	if (use !== undefined) {
		const toolCall = { id: toolCallId(random), name: use.tool.name };
		return { tokens: kept, toolCall, finishReason: kept.length < tokens.length ? "length" : "tool_calls" };
	}
	const finishReason = kept.length < tokens.length ? "length" : "stop";
	return cutAtStop({ tokens: kept, toolCall: undefined, finishReason }, request.stop);
}

function wordsOf(model: Exclude<GeneratingModel, { kind: "prose" }>, request: LocalChatRequest): AnswerWord[] {
	switch (model.kind) {
		case "label": {
			const { wantsVerdict } = readInstructions(request.messages);
			return labelWords(model.model, request, wantsVerdict ? verdictVocabulary(MODERATION_CATEGORY) : MAIL_VOCABULARY);
		}
		case "guard":
			return labelWords(model.model, request, verdictVocabulary(GUARD_CATEGORY));
		case "checker":
			return checkerWords(model.model, request);
	}
}

/** A stated confidence would break JSON, so there it is left out, as constrained decoding would leave it out. */
function formOf(
	model: GeneratingModel,
	request: LocalChatRequest,
	toolProperty: string | undefined,
	words: readonly AnswerWord[],
): AnswerForm {
	if (toolProperty !== undefined) return { kind: "json", property: toolProperty };
	if (request.wantsJson) return { kind: "json", property: wordProperty(request.jsonSchema, words) ?? DEFAULT_PROPERTY };
	const confidenceTag = model.kind === "label" ? readInstructions(request.messages).confidenceTag : undefined;
	return { kind: "text", confidenceTag };
}

/** Ends a choice before the first stop sequence in its text; a token cut in two keeps its log-probability. */
function cutAtStop(choice: GeneratedChoice, stop: readonly string[]): GeneratedChoice {
	const text = textOf(choice.tokens);
	const found = stop.map((sequence) => text.indexOf(sequence)).filter((position) => position !== -1);
	if (found.length === 0) return choice;
	let room = Math.min(...found);
	const tokens: GeneratedToken[] = [];
	for (const token of choice.tokens) {
		if (room <= 0) break;
		tokens.push({ ...token, text: token.text.slice(0, room) });
		room -= token.text.length;
	}
	return { ...choice, tokens, finishReason: "stop" };
}

function toolCallId(random: Random): string {
	return `call_${Math.floor(random() * 2 ** 48)
		.toString(16)
		.padStart(12, "0")}`;
}
