import { asksForJson } from "../checks/response-format.ts";
import { messageText, type ChatRequest, type Completion, type TokenLogprob } from "../completion.ts";
import type { UnavailableCause } from "../reading.ts";
import { err, ok, type Result } from "../result.ts";
import { sampleQuantile, usableLogprobs } from "./logprob-confidence.ts";
import { hasAlternatives, marginOf, readDistribution, type TokenDistribution } from "./margin-confidence.ts";

/** The features of an answer, version 1; `docs/confidence.md` defines each. The order is no part of the version. */
export const ANSWER_FEATURES = [
	"tokenCount",
	"logTokenCount",
	"meanLogprob",
	"minLogprob",
	"quantile10",
	"quantile20",
	"quantile50",
	"shareBelowHalf",
	"meanEntropy",
	"maxEntropy",
	"meanMargin",
	"firstTokenMargin",
	"stopped",
	"formatted",
	"logPromptCharacters",
] as const;

/** Name of one feature of an answer. */
export type AnswerFeature = (typeof ANSWER_FEATURES)[number];

/** How many alternatives a token's entropy lists, however many came: what the client asked for changes no feature. */
export const FEATURE_ALTERNATIVES = 5;

/**
 * All features of an answer: statistics of its tokens' log-probabilities, margins (probabilities) and entropies (nats),
 * and three of its circumstances. Those of log-probabilities are minus infinity where a token was impossible; the
 * others are finite. An error where a token has no usable log-probability or lists no alternatives.
 */
export function answerFeatures(
	request: ChatRequest,
	answer: Completion,
): Result<Readonly<Record<AnswerFeature, number>>, UnavailableCause> {
	const { tokens } = answer;
	if (tokens === null || tokens.length === 0) return err("no-logprobs");
	const logprobs = usableLogprobs(tokens);
	if (logprobs === null) return err("bad-logprobs");
	const distributions = readDistributions(tokens);
	if (!distributions.ok) return distributions;
	const margins = distributions.value.map(marginOf);
	const entropies = distributions.value.map(entropyOf);
	return ok({
		tokenCount: tokens.length,
		logTokenCount: Math.log(tokens.length),
		meanLogprob: meanOf(logprobs),
		minLogprob: sampleQuantile(logprobs, 0),
		quantile10: sampleQuantile(logprobs, 0.1),
		quantile20: sampleQuantile(logprobs, 0.2),
		quantile50: sampleQuantile(logprobs, 0.5),
		shareBelowHalf: logprobs.filter((logprob) => logprob < -Math.LN2).length / logprobs.length,
		meanEntropy: meanOf(entropies),
		maxEntropy: sampleQuantile(entropies, 1),
		meanMargin: meanOf(margins),
		firstTokenMargin: margins[0] ?? 0,
		stopped: answer.finishReason === "stop" ? 1 : 0,
		formatted: asksForJson(request.body["response_format"]) ? 1 : 0,
		logPromptCharacters: Math.log1p(promptCharacters(request)),
	});
}

function readDistributions(tokens: readonly TokenLogprob[]): Result<TokenDistribution[], UnavailableCause> {
	const distributions: TokenDistribution[] = [];
	for (const token of tokens) {
		const distribution = readDistribution(token);
		if (distribution === null) return err(hasAlternatives(token) ? "bad-logprobs" : "no-logprobs");
		distributions.push(distribution);
	}
	return ok(distributions);
}

/**
 * -sum p log p in nats over the likeliest five tokens listed, the emitted one besides where it is not among them, and
 * over the mass that they leave as if one token had it: a short list would otherwise make a wide distribution look
 * narrow.
 */
export function entropyOf({ alternatives, emitted }: TokenDistribution): number {
	const probabilities = alternatives.map((alternative) => alternative.probability);
	const likeliest = probabilities.toSorted((left, right) => right - left).slice(0, FEATURE_ALTERNATIVES);
	const isListed = emitted >= (likeliest.at(-1) ?? 0);
	const counted = isListed ? likeliest : [...likeliest, emitted];
	const leftover = Math.max(0, 1 - counted.reduce((sum, probability) => sum + probability, 0));
	return [...counted, leftover].reduce((sum, probability) => sum + surprise(probability), 0);
}

/** -p log p, whose limit at 0 is 0. */
function surprise(probability: number): number {
	return probability > 0 ? -probability * Math.log(probability) : 0;
}

function meanOf(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function promptCharacters({ messages }: ChatRequest): number {
	return messages.reduce((sum, message) => sum + messageText(message).length, 0);
}
