import { isTextPart, type ChatMessage, type ChatRequest } from "./completion.ts";
import { isJsonObject } from "./json.ts";
import type { Task } from "./task.ts";

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
	// Looked at apart; of no effect without tools.
	"tools",
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
	const { body, task } = request;
	// A classifier reads nothing but a task of its own kind.
	if (capabilities.answers !== "chat" && capabilities.answers !== task?.kind) return "task";
	if (capabilities.answers === "classification" && task?.kind === "classification") {
		const unread = unreadByClassifiers(task);
		if (unread !== null) return unread;
	}
	if (request.choices > 1) return "n";
	const tools = unsupportedTools(request, capabilities);
	if (tools !== null) return tools;
	if (request.logprobs && !capabilities.logprobs) return "logprobs";
	for (const [index, message] of request.messages.entries()) {
		const field = unsupportedField(message, capabilities);
		if (field !== null) return `messages[${index}]${field}`;
	}
	for (const [field, value] of Object.entries(body)) {
		if (value === null || value === undefined || SERVED_EVERYWHERE.has(field)) continue;
		if (capabilities.openaiParameters && OPENAI_PARAMETERS.has(field)) continue;
		// `functions: []` and `store: false` ask for nothing. What false means to others, such as a server's own, nobody knows.
		if ((value === false && field === "store") || (Array.isArray(value) && value.length === 0)) continue;
		return field;
	}
	return null;
}

/** What the client says of its labels, and no classifier is shown: it sees the text alone. */
function unreadByClassifiers(task: Extract<Task, { readonly kind: "classification" }>): string | null {
	if (task.instructions !== undefined) return "instructions";
	const described = task.descriptions?.findIndex((description) => description !== undefined) ?? -1;
	return described === -1 ? null : `labels[${described}].description`;
}

/** `tools` and the two parameters about them. */
function unsupportedTools({ body }: ChatRequest, capabilities: StageCapabilities): string | null {
	const { tools, tool_choice: choice, parallel_tool_calls: parallel } = body;
	if (tools === null || tools === undefined || tools === false) return null;
	if (!Array.isArray(tools) || (tools.length > 0 && !capabilities.tools)) return "tools";
	if (tools.length === 0) return null;
	const foreign = tools.findIndex((tool: unknown) => !isJsonObject(tool) || tool["type"] !== "function");
	if (foreign !== -1) return `tools[${foreign}].type`;
	if (!isServedChoice(choice, capabilities)) return "tool_choice";
	return parallel === false && !capabilities.toolChoice ? "parallel_tool_calls" : null;
}

/** A model that cannot be told which tool to call can still be left to choose, or be shown no tools at all. */
function isServedChoice(choice: unknown, { toolChoice }: StageCapabilities): boolean {
	if (choice === null || choice === undefined || choice === "auto" || choice === "none") return true;
	if (!toolChoice) return false;
	return choice === "required" || (isJsonObject(choice) && SERVED_CHOICES.has(choice["type"]));
}

const SERVED_CHOICES: ReadonlySet<unknown> = new Set(["function", "allowed_tools"]);

/** The path within a message of what the model cannot read; the empty path where it is the message as such. */
function unsupportedField(message: ChatMessage, { tools }: StageCapabilities): string | null {
	if (message.role === "function" || (message.role === "tool" && !tools)) return ".role";
	if (message["audio"] != null || message["function_call"] != null || message["refusal"] != null) return "";
	const calls = message["tool_calls"];
	if (calls != null && !(tools && Array.isArray(calls) && calls.every(isFunctionCall))) return "";
	return Array.isArray(message.content) && !message.content.every(isTextPart) ? ".content" : null;
}

/** Some clients leave the type out. */
function isFunctionCall(call: unknown): boolean {
	return isJsonObject(call) && (call["type"] === undefined || call["type"] === "function");
}
