import type { ChatMessage, ChatRequest, Completion } from "../completion.ts";
import type { Price } from "../cost.ts";
import { unavailable, type ConfidenceReading, type UnavailableCause } from "../reading.ts";
import { err, ok, type Result } from "../result.ts";
import { answeredLabel } from "../task.ts";
import { agreementConfidence, boundedAgreement, type AgreementMatch } from "./agreement.ts";
import { classifierScoreConfidence } from "./classifier-score.ts";
import { learnedConfidence } from "./learned.ts";
import { meanLogprobConfidence, minLogprobConfidence, quantileLogprobConfidence } from "./logprob-confidence.ts";
import { FEATURE_ALTERNATIVES, type AnswerFeature } from "./logprob-features.ts";
import { labelMarginConfidence, tokenMarginConfidence } from "./margin-confidence.ts";
import { labelPart, labelsToRead } from "./labels-to-read.ts";
import { valueTokenConfidence } from "./value-token.ts";
import {
	canBeVerbalised,
	separateVerbalised,
	verbalisedConfidence,
	verbalisedMessages,
	type SeparatedAnswer,
} from "./verbalised.ts";
import { verifyConfidence, verifyMessages } from "./verify.ts";

/**
 * Decide a stream on its beginning: on its first `tokens`, or on those there are `ms` milliseconds after the first. The
 * cascade's business; `readConfidence` reads whatever tokens it is given.
 */
export interface PrefixRule {
	readonly tokens: number;
	readonly ms: number;
}

/** How a stage's answer is turned into a confidence: the method and its parameters, as the policy names them. */
export type ConfidenceMethod =
	| { readonly method: "mean-logprob"; readonly prefix?: PrefixRule | undefined }
	| { readonly method: "min-logprob"; readonly prefix?: PrefixRule | undefined }
	| { readonly method: "quantile-logprob"; readonly quantile: number; readonly prefix?: PrefixRule | undefined }
	| { readonly method: "token-margin"; readonly prefix?: PrefixRule | undefined }
	/** Without `labels`, those of the request's task. */
	| { readonly method: "label-margin"; readonly labels?: readonly string[] | undefined }
	| {
			readonly method: "agreement";
			/** Answers compared in all, the served one included. */
			readonly samples: number;
			readonly temperature: number;
			readonly match: AgreementMatch;
			/** For a `label` match; without them, those of the request's task. */
			readonly labels?: readonly string[] | undefined;
			/**
			 * Whether to stop as soon as the samples in so far settle the outcome, one that failed included. That makes
			 * readings bounds; see `settledAgreement`.
			 */
			readonly stopEarly: boolean;
	  }
	/** `model` is the checker, on the stage's adapter; `price` and `logprobs` its own, where they are not the stage's. */
	| {
			readonly method: "verify";
			readonly model: string;
			readonly price?: Price | undefined;
			readonly logprobs?: boolean | undefined;
	  }
	| { readonly method: "verbalised" }
	| { readonly method: "classifier-score" }
	| { readonly method: "value-token"; readonly quantile: number }
	| {
			readonly method: "learned";
			/** Version of the feature vector that the weights were fitted on. */
			readonly features: 1;
			readonly bias: number;
			readonly weights: Readonly<Partial<Record<AnswerFeature, number>>>;
	  };

