/** What sends a request past every stage before the last, unasked and unpaid. */
export interface Gate {
	/** Kinds of request that the small models of this cascade are not to see. */
	readonly skipWhen: readonly GateRule[];
	/** Longer prompts are not shown to the small models; see `estimatedTokens`. */
	readonly maxPromptTokens?: number | undefined;
	/** A learned guess whether the small answer would be accepted and right. */
	readonly score?: GateScore | undefined;
}

/** `response-format`: JSON was asked for. `several-choices`: `n` above 1. */
export type GateRule = "tools" | "images" | "response-format" | "several-choices";

/** Logistic regression on features of the prompt; scored under `threshold`, the request is gated. */
export interface GateScore {
	/** Version of the feature vector that the weights were fitted on. */
	readonly features: 1;
	readonly bias: number;
	readonly weights: Readonly<Partial<Record<PromptFeature, number>>>;
	/** In [0, 1]. */
	readonly threshold: number;
}

/** The features of a prompt, all known before any model is asked. */
export const PROMPT_FEATURES = [
	"logPromptCharacters",
	"messageCount",
	"logLastMessageCharacters",
	"hasSystemMessage",
	"digitShare",
	"nonAsciiShare",
	"questionMarks",
	"codeMarks",
	"lineCount",
	"hasTools",
	"hasResponseFormat",
	"logMaxOutputTokens",
	"temperature",
] as const;

/** Name of one feature of a prompt. */
export type PromptFeature = (typeof PROMPT_FEATURES)[number];
