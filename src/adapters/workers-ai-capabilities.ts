import type { StageCapabilities } from "../core/edge-support.ts";

/** What a Workers AI model gives, and in which of its two dialects it speaks. */
export interface WorkersAiCapabilities extends StageCapabilities {
	/** `chat-completions`: OpenAI's request and answer. `native`: `{response, tool_calls, usage}`. */
	readonly shape: "chat-completions" | "native";
}

const CHAT_COMPLETIONS: WorkersAiCapabilities = {
	shape: "chat-completions",
	logprobs: true,
	openaiParameters: true,
	tools: true,
	toolChoice: true,
	answers: "chat",
};
const NATIVE: WorkersAiCapabilities = {
	shape: "native",
	logprobs: false,
	openaiParameters: false,
	tools: false,
	toolChoice: false,
	answers: "chat",
};

/**
 * Models that are typed with `logprobs` in their requests and answers. Source: @cloudflare/workers-types
 * 5.20261117.1, interfaces ChatCompletionsCommonOptions and ChatCompletionsOutput. A type is a promise, not
 * behaviour: at run time an answer without log-probabilities reads as unavailable and defers, and a policy can state
 * what a probe of the real model has shown (`logprobs` of a stage).
 */
const TYPED_WITH_LOGPROBS: ReadonlySet<string> = new Set([
	"@cf/zai-org/glm-4.7-flash",
	"@cf/zai-org/glm-5.2",
	"@cf/zai-org/glm-5.3",
	"@cf/zai-org/glm-5.3-flash",
	"@cf/moonshotai/kimi-k2.5",
	"@cf/moonshotai/kimi-k2.6",
	"@cf/moonshotai/kimi-k2.7-code",
	"@cf/nvidia/nemotron-3-120b-a12b",
	"@cf/google/gemma-4-26b-a4b-it",
	"@cf/qwen/qwen3.8-27b",
	"@cf/openai/gpt-oss-20b",
	"@cf/openai/gpt-oss-120b",
]);

/**
 * What this model gives. Unlisted models (all the small llama, granite, mistral, qwen1.5, gemma and phi ones) are
 * typed without log-probabilities in the same source, and so are new ones until someone has looked.
 */
export function workersAiCapabilities(model: string, declaredLogprobs: boolean | undefined): WorkersAiCapabilities {
	const listed = TYPED_WITH_LOGPROBS.has(model) ? CHAT_COMPLETIONS : NATIVE;
	if (declaredLogprobs === undefined || declaredLogprobs === listed.logprobs) return listed;
	return declaredLogprobs ? CHAT_COMPLETIONS : { ...listed, logprobs: false };
}
