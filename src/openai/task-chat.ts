import type { ChatMessage, ChatRequest } from "../core/completion.ts";
import type { Task } from "../core/task.ts";

/**
 * A task as the chat request that the cascade runs: these messages ask any chat model for it, greedily, and classifiers
 * read the task alone. `model` is the cascade's alias.
 */
export function taskChat(
	model: string,
	task: Task,
	messages: readonly ChatMessage[],
	maxOutputTokens: number,
): ChatRequest {
	return {
		model,
		messages,
		stream: false,
		includeUsage: false,
		logprobs: false,
		topLogprobs: 0,
		maxOutputTokens,
		choices: 1,
		task,
		body: { model, messages, max_tokens: maxOutputTokens, temperature: 0 },
	};
}
