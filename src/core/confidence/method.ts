import type { ChatMessage, ChatRequest, Completion } from "../completion.ts";
import type { Price } from "../cost.ts";
import { unavailable, type ConfidenceReading } from "../reading.ts";
import { agreementConfidence, type AgreementMatch } from "./agreement.ts";
import { meanLogprobConfidence, minLogprobConfidence, quantileLogprobConfidence } from "./logprob-confidence.ts";
import { labelMarginConfidence, tokenMarginConfidence } from "./margin-confidence.ts";
import { verifyConfidence, verifyMessages } from "./verify.ts";

/** How a stage's answer is turned into a confidence: the method and its parameters, as the policy names them. */
export type ConfidenceMethod =
	| { readonly method: "mean-logprob" }
	| { readonly method: "min-logprob" }
	| { readonly method: "quantile-logprob"; readonly quantile: number }
	| { readonly method: "token-margin" }
	| { readonly method: "label-margin"; readonly labels: readonly string[] }
	| {
			readonly method: "agreement";
			/** Answers compared in all, the served one included. */
			readonly samples: number;
			readonly temperature: number;
			readonly match: AgreementMatch;
	  }
	/** `model` is the checker, on the stage's adapter; `price` and `logprobs` its own, where they are not the stage's. */
	| {
			readonly method: "verify";
			readonly model: string;
			readonly price?: Price | undefined;
			readonly logprobs?: boolean | undefined;
	  };

/** What a method needs before it can read: pure data, so that the cascade alone makes calls. */
export interface ConfidencePlan {
	/** Alternatives to ask for at each token; null where the method reads no log-probabilities. */
	readonly topLogprobs: number | null;
	/** Further answers to the same request, at this temperature, alongside the first. */
	readonly samples: { readonly count: number; readonly temperature: number } | null;
	/** A call that follows the answer: one token from a checker. */
	readonly verify: {
		readonly model: string;
		readonly declaredLogprobs: boolean | undefined;
		readonly messages: (answer: Completion) => ChatMessage[];
	} | null;
}

/** OpenAI's and Workers AI's most; label-margin wants to see every label. */
const MOST_TOP_LOGPROBS = 20;

const NO_CALLS = { samples: null, verify: null };

/** What the method needs for this request. */
export function planConfidence(method: ConfidenceMethod, request: ChatRequest): ConfidencePlan {
	switch (method.method) {
		case "mean-logprob":
		case "min-logprob":
		case "quantile-logprob":
			return { topLogprobs: 0, ...NO_CALLS };
		case "token-margin":
			return { topLogprobs: 2, ...NO_CALLS };
		case "label-margin":
			return { topLogprobs: MOST_TOP_LOGPROBS, ...NO_CALLS };
		case "agreement":
			return {
				topLogprobs: null,
				samples: { count: method.samples - 1, temperature: method.temperature },
				verify: null,
			};
		case "verify":
			return {
				topLogprobs: null,
				samples: null,
				verify: {
					model: method.model,
					declaredLogprobs: method.logprobs,
					messages: (answer) => verifyMessages(request, answer),
				},
			};
	}
}

/** The answers a method reads. `null` in `samples` or `verdict` is a call that failed. */
export interface ConfidenceInputs {
	readonly answer: Completion;
	readonly samples: readonly (Completion | null)[];
	readonly verdict: Completion | null;
}

/** The method's reading of these answers. Total: whatever the upstream sent, this returns and never throws. */
export function readConfidence(method: ConfidenceMethod, inputs: ConfidenceInputs): ConfidenceReading {
	const { answer } = inputs;
	switch (method.method) {
		case "mean-logprob":
			return meanLogprobConfidence(answer.tokens);
		case "min-logprob":
			return minLogprobConfidence(answer.tokens);
		case "quantile-logprob":
			return quantileLogprobConfidence(answer.tokens, method.quantile);
		case "token-margin":
			return tokenMarginConfidence(answer.tokens);
		case "label-margin":
			return labelMarginConfidence(answer.tokens, method.labels);
		case "agreement": {
			const samples = inputs.samples.filter((sample) => sample !== null);
			// A lost sample is not a sample that agreed, nor one that may be left out of the count.
			if (samples.length < method.samples - 1) return unavailable("extra-call-failed");
			return agreementConfidence(answer, samples, method.match);
		}
		case "verify":
			return inputs.verdict === null ? unavailable("extra-call-failed") : verifyConfidence(inputs.verdict);
	}
}
