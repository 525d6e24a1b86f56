/**
 * What is published of Workers AI's models, as far as the Worker's adapter and the command line's doctor need to know,
 * and of the local environment's models. A new model is a line here.
 */

/**
 * Models that are typed with `logprobs` in their requests and answers. Source: @cloudflare/workers-types
 * 5.20261117.1, interfaces ChatCompletionsCommonOptions and ChatCompletionsOutput. A type is a promise, not
 * behaviour: at run time an answer without log-probabilities reads as unavailable and defers, and a policy can state
 * what a probe of the real model has shown (`logprobs` of a stage).
 */
export const TYPED_WITH_LOGPROBS: ReadonlySet<string> = new Set([
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
	// The local environment's own, which stand in for such models and do give them.
	"@local/mail-small",
	"@local/mail-medium",
	"@local/mail-checker",
	"@local/prose-small",
]);

/**
 * Native models that are documented to call tools: `function_calling` among the properties of the model's page at
 * developers.cloudflare.com/workers-ai/models (cloudflare-docs, src/content/workers-ai-models). The others take `tools`
 * as well and answer with text, so they are not sent any.
 */
export const NATIVE_WITH_TOOLS: ReadonlySet<string> = new Set([
	"@cf/ibm-granite/granite-4.0-h-micro",
	"@hf/nousresearch/hermes-2-pro-mistral-7b",
	"@cf/meta/llama-3.3-70b-instruct-fp8-fast",
	"@cf/meta/llama-4-scout-17b-16e-instruct",
	"@cf/mistralai/mistral-small-3.1-24b-instruct",
	"@cf/qwen/qwen3-30b-a3b-fp8",
	"@local/mail-small-native",
]);

/** Models that serve one kind of task alone, by the same types as above. */
export const SHAPE_OF_TASK_MODEL: ReadonlyMap<string, "text-classification" | "llama-guard"> = new Map([
	["@cf/huggingface/distilbert-sst-2-int8", "text-classification"],
	["@cf/meta/llama-guard-3-8b", "llama-guard"],
	["@local/mail-classifier", "text-classification"],
	["@local/mail-guard", "llama-guard"],
]);

/** Whether any of the tables knows this model. */
export function isKnownModel(model: string): boolean {
	return TYPED_WITH_LOGPROBS.has(model) || NATIVE_WITH_TOOLS.has(model) || SHAPE_OF_TASK_MODEL.has(model);
}
