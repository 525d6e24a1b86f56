import type { StageCapabilities } from "../core/edge-support.ts";
import type { StagePolicy, StageShape } from "../core/tenant-policy.ts";
import { NATIVE_WITH_TOOLS, SHAPE_OF_TASK_MODEL, TYPED_WITH_LOGPROBS } from "../core/workers-ai-models.ts";
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
