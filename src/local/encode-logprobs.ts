/** Log-probabilities of generated tokens in OpenAI's format. */
import type { GeneratedToken, TokenAlternative } from "./generated-answer.ts";
import type { WireLogprobs, WireTopLogprob } from "./wire-types.ts";

/** Encodes tokens; null when the request did not ask for log-probabilities. */
export function encodeLogprobs(tokens: readonly GeneratedToken[], isWanted: boolean): WireLogprobs | null {
	if (!isWanted) return null;
	return {
		content: tokens.map((token) => ({
			...encodeAlternative(token),
			top_logprobs: token.alternatives.map(encodeAlternative),
		})),
		refusal: null,
	};
}

function encodeAlternative({ text, logprob }: TokenAlternative): WireTopLogprob {
	return { token: text, logprob, bytes: utf8Bytes(text) };
}

/** UTF-8 without TextEncoder, which is not part of the language and so of no pure module. */
function utf8Bytes(text: string): number[] {
	const escaped = encodeURIComponent(text.toWellFormed());
	return Array.from(escaped.matchAll(/%([0-9A-F]{2})|([^%])/g), ([, hex, character]) =>
		hex === undefined ? (character ?? "").charCodeAt(0) : Number.parseInt(hex, 16),
	);
}
