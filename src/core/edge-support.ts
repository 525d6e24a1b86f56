import { isTextPart, type ChatRequest } from "./completion.ts";

/** What a stage's model can do, as far as serving a request and judging its answer need to know. */
export interface StageCapabilities {
	/** Returns log-probabilities when asked. */
	readonly logprobs: boolean;
	/** Understands OpenAI's sampling parameters beyond the common ones: `stop`, `logit_bias`. */
	readonly openaiParameters: boolean;
	/** Calls tools, and reads conversations in which tools were called. */
	readonly tools: boolean;
	/** Can be told which tool to call, that one must be called, or that only one may be. */
	readonly toolChoice: boolean;
	/** `chat`: answers messages. The others are classifiers, which serve requests with such a task and no other. */
	readonly answers: "chat" | "classification" | "moderation";
}

/** Parameters that every small model serves, or that change nothing about the answer. */
const SERVED_EVERYWHERE: ReadonlySet<string> = new Set([
	"model",
	"messages",
	"stream",
	"stream_options",
	"temperature",
	"top_p",
	"max_tokens",
	"max_completion_tokens",
	"seed",
	"frequency_penalty",
	"presence_penalty",
	"n",
	"logprobs",
	"top_logprobs",
	"response_format",
	// Of no effect without tools.
	"parallel_tool_calls",
	"tool_choice",
	// Bookkeeping between the client and its provider.
	"user",
	"metadata",
	"safety_identifier",
	"prompt_cache_key",
	"service_tier",
]);

const OPENAI_PARAMETERS: ReadonlySet<string> = new Set(["stop", "logit_bias"]);

/**
 * The first thing in this request that a small model cannot serve faithfully, named as the client named it; null
 * where it can. Such a request goes on to the next stage: nothing that was asked for is silently dropped.
 */
export function unsupportedByEdge(request: ChatRequest, capabilities: StageCapabilities): string | null {
	const { body } = request;
	if (request.choices > 1) return "n";
	if (Array.isArray(body["tools"]) && body["tools"].length > 0) return "tools";
	if (request.logprobs && !capabilities.logprobs) return "logprobs";
	for (const [index, message] of request.messages.entries()) {
		if (message.role === "tool" || message.role === "function") return `messages[${index}].role`;
		if (message["tool_calls"] != null || message["audio"] != null) return `messages[${index}]`;
		if (Array.isArray(message.content) && !message.content.every(isTextPart)) return `messages[${index}].content`;
	}
	for (const [field, value] of Object.entries(body)) {
		if (value === null || value === undefined || SERVED_EVERYWHERE.has(field)) continue;
		if (capabilities.openaiParameters && OPENAI_PARAMETERS.has(field)) continue;
		// `tools: []`, `store: false` and the like ask for nothing.
		if (value === false || (Array.isArray(value) && value.length === 0)) continue;
		return field;
	}
	return null;
}
