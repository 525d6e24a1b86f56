/**
 * What the stand-in for Workers AI does with one `run()` call, without any Worker
 * class around it: find the model, check the input, answer in the model's shape.
 */
import { answerChat } from "./answer-chat.ts";
import { classify, embed, guard, isGuardConversation } from "./edge-tasks.ts";
import { unsupportedByModel } from "./generate-answer.ts";
import type { FindLocalModel, LocalModel } from "./models/catalogue.ts";
import { contentText } from "./models/mail-prompt.ts";
import { type TaskModel, findServedModel, isChatModel } from "./models/served-models.ts";
import { answerNatively, streamNatively } from "./native-answer.ts";
import { type LocalChatRequest, parseChatBody } from "./parse-chat-body.ts";
import type { Random } from "./sample.ts";
import { streamChat } from "./stream-chat.ts";
import type { AnswerIdentity } from "./wire-types.ts";

/** Appended to a model's name to get the same weights in the native shape, without log-probabilities. */
const NATIVE_SUFFIX = "-native";

/** Only names with this prefix are edge models; the others are served by the local origin. */
const EDGE_PREFIX = "@local/";

/** Longer prompts are refused, as a real model's context window would. */
const MAXIMUM_PROMPT_CHARACTERS = 60_000;

/** An error as Workers AI reports it. */
export interface InferenceProblem {
	/** HTTP status of the raw response. */
	readonly status: number;
	readonly internalCode: number;
	readonly description: string;
}

/** What a call gives: a whole answer, the events of a stream, or an error. */
export type LocalRunResult =
	/** `completionTokens` is what a speed in tokens a second applies to; 0 where no tokens are written. */
	| { readonly kind: "answer"; readonly answer: unknown; readonly completionTokens: number }
	| { readonly kind: "stream"; readonly events: readonly unknown[] }
	| InferenceFailure;

/** A call that gives an error. */
interface InferenceFailure {
	readonly kind: "problem";
	readonly problem: InferenceProblem;
}

/**
 * Runs an edge model.
 *
 * @param inputs of a text model the body of a chat request, or `{prompt}`; of a classifier or an embedding model `{text}`.
 * @param random used when the inputs carry no seed.
 */
export function runLocalModel(
	find: FindLocalModel,
	name: string,
	inputs: unknown,
	random: Random,
	identity: Omit<AnswerIdentity, "model">,
): LocalRunResult {
	const unknown = problem(400, 5007, `No such model ${name} or task`);
	if (!name.startsWith(EDGE_PREFIX)) return unknown;
	const baseName = name.endsWith(NATIVE_SUFFIX) ? name.slice(0, -NATIVE_SUFFIX.length) : name;
	const model = findServedModel(find, baseName);
	if (model === undefined) return unknown;
	if (!isChatModel(model)) return baseName === name ? (runTask(model, inputs, random) ?? unknown) : unknown;
	const parsed = readChat(inputs);
	if (parsed.kind === "problem") return parsed;
	const unsupported = unsupportedByModel(model, parsed.request);
	if (unsupported !== undefined) return problem(400, 5025, unsupported.message);
	return baseName !== name
		? runNatively(model, parsed.request, random)
		: runChat(model, parsed.request, random, { ...identity, model: name });
}

/** Undefined where Workers AI has no such task. */
function runTask(model: TaskModel, inputs: unknown, random: Random): LocalRunResult | undefined {
	switch (model.kind) {
		case "classifier":
			return withoutTokens(classify(model.model, inputs));
		case "embedding":
			return withoutTokens(embed(inputs));
		case "moderation":
			return undefined;
		case "guard": {
			const parsed = readChat(inputs);
			if (parsed.kind === "problem") return parsed;
			if (!isGuardConversation(parsed.request))
				return problem(400, 5006, "Error: bad input: a role is not user or assistant");
			const answer = guard(model, parsed.request, random);
			return { kind: "answer", answer, completionTokens: answer.usage.completion_tokens };
		}
	}
}

function withoutTokens(answer: unknown): LocalRunResult {
	return answer === undefined
		? problem(400, 5006, "Error: bad input: text must be a text, not empty")
		: { kind: "answer", answer, completionTokens: 0 };
}

function readChat(inputs: unknown): { readonly kind: "chat"; readonly request: LocalChatRequest } | InferenceFailure {
	const parsed = parseChatBody(asChatBody(inputs));
	if (!parsed.ok) return problem(400, 5006, `Error: bad input: ${parsed.problem.message}`);
	const length = parsed.request.messages.reduce((sum, message) => sum + contentText(message.content).length, 0);
	return length > MAXIMUM_PROMPT_CHARACTERS
		? problem(413, 3006, `Request is too large: ${length} characters, at most ${MAXIMUM_PROMPT_CHARACTERS}`)
		: { kind: "chat", request: parsed.request };
}

function runNatively(model: LocalModel, request: LocalChatRequest, random: Random): LocalRunResult {
	if (request.isStream) return { kind: "stream", events: streamNatively(model, request, random) };
	const answer = answerNatively(model, request, random);
	return { kind: "answer", answer, completionTokens: answer.usage.completion_tokens };
}

function runChat(
	model: LocalModel,
	request: LocalChatRequest,
	random: Random,
	identity: AnswerIdentity,
): LocalRunResult {
	if (request.isStream) return { kind: "stream", events: streamChat(model, request, random, identity) };
	const answer = answerChat(model, request, random, identity);
	return { kind: "answer", answer, completionTokens: answer.usage.completion_tokens };
}

/** Workers AI also takes `{prompt}`, which is one user message, and tools without OpenAI's wrapping. */
function asChatBody(inputs: unknown): unknown {
	if (typeof inputs !== "object" || inputs === null) return inputs;
	const { prompt, tools } = inputs as { prompt?: unknown; tools?: unknown };
	return {
		...inputs,
		...("messages" in inputs || typeof prompt !== "string" ? {} : { messages: [{ role: "user", content: prompt }] }),
		...(Array.isArray(tools) ? { tools: tools.map(wrappedTool) } : {}),
	};
}

function wrappedTool(tool: unknown): unknown {
	if (typeof tool !== "object" || tool === null || "type" in tool || !("name" in tool)) return tool;
	return { type: "function", function: tool };
}

function problem(status: number, internalCode: number, description: string): InferenceFailure {
	return { kind: "problem", problem: { status, internalCode, description } };
}
