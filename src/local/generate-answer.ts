/** One request in, all choices of the answer out; whichever kind of model it is. */
import { type GeneratedAnswer, type GeneratedChoice, type GeneratedToken, textOf } from "./generated-answer.ts";
import { checkerWords, findLabelTool, labelWords, wordTokens } from "./label-answer.ts";
import type { LocalModel } from "./models/catalogue.ts";
import { contentText } from "./models/mail-prompt.ts";
import { countTokens } from "./models/tokenize.ts";
import type { BodyProblem, LocalChatRequest } from "./parse-chat-body.ts";
import { continueText } from "./prose-answer.ts";
import { type Random, seededRandom } from "./sample.ts";

/** Why this model cannot serve a request that is well-formed; undefined when it can. */
export function unsupportedByModel(model: LocalModel, request: LocalChatRequest): BodyProblem | undefined {
	if (model.kind !== "prose" || !request.wantsJson) return undefined;
	return { message: `The model ${model.name} cannot answer in JSON`, param: "response_format" };
}

/**
 * Generates the choices of an answer. With a seed the answer depends on request
 * and model alone; without one the randomness is `random`.
 */
export function generateAnswer(model: LocalModel, request: LocalChatRequest, random: Random): GeneratedAnswer {
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

function generateChoice(model: LocalModel, request: LocalChatRequest, random: Random): GeneratedChoice {
	if (model.kind === "prose") {
		const { tokens, isAtEnd } = continueText(model.model, request, request.maximumTokens, random);
		return cutAtStop({ tokens, toolCall: undefined, finishReason: isAtEnd ? "stop" : "length" }, request.stop);
	}
	const words = model.kind === "label" ? labelWords(model.model, request) : checkerWords(model.model, request);
	const tool = findLabelTool(request.tools, words);
	const tokens = wordTokens(words, request, tool !== undefined || request.wantsJson, random);
	const kept = tokens.slice(0, request.maximumTokens);
	if (tool !== undefined) {
		const toolCall = { id: toolCallId(random), name: tool.name };
		return { tokens: kept, toolCall, finishReason: kept.length < tokens.length ? "length" : "tool_calls" };
	}
	const finishReason = kept.length < tokens.length ? "length" : "stop";
	return cutAtStop({ tokens: kept, toolCall: undefined, finishReason }, request.stop);
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
