/** Requests, answers and policies of everyday shape; each test says only what is special about its own. */
import type { ChatRequest, Completion, TokenLogprob } from "../../src/core/completion.ts";
import type { StageCapabilities } from "../../src/core/edge-support.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { Cascade, StagePolicy } from "../../src/core/tenant-policy.ts";

/** A parsed request; `body` is completed with the fields that a parsed request always has. */
export function exampleRequest(differences: Partial<ChatRequest> = {}): ChatRequest {
	const messages = differences.messages ?? [{ role: "user", content: "What is 2 + 2?" }];
	return {
		model: "chat",
		messages,
		stream: false,
		includeUsage: false,
		logprobs: false,
		topLogprobs: 0,
		maxOutputTokens: undefined,
		choices: 1,
		...differences,
		body: { model: "chat", messages, ...differences.body },
	};
}

/** An answer that stopped by itself, with the body a client would get. */
export function exampleAnswer(differences: Partial<Completion> = {}): Completion {
	const text = differences.text ?? "4";
	return {
		text,
		toolCalls: [],
		refusal: null,
		finishReason: "stop",
		scores: null,
		tokens: null,
		usage: { inputTokens: 10, outputTokens: 2 },
		body: exampleBody({ content: text }),
		...differences,
	};
}

/** A `chat.completion` body with one choice. */
export function exampleBody(message: JsonObject = {}, choice: JsonObject = {}, rest: JsonObject = {}): JsonObject {
	return {
		id: "chatcmpl-1",
		object: "chat.completion",
		created: 1_790_000_000,
		model: "upstream-model",
		choices: [
			{
				index: 0,
				message: { role: "assistant", content: "4", refusal: null, ...message },
				logprobs: null,
				finish_reason: "stop",
				...choice,
			},
		],
		usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
		...rest,
	};
}

/** Tokens with these log-probabilities and no alternatives. */
export function tokensWith(...logprobs: readonly number[]): TokenLogprob[] {
	return logprobs.map((logprob, index) => ({ token: `t${index}`, logprob }));
}

/** A token with its probability and its alternatives' probabilities, the token itself among them if wanted. */
export function token(
	text: string,
	probability: number,
	alternatives: Readonly<Record<string, number>> = {},
): TokenLogprob {
	const top_logprobs = Object.entries(alternatives).map(([name, p]) => ({ token: name, logprob: Math.log(p) }));
	return { token: text, logprob: Math.log(probability), top_logprobs };
}

/** What an upstream might send in place of a token: passes the type checker, as parsed JSON does. */
export function garbageTokens(...tokens: readonly unknown[]): TokenLogprob[] {
	return tokens as TokenLogprob[];
}

/** A small model that is judged by its mean log-probability. */
export const edgeStage: StagePolicy = {
	name: "edge",
	adapter: "workers-ai",
	model: "@cf/small",
	confidence: { method: "mean-logprob" },
	threshold: 0.8,
	price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 },
};

/** The large model that answers last. */
export const originStage: StagePolicy = {
	name: "origin",
	adapter: "openai",
	model: "large",
	origin: "main",
	price: { inputUsdPerMillion: 10, outputUsdPerMillion: 20 },
};

/** Edge, then origin, with every setting at its default. */
export function exampleCascade(differences: Partial<Cascade> = {}): Cascade {
	return {
		stages: [edgeStage, originStage],
		timeoutMs: 55_000,
		onOriginFailure: "fail",
		allowRouteHeader: false,
		mode: "sequential",
		checks: { refusal: true },
		labeller: { kind: "normalised" },
		auditRate: 0.05,
		...differences,
	};
}

/** A model that does everything. */
export const FULL_MODEL: StageCapabilities = {
	logprobs: true,
	openaiParameters: true,
	tools: true,
	toolChoice: true,
	answers: "chat",
};

/** A model that answers messages and does nothing else, as the small ones on Workers AI. */
export const PLAIN_MODEL: StageCapabilities = {
	logprobs: false,
	openaiParameters: false,
	tools: false,
	toolChoice: false,
	answers: "chat",
};

/** What an answer is sent under where its upstream gives it no identity. */
export const FALLBACK_IDENTITY = { id: "chatcmpl-1", created: 1 };
