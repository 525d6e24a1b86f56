import type { JsonObject } from "./json.ts";
import type { LabelScore, Task } from "./task.ts";

/** One chat message, in OpenAI's wire form. Only what the decisions read is typed. */
export interface ChatMessage {
	readonly role: string;
	readonly content?: unknown;
	readonly [field: string]: unknown;
}

/** A chat request whose known fields have been checked. `body` keeps every field the client sent. */
export interface ChatRequest {
	/** The tenant's cascade alias, never an upstream model. */
	readonly model: string;
	readonly messages: readonly ChatMessage[];
	readonly stream: boolean;
	/** The client asked for the usage chunk at the end of a stream. */
	readonly includeUsage: boolean;
	/** The client asked for log-probabilities; `topLogprobs` is 0 to 20. */
	readonly logprobs: boolean;
	readonly topLogprobs: number;
	/** `max_completion_tokens`, else `max_tokens`; undefined where the client set neither. */
	readonly maxOutputTokens: number | undefined;
	/** Number of choices, at least 1. */
	readonly choices: number;
	/** Set where the endpoint wants a label or a verdict and not free text. */
	readonly task?: Task;
	/** What the client sent, unchanged: fields we do not know reach the origin through it. */
	readonly body: JsonObject;
}

/** Tokens as the answering model's own tokeniser counted them. */
export interface TokenUsage {
	readonly inputTokens: number;
	readonly outputTokens: number;
}

/** A token's natural log-probability and its alternatives, in OpenAI's wire form (no copy is made per token). */
export interface TokenLogprob {
	readonly token: string;
	readonly logprob: number;
	readonly top_logprobs?: readonly { readonly token: string; readonly logprob: number }[];
}

/**
 * Why generation ended. `unknown`: the model did not say (several Workers AI models never do), which is
 * not the same as having stopped by itself.
 */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "unknown";

/** One tool call as decisions see it; the identifiers stay in the body. */
export interface ToolCall {
	readonly name: string;
	/** JSON text as the model wrote it, so perhaps not JSON. */
	readonly arguments: string;
}

/** A whole answer of one stage: the view that decisions read, and the wire body that is sent on. */
export interface Completion {
	/** Text of the first choice; empty for a pure tool call. */
	readonly text: string;
	/** Tool calls of the first choice; empty where there are none. */
	readonly toolCalls: readonly ToolCall[];
	/** What the model said in OpenAI's `refusal` field; null where it did not. */
	readonly refusal: string | null;
	readonly finishReason: FinishReason;
	/** Log-probabilities of the first choice; null where the model gave none. */
	readonly tokens: readonly TokenLogprob[] | null;
	/** A classifier's score of each label, the answered one first; null for models that generate text. */
	readonly scores: readonly LabelScore[] | null;
	/** Null where the upstream reported none: absence is not zero. */
	readonly usage: TokenUsage | null;
	/** A valid `chat.completion` object: required fields present, tool arguments strings. */
	readonly body: JsonObject;
	/** The body's text as the upstream sent it, where all of it may go to the client and nothing of it had to be mended. */
	readonly sent?: string;
}

/** The text of a message: a string as it is, text parts joined by line breaks, anything else empty. */
export function messageText(message: ChatMessage): string {
	if (typeof message.content === "string") return message.content;
	if (!Array.isArray(message.content)) return "";
	return message.content
		.map((part: unknown) => (isTextPart(part) ? part.text : ""))
		.filter((text) => text !== "")
		.join("\n");
}

/** True for `{type: "text", text}`, the one content part that every stage understands. */
export function isTextPart(part: unknown): part is { readonly type: "text"; readonly text: string } {
	if (typeof part !== "object" || part === null) return false;
	const { type, text } = part as JsonObject;
	return type === "text" && typeof text === "string";
}
