import { LARGE_PRICE, SMALL_PRICE } from "../src/local/demo-records.ts";

/** One way to decide a stream, under measurement. */
export interface StreamVariant {
	readonly name: string;
	/** Of its cascade. */
	readonly alias: string;
	/** Asks the last stage alone. */
	readonly lastStageAlone?: true;
}

/** Each way to decide; the first is what the others are compared with. */
export const VARIANTS: readonly StreamVariant[] = [
	{ name: "whole answer", alias: "whole" },
	{ name: "first 12 tokens", alias: "tokens" },
	{ name: "first 100 ms", alias: "ms" },
	{ name: "whole answer, parallel", alias: "parallel" },
	{ name: "last stage alone", alias: "whole", lastStageAlone: true },
];

/** How many tokens the prefix of each alias has; null for whole answers. */
const PREFIX_OF = {
	whole: null,
	tokens: { tokens: 12, ms: 1_000 },
	ms: { tokens: 12, ms: 100 },
	parallel: null,
} as const;

/** Tokens that there are 100 ms after the first at 40 a second; the first included. */
const TOKENS_IN_TIME = 5;

/** The cascades whose readings the thresholds are taken from: they accept everything. */
export const CALIBRATION = { whole: undefined, tokens: 12, ms: TOKENS_IN_TIME } as const;

/** The thresholds of each way to read an answer. */
export type Thresholds = Readonly<Record<keyof typeof CALIBRATION, number>>;

/** Accepts everything, and reads as much of an answer as each way to decide does. */
export function calibrationPolicy(): Record<string, unknown> {
	const cascades = Object.entries(CALIBRATION).map(([alias, tokens]) => [
		alias,
		cascade(tokens === undefined ? null : { tokens, ms: 10_000 }, 0, "sequential"),
	]);
	return { version: 1, cascades: Object.fromEntries(cascades) as Record<string, unknown> };
}

/** The cascades that are measured. */
export function measuredPolicy(thresholds: Thresholds): Record<string, unknown> {
	return {
		version: 1,
		cascades: {
			whole: cascade(PREFIX_OF.whole, thresholds.whole, "sequential"),
			tokens: cascade(PREFIX_OF.tokens, thresholds.tokens, "sequential"),
			ms: cascade(PREFIX_OF.ms, thresholds.ms, "sequential"),
			parallel: cascade(PREFIX_OF.parallel, thresholds.whole, "parallel"),
		},
	};
}

function cascade(
	prefix: { readonly tokens: number; readonly ms: number } | null,
	threshold: number,
	mode: "sequential" | "parallel",
): Record<string, unknown> {
	return {
		stages: [
			{
				name: "edge",
				adapter: "workers-ai",
				model: "@local/prose-small",
				shape: "chat-completions",
				logprobs: true,
				confidence: { method: "mean-logprob", ...(prefix === null ? {} : { prefix }) },
				threshold,
				price: SMALL_PRICE,
			},
			{ name: "origin", adapter: "openai", origin: "local", model: "prose-large", price: LARGE_PRICE },
		],
		mode,
		checks: { refusal: false },
		allowRouteHeader: true,
	};
}
