/**
 * What the stand-in for Workers AI does with one `run()` call, without any Worker
 * class around it: find the model, check the input, answer in the model's shape.
 */
import { answerChat } from "./answer-chat.ts";
import { unsupportedByModel } from "./generate-answer.ts";
import type { FindLocalModel, LocalModel } from "./models/catalogue.ts";
import { contentText } from "./models/mail-prompt.ts";
import { answerNatively, streamNatively } from "./native-answer.ts";
import { type LocalChatRequest, parseChatBody } from "./parse-chat-body.ts";
import type { Random } from "./sample.ts";
import { streamChat } from "./stream-chat.ts";
import type { AnswerIdentity } from "./wire-types.ts";

/** Appended to a model's name to get the same weights in the native shape, without log-probabilities. */
const NATIVE_SUFFIX = "-native";

/** Only names with this prefix are edge models; the others are served by the local origin. */
const EDGE_PREFIX = "@local/";

/** Real small Workers AI models answer in the native shape, so one of ours always does. */
const ALWAYS_NATIVE: ReadonlySet<string> = new Set(["@local/prose-small"]);

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
	| { readonly kind: "answer"; readonly answer: unknown }
	| { readonly kind: "stream"; readonly events: readonly unknown[] }
	| { readonly kind: "problem"; readonly problem: InferenceProblem };

/**
 * Runs an edge model.
 *
 * @param inputs the body of a chat request, or `{prompt}`.
 * @param random used when the inputs carry no seed.
 */
export function runLocalModel(
	find: FindLocalModel,
	name: string,
	inputs: unknown,
	random: Random,
	identity: Omit<AnswerIdentity, "model">,
): LocalRunResult {
	const baseName = name.endsWith(NATIVE_SUFFIX) ? name.slice(0, -NATIVE_SUFFIX.length) : name;
	const model = name.startsWith(EDGE_PREFIX) ? find(baseName) : undefined;
	if (model === undefined) return problem(400, 5007, `No such model ${name} or task`);
	const parsed = parseChatBody(withMessages(inputs));
	if (!parsed.ok) return problem(400, 5006, `Error: bad input: ${parsed.problem.message}`);
	const { request } = parsed;
	const promptLength = request.messages.reduce((sum, message) => sum + contentText(message.content).length, 0);
	if (promptLength > MAXIMUM_PROMPT_CHARACTERS) {
		return problem(413, 3006, `Request is too large: ${promptLength} characters, at most ${MAXIMUM_PROMPT_CHARACTERS}`);
	}
	const unsupported = unsupportedByModel(model, request);
	if (unsupported !== undefined) return problem(400, 5025, unsupported.message);
	const isNative = baseName !== name || ALWAYS_NATIVE.has(name);
	return isNative ? runNatively(model, request, random) : runChat(model, request, random, { ...identity, model: name });
}

function runNatively(model: LocalModel, request: LocalChatRequest, random: Random): LocalRunResult {
	return request.isStream
		? { kind: "stream", events: streamNatively(model, request, random) }
		: { kind: "answer", answer: answerNatively(model, request, random) };
}

function runChat(
	model: LocalModel,
	request: LocalChatRequest,
	random: Random,
	identity: AnswerIdentity,
): LocalRunResult {
	return request.isStream
		? { kind: "stream", events: streamChat(model, request, random, identity) }
		: { kind: "answer", answer: answerChat(model, request, random, identity) };
}

/** Workers AI also takes `{prompt}`, which is one user message. */
function withMessages(inputs: unknown): unknown {
	if (typeof inputs !== "object" || inputs === null || "messages" in inputs) return inputs;
	if (!("prompt" in inputs) || typeof inputs.prompt !== "string") return inputs;
	return { ...inputs, messages: [{ role: "user", content: inputs.prompt }] };
}

function problem(status: number, internalCode: number, description: string): LocalRunResult {
	return { kind: "problem", problem: { status, internalCode, description } };
}
