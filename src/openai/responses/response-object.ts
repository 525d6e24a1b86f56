import type { CascadeFacts } from "../../core/cascade-facts.ts";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { AnswerIdentity } from "../answer-encoder.ts";
import { usageOf } from "../normalise-completion.ts";
import type { ResponsesRequest } from "./parse-responses-request.ts";

/** How far an item or a whole response has come. */
export type ResponseStatus = "in_progress" | "completed" | "incomplete" | "failed";

/** What changes while a Response comes into being. */
export interface ResponseState {
	readonly status: ResponseStatus;
	readonly output: readonly JsonObject[];
	/** Absent while it is not known, or where the upstream never said. */
	readonly usage?: JsonObject | undefined;
	readonly incompleteBecause?: IncompleteReason | null;
	readonly error?: { readonly code: string; readonly message: string };
	readonly facts?: CascadeFacts | undefined;
}

type IncompleteReason = "max_output_tokens" | "content_filter";

/** A Response object, with what the request set and, where they are known, the facts of the cascade. */
export function responseObject(request: ResponsesRequest, identity: AnswerIdentity, state: ResponseState): JsonObject {
	const { status, output, usage, incompleteBecause, error, facts } = state;
	return {
		id: `resp_${bareId(identity)}`,
		object: "response",
		created_at: identity.created,
		status,
		error: error ?? null,
		incomplete_details: incompleteBecause == null ? null : { reason: incompleteBecause },
		model: request.chat.model,
		output,
		...request.echo,
		...(usage === undefined ? {} : { usage }),
		...(facts === undefined ? {} : { cascade: facts }),
	};
}

/** The ids of a response's items: the same whether it is streamed or not. Calls are numbered from 0. */
export function itemIds(identity: AnswerIdentity) {
	const bare = bareId(identity);
	return {
		reasoning: (number: number) => `rs_${bare}_${number}`,
		message: `msg_${bare}`,
		call: (number: number) => `fc_${bare}_${number}`,
	};
}

/** Ids of other endpoints are told apart by what stands before them. */
function bareId(identity: AnswerIdentity): string {
	return identity.id.replace(/^(?:chatcmpl-|resp_)/u, "");
}

/** The model's reasoning as it told it, which is not a summary. */
export function reasoningItem(id: string, words: string | null, status: ResponseStatus): JsonObject {
	const content = words === null ? [] : [{ type: "reasoning_text", text: words }];
	return { id, type: "reasoning", summary: [], content, status };
}

/** What the assistant said. */
export function messageItem(id: string, content: readonly JsonObject[], status: ResponseStatus): JsonObject {
	return { id, type: "message", status, role: "assistant", content };
}

/** A tool that the client is asked to run. */
export function callItem(
	id: string,
	call: { readonly callId: string; readonly name: string; readonly arguments: string },
	status: ResponseStatus,
): JsonObject {
	return { id, type: "function_call", status, arguments: call.arguments, call_id: call.callId, name: call.name };
}

export const textPart = (words: string, logprobs: readonly JsonObject[]): JsonObject => ({
	type: "output_text",
	text: words,
	annotations: [],
	logprobs,
});

export const refusalPart = (words: string): JsonObject => ({ type: "refusal", refusal: words });

/** How a chat answer's finish reason reads in a Response. */
export function endingOf(finishReason: unknown): {
	readonly status: "completed" | "incomplete";
	readonly incompleteBecause: IncompleteReason | null;
} {
	if (finishReason === "length") return { status: "incomplete", incompleteBecause: "max_output_tokens" };
	if (finishReason === "content_filter") return { status: "incomplete", incompleteBecause: "content_filter" };
	return { status: "completed", incompleteBecause: null };
}

/** Chat usage in the Responses form; undefined where the upstream reported none: absence is not zero. */
export function responseUsage(usage: unknown): JsonObject | undefined {
	const tokens = usageOf(usage);
	if (tokens === null || !isJsonObject(usage)) return undefined;
	const { inputTokens, outputTokens } = tokens;
	return {
		input_tokens: inputTokens,
		// The details are required, and count parts of the totals: a part that nobody reports is counted as none.
		input_tokens_details: {
			cached_tokens: detail(usage["prompt_tokens_details"], "cached_tokens"),
			cache_write_tokens: detail(usage["prompt_tokens_details"], "cache_write_tokens"),
		},
		output_tokens: outputTokens,
		output_tokens_details: { reasoning_tokens: detail(usage["completion_tokens_details"], "reasoning_tokens") },
		total_tokens: typeof usage["total_tokens"] === "number" ? usage["total_tokens"] : inputTokens + outputTokens,
	};
}

function detail(details: unknown, name: string): number {
	const count = isJsonObject(details) ? details[name] : undefined;
	return typeof count === "number" ? count : 0;
}

/** Log-probabilities of a chat choice as the client may see them: none unless asked for, and no more than asked for. */
export function responseLogprobs(request: ResponsesRequest, logprobs: unknown): JsonObject[] {
	if (!request.chat.logprobs || !isJsonObject(logprobs)) return [];
	return tokensOf(logprobs["content"]).map((token) => ({
		...token,
		top_logprobs: tokensOf(token["top_logprobs"])
			.slice(0, request.chat.topLogprobs)
			.map(({ top_logprobs: _none, ...alternative }) => alternative),
	}));
}

function tokensOf(tokens: unknown): JsonObject[] {
	return (Array.isArray(tokens) ? (tokens as unknown[]) : [])
		.filter(isJsonObject)
		.filter(({ token, logprob }) => typeof token === "string" && typeof logprob === "number")
		.map(({ token, logprob, bytes, top_logprobs }) => ({
			token,
			logprob,
			bytes: Array.isArray(bytes) ? bytes : [],
			top_logprobs,
		}));
}

/** What a model said of its reasoning, under either of the names that servers give it; empty where it said nothing. */
export function reasoningOf(message: JsonObject): string {
	for (const words of [message["reasoning_content"], message["reasoning"]]) {
		if (typeof words === "string" && words !== "") return words;
	}
	return "";
}