/** What a method needs before it can read: pure data, so that the cascade alone makes calls. */
export interface ConfidencePlan {
	/** Alternatives to ask for at each token; null where the method reads no log-probabilities. */
	readonly topLogprobs: number | null;
	/** Whether the method reads the scores that a classifier gives with its answer. */
	readonly scores: boolean;
	/** Messages to send in place of the request's own for the answer; null where those are sent. */
	readonly messages: readonly ChatMessage[] | null;
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

const NOTHING: ConfidencePlan = { topLogprobs: null, scores: false, messages: null, samples: null, verify: null };

/**
 * What the method needs for this request; an error where it could read no answer to it, so that none is paid for.
 * `nonce` is a few letters and digits, new for each request, that the client cannot know (`verbalisedMessages`).
 */
export function planConfidence(
	method: ConfidenceMethod,
	request: ChatRequest,
	nonce: string,
): Result<ConfidencePlan, UnavailableCause> {
	switch (method.method) {
		case "mean-logprob":
		case "min-logprob":
		case "quantile-logprob":
		case "value-token":
			return ok({ ...NOTHING, topLogprobs: 0 });
		case "token-margin":
			return ok({ ...NOTHING, topLogprobs: 2 });
		case "learned":
			return ok({ ...NOTHING, topLogprobs: FEATURE_ALTERNATIVES });
		case "label-margin":
			if (labelsToRead(method.labels, request) === undefined) return err("not-applicable");
			return ok({ ...NOTHING, topLogprobs: MOST_TOP_LOGPROBS });
		case "agreement": {
			const { match, labels, samples, temperature } = method;
			if (match === "label" && labelsToRead(labels, request) === undefined) return err("not-applicable");
			return ok({ ...NOTHING, samples: { count: samples - 1, temperature } });
		}
		case "verify": {
			const { model, logprobs: declaredLogprobs } = method;
			const messages = (answer: Completion) => verifyMessages(request, answer);
			return ok({ ...NOTHING, verify: { model, declaredLogprobs, messages } });
		}
		case "verbalised":
			if (!canBeVerbalised(request)) return err("not-applicable");
			return ok({ ...NOTHING, messages: verbalisedMessages(request, nonce) });
		case "classifier-score":
			// A classifier serves tasks alone.
			return request.task === undefined ? err("not-applicable") : ok({ ...NOTHING, scores: true });
	}
}

/**
 * Takes what was asked for in the answer's own call off the answer, before anything else reads it: the statement of
 * `verbalised`. `nonce` is the one of the plan. Every other method leaves the answer as it is.
 */
export function separateStatement(method: ConfidenceMethod, answer: Completion, nonce: string): SeparatedAnswer {
	return method.method === "verbalised" ? separateVerbalised(answer, nonce) : { answer, stated: null };
}

/** The answers a method reads. `null` in `samples` or `verdict` is a call that failed. */
export interface ConfidenceInputs {
	readonly request: ChatRequest;
	/** As `separateStatement` left it. */
	readonly answer: Completion;
	/** In [0, 1]; null where the answer stated nothing. */
	readonly stated: number | null;
	readonly samples: readonly (Completion | null)[];
	readonly verdict: Completion | null;
}

/** The method's reading of these answers. Total: whatever the upstream sent, this returns and never throws. */
export function readConfidence(method: ConfidenceMethod, inputs: ConfidenceInputs): ConfidenceReading {
	const { request, answer } = inputs;
	switch (method.method) {
		case "mean-logprob":
			return meanLogprobConfidence(answer.tokens);
		case "min-logprob":
			return minLogprobConfidence(answer.tokens);
		case "quantile-logprob":
			return quantileLogprobConfidence(answer.tokens, method.quantile);
		case "token-margin":
			return tokenMarginConfidence(answer.tokens);
		case "label-margin": {
			const labels = labelsToRead(method.labels, request);
			if (labels === undefined) return unavailable("not-applicable");
			if (method.labels !== undefined) return labelMarginConfidence(answer.tokens, labels);
			// The answer is one of the task's labels, so a token that begins another one is not where it is said.
			const answered = answeredLabel(labelPart(answer.text, request), labels);
			return answered === undefined ? unavailable("no-label") : labelMarginConfidence(answer.tokens, labels, answered);
		}
		case "agreement": {
			const samples = inputs.samples.filter((sample) => sample !== null);
			// A lost sample is not a sample that agreed, nor one that may be left out of the count.
			if (samples.length < method.samples - 1) return unavailable("extra-call-failed");
			return agreementConfidence(request, answer, samples, method);
		}
		case "verify":
			return inputs.verdict === null ? unavailable("extra-call-failed") : verifyConfidence(inputs.verdict);
		case "verbalised":
			return verbalisedConfidence(answer, inputs.stated);
		case "classifier-score":
			return classifierScoreConfidence(request, answer);
		case "value-token":
			return valueTokenConfidence(answer, method.quantile);
		case "learned":
			return learnedConfidence(request, answer, method);
	}
}

/**
 * The reading of an `agreement` with `stopEarly`, once the samples in so far (null: failed) settle whether it will
 * reach the threshold; null before, and for every other method. What it returns is on the side of the threshold where
 * all samples would have put it, but a bound: the share that agree so far where it reaches the threshold, the greatest
 * share still possible where it does not. Samples still out can then be stopped.
 */
export function settledAgreement(
	method: ConfidenceMethod,
	inputs: Pick<ConfidenceInputs, "request" | "answer" | "samples">,
	threshold: number,
): ConfidenceReading | null {
	if (method.method !== "agreement" || !method.stopEarly) return null;
	const { request, answer, samples } = inputs;
	return boundedAgreement(request, answer, samples, method, { count: method.samples, threshold });
}

/** What a method costs beyond the answer itself. */
export interface MethodCost {
	readonly extraCalls: number;
	/** When the extra calls run; `none` where there are none. */
	readonly latency: "none" | "beside-answer" | "after-answer";
	readonly reads: "log-probabilities" | "samples" | "checker" | "statement" | "scores";
	/** The most tokens that the answer's own call usually gives beyond the answer. */
	readonly outputTokens: number;
}

/** Tokens of a line break and a statement; the most of 2,000 nonces by o200k_base, whose median is 18. */
const STATEMENT_TOKENS = 26;

/** What this method costs beyond the answer itself. */
export function describeMethod(method: ConfidenceMethod): MethodCost {
	const free = { extraCalls: 0, latency: "none", outputTokens: 0 } as const;
	switch (method.method) {
		case "agreement":
			return { ...free, extraCalls: method.samples - 1, latency: "beside-answer", reads: "samples" };
		case "verify":
			return { ...free, extraCalls: 1, latency: "after-answer", reads: "checker" };
		case "verbalised":
			return { ...free, reads: "statement", outputTokens: STATEMENT_TOKENS };
		case "classifier-score":
			return { ...free, reads: "scores" };
		case "mean-logprob":
		case "min-logprob":
		case "quantile-logprob":
		case "token-margin":
		case "label-margin":
		case "value-token":
		case "learned":
			return { ...free, reads: "log-probabilities" };
	}
}
