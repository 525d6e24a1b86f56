/**
 * Workers AI models that the Worker's capability table knows, and those of them that give log-probabilities. The table
 * itself is `src/adapters/workers-ai-capabilities.ts`, a layer that the command line does not reach; a test holds these
 * two lists against it.
 */
export const MODELS_WITH_LOGPROBS: ReadonlySet<string> = new Set([
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

export const MODELS_WITHOUT_LOGPROBS: ReadonlySet<string> = new Set([
	"@cf/ibm-granite/granite-4.0-h-micro",
	"@hf/nousresearch/hermes-2-pro-mistral-7b",
	"@cf/meta/llama-3.3-70b-instruct-fp8-fast",
	"@cf/meta/llama-4-scout-17b-16e-instruct",
	"@cf/mistralai/mistral-small-3.1-24b-instruct",
	"@cf/qwen/qwen3-30b-a3b-fp8",
	"@cf/huggingface/distilbert-sst-2-int8",
	"@cf/meta/llama-guard-3-8b",
]);
