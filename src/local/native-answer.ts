/**
 * Workers AI's native answer shape, `{response, tool_calls, usage}`, which its
 * smaller text models use. It has no log-probabilities and one choice only.
 */
import { generateAnswer } from "./generate-answer.ts";
import { type GeneratedChoice, type TokenUsage, textOf } from "./generated-answer.ts";
import type { GeneratingModel } from "./models/served-models.ts";
import type { LocalChatRequest } from "./parse-chat-body.ts";
import type { Random } from "./sample.ts";

/** A complete native answer. */
export interface NativeAnswer {
	/** Text; under JSON mode the parsed value; null when a tool was called. */
	readonly response: unknown;
	/** Unlike OpenAI's, arguments are an object and there is no id. */
	readonly tool_calls?: { readonly name: string; readonly arguments: unknown }[];
	readonly usage: TokenUsage;
}

/** One event of a native stream; the last carries the usage. */
export interface NativeEvent {
	readonly response: string | null;
	readonly tool_calls?: NativeAnswer["tool_calls"];
	readonly usage?: TokenUsage;
}

/** Answers a chat in the native shape. `choiceCount` is ignored, as Workers AI ignores `n`. */
export function answerNatively(model: GeneratingModel, request: LocalChatRequest, random: Random): NativeAnswer {
	const { choice, usage } = generateOne(model, request, random);
	const text = textOf(choice.tokens);
	if (choice.toolCall !== undefined) {
		return { response: null, tool_calls: [{ name: choice.toolCall.name, arguments: parsedOrText(text) }], usage };
	}
	return { response: request.wantsJson ? parsedOrText(text) : text, usage };
}

/** The same answer as stream events: one for each token, then one with the usage. */
export function streamNatively(model: GeneratingModel, request: LocalChatRequest, random: Random): NativeEvent[] {
	const { choice, usage } = generateOne(model, request, random);
	if (choice.toolCall !== undefined) {
		const call = { name: choice.toolCall.name, arguments: parsedOrText(textOf(choice.tokens)) };
		return [
			{ response: null, tool_calls: [call] },
			{ response: "", usage },
		];
	}
	return [...choice.tokens.map((token): NativeEvent => ({ response: token.text })), { response: "", usage }];
}

function generateOne(
	model: GeneratingModel,
	request: LocalChatRequest,
	random: Random,
): { choice: GeneratedChoice; usage: TokenUsage } {
	const answer = generateAnswer(model, { ...request, choiceCount: 1 }, random);
	const [choice] = answer.choices;
	if (choice === undefined) throw new Error("a request for one choice gave none");
	return { choice, usage: answer.usage };
}

/** A token limit can cut JSON short; then the text itself is all there is. */
function parsedOrText(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
