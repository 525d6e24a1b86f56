/** The parts of OpenAI's chat completion wire format that the local servers write. */
import type { TokenUsage } from "./generated-answer.ts";

/** What makes one answer differ from another besides its content. */
export interface AnswerIdentity {
	readonly id: string;
	/** Unix time in whole seconds. */
	readonly created: number;
	/** The model's name as the client wrote it. */
	readonly model: string;
}

/** A token alternative; `bytes` are its UTF-8 bytes. */
export interface WireTopLogprob {
	readonly token: string;
	readonly logprob: number;
	readonly bytes: number[];
}

/** A generated token with its alternatives. */
interface WireTokenLogprob extends WireTopLogprob {
	readonly top_logprobs: WireTopLogprob[];
}

/** The `logprobs` object of a choice. */
export interface WireLogprobs {
	readonly content: WireTokenLogprob[];
	readonly refusal: null;
}

/** A tool call; arguments are JSON text. */
interface WireToolCall {
	readonly id: string;
	readonly type: "function";
	readonly function: { readonly name: string; readonly arguments: string };
}

/** One choice of a complete answer. */
export interface WireChoice {
	readonly index: number;
	readonly message: {
		readonly role: "assistant";
		readonly content: string | null;
		readonly refusal: null;
		readonly tool_calls?: WireToolCall[];
	};
	readonly logprobs: WireLogprobs | null;
	readonly finish_reason: "stop" | "length" | "tool_calls";
}

/** A complete answer. */
export interface ChatCompletion extends AnswerIdentity {
	readonly object: "chat.completion";
	readonly choices: WireChoice[];
	readonly usage: TokenUsage;
	readonly system_fingerprint: string;
}

/** What one chunk adds to a choice. */
export interface WireDelta {
	readonly role?: "assistant";
	readonly content?: string | null;
	readonly refusal?: null;
	readonly tool_calls?: {
		readonly index: number;
		readonly id?: string;
		readonly type?: "function";
		readonly function: { readonly name?: string; readonly arguments: string };
	}[];
}

/** One chunk of a streamed answer. */
export interface ChatChunk extends AnswerIdentity {
	readonly object: "chat.completion.chunk";
	readonly choices: {
		readonly index: number;
		readonly delta: WireDelta;
		readonly logprobs: WireLogprobs | null;
		readonly finish_reason: WireChoice["finish_reason"] | null;
	}[];
	readonly system_fingerprint: string;
	/** Present only when the client asked for usage: null on all chunks but the last. */
	readonly usage?: TokenUsage | null;
}
