/** What a local model generated, before it is put into any wire format. */

/** A token that could have stood in a place, with its natural-log probability at temperature 1. */
export interface TokenAlternative {
	readonly text: string;
	readonly logprob: number;
}

/** One generated token. */
export interface GeneratedToken extends TokenAlternative {
	/** The likeliest tokens of this place, likeliest first, as many as the request asked for. */
	readonly alternatives: readonly TokenAlternative[];
}

/** One choice of an answer. */
export interface GeneratedChoice {
	readonly tokens: readonly GeneratedToken[];
	/** Set when the tokens are the arguments of a tool call. */
	readonly toolCall: { readonly id: string; readonly name: string } | undefined;
	readonly finishReason: "stop" | "length" | "tool_calls";
}

/** Token counts, as OpenAI's `usage`. */
export interface TokenUsage {
	readonly prompt_tokens: number;
	readonly completion_tokens: number;
	readonly total_tokens: number;
}

/** All choices of an answer and what they used. */
export interface GeneratedAnswer {
	readonly choices: readonly GeneratedChoice[];
	readonly usage: TokenUsage;
}

/** The joined text of generated tokens. */
export function textOf(tokens: readonly GeneratedToken[]): string {
	return tokens.map((token) => token.text).join("");
}
