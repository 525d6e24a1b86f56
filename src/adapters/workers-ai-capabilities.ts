import type { StageCapabilities } from "../core/edge-support.ts";
import type { StagePolicy, StageShape } from "../core/tenant-policy.ts";
import { taskCapabilities } from "./task-stage.ts";

/** What a Workers AI model gives, and in which form it speaks. */
export interface WorkersAiCapabilities extends StageCapabilities {
	/**
	 * `chat-completions`: OpenAI's request and answer. `native`: `{response, tool_calls, usage}`. `text-classification`:
	 * `{text}` and `[{label, score}]`. `llama-guard`: the native form, answering with verdicts.
	 */
	readonly shape: Exclude<StageShape, "moderations">;
}

/** What a policy says of a model, where the table does not know it or is wrong. */
export type DeclaredCapabilities = Pick<StagePolicy, "logprobs" | "tools" | "shape">;

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
 * Native models that are documented to call tools: `function_calling` among the properties of the model's page at
 * developers.cloudflare.com/workers-ai/models (cloudflare-docs, src/content/workers-ai-models). The others take `tools`
 * as well and answer with text, so they are not sent any.
 */
const NATIVE_WITH_TOOLS: ReadonlySet<string> = new Set([
	"@cf/ibm-granite/granite-4.0-h-micro",
	"@hf/nousresearch/hermes-2-pro-mistral-7b",
	"@cf/meta/llama-3.3-70b-instruct-fp8-fast",
	"@cf/meta/llama-4-scout-17b-16e-instruct",
	"@cf/mistralai/mistral-small-3.1-24b-instruct",
	"@cf/qwen/qwen3-30b-a3b-fp8",
]);

/** Models that serve one kind of task alone, by the same types as above. */
const SHAPE_OF_TASK_MODEL: ReadonlyMap<string, WorkersAiCapabilities["shape"]> = new Map([
	["@cf/huggingface/distilbert-sst-2-int8", "text-classification"],
	["@cf/meta/llama-guard-3-8b", "llama-guard"],
]);

/**
 * What this model gives. Unlisted models (all the small llama, granite, mistral, qwen1.5, gemma and phi ones) are
 * typed without log-probabilities in the same source, and so are new ones until someone has looked. A model that is
 * declared to give them and no shape is taken for one that speaks OpenAI's.
 */
export function workersAiCapabilities(model: string, declared: DeclaredCapabilities = {}): WorkersAiCapabilities {
	const shape = declared.shape ?? SHAPE_OF_TASK_MODEL.get(model) ?? chatShape(model, declared.logprobs);
	switch (shape) {
		case "text-classification":
			return { shape, ...taskCapabilities("classification") };
		case "llama-guard":
			return { shape, ...taskCapabilities("moderation") };
		case "chat-completions":
			return declaredChat(CHAT_COMPLETIONS, declared);
		case "native":
		// The policy parser keeps this shape, an origin's, away from Workers AI.
		case "moderations":
			return declaredChat({ ...NATIVE, tools: NATIVE_WITH_TOOLS.has(model) }, declared);
	}
}

function chatShape(model: string, declaredLogprobs: boolean | undefined): "chat-completions" | "native" {
	return TYPED_WITH_LOGPROBS.has(model) || declaredLogprobs === true ? "chat-completions" : "native";
}

function declaredChat(listed: WorkersAiCapabilities, declared: DeclaredCapabilities): WorkersAiCapabilities {
	const { logprobs = listed.logprobs, tools = listed.tools } = declared;
	return { ...listed, logprobs, tools, toolChoice: tools && listed.toolChoice };
}
