import type { ChatRequest, Completion } from "../completion.ts";
import { measured, unavailable, type ConfidenceReading } from "../reading.ts";
import { ANSWER_FEATURES, answerFeatures, type AnswerFeature } from "./logprob-features.ts";

/** Logistic regression on features of the answer: an absent weight is 0. */
export interface LearnedModel {
	readonly bias: number;
	readonly weights: Readonly<Partial<Record<AnswerFeature, number>>>;
}

/**
 * `learned`: 1 / (1 + exp(-(bias + sum w x))) over the features of the answer (post-hoc deferral, Gupta et al., ICLR
 * 2024; Jitkrittum et al., NeurIPS 2023). A feature that is minus infinity has no place in the sum and makes the reading
 * unavailable, unless its weight is 0 and it is not read at all.
 */
export function learnedConfidence(request: ChatRequest, answer: Completion, model: LearnedModel): ConfidenceReading {
	const features = answerFeatures(request, answer);
	if (!features.ok) return unavailable(features.error);
	const score = learnedScore(model, (name) => features.value[name]);
	return Number.isNaN(score) ? unavailable("bad-logprobs") : measured(score);
}

/**
 * The score in [0, 1] of an answer with these features, the same to the last bit wherever it is computed; NaN where a feature
 * that has a weight is not a finite number.
 */
export function learnedScore({ bias, weights }: LearnedModel, featureOf: (name: AnswerFeature) => number): number {
	let sum = bias;
	// In this order, since sums of floating-point numbers depend on it.
	for (const name of ANSWER_FEATURES) {
		const weight = weights[name] ?? 0;
		if (weight === 0) continue;
		const value = featureOf(name);
		if (!Number.isFinite(value)) return Number.NaN;
		sum += weight * value;
	}
	return 1 / (1 + Math.exp(-sum));
}
