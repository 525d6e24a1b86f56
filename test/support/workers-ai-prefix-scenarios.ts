import type { WorkersAiExchange } from "./fake-workers-ai.ts";
import { sayTokens, type SaidToken } from "./workers-ai-tokens.ts";

const SURE: readonly SaidToken[] = [
	["This", 0.9],
	[" is", 0.9],
	[" edge", 0.9],
	[" text", 0.9],
];
const DOUBTFUL: readonly SaidToken[] = [
	["Perhaps", 0.5],
	[" edge", 0.5],
];

/** Models that say several tokens with their log-probabilities, and streams of them that end in every way. */
export const workersAiPrefixScenarios: Readonly<Record<string, (exchange: WorkersAiExchange) => void>> = {
	words: (exchange) => sayTokens(exchange, SURE),
	/** Sure at its beginning alone. */
	"words-doubtful-later": (exchange) => sayTokens(exchange, [...SURE.slice(0, 2), ...DOUBTFUL]),
	/** Doubtful at its beginning alone. */
	"words-doubtful": (exchange) => sayTokens(exchange, [...DOUBTFUL, ...SURE]),
	"words-doubtful-then-silence": (exchange) => sayTokens(exchange, DOUBTFUL, "silence"),
	"words-then-a-late-end": (exchange) => sayTokens(exchange, SURE, "late-end"),
	"words-then-silence": (exchange) => sayTokens(exchange, SURE, "silence"),
	"words-then-break": (exchange) => sayTokens(exchange, SURE, "break"),
	"word-then-silence": (exchange) => sayTokens(exchange, SURE.slice(0, 1), "silence"),
	"word-then-break": (exchange) => sayTokens(exchange, SURE.slice(0, 1), "break"),
	"word-without-finish-reason": (exchange) => sayTokens(exchange, SURE.slice(0, 1), "no-finish-reason"),
	"word-cut-off": (exchange) => sayTokens(exchange, SURE.slice(0, 1), "end", "length"),
	/** Its chunks hold no log-probabilities, whatever was asked. */
	"words-without-logprobs": (exchange) =>
		sayTokens({ ...exchange, inputs: { ...exchange.inputs, logprobs: false } }, SURE),
};
