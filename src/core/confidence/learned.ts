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
	let sum = model.bias;
	for (const name of ANSWER_FEATURES) {
		const weight = model.weights[name] ?? 0;
		if (weight === 0) continue;
		const value = features.value[name];
		if (!Number.isFinite(value)) return unavailable("bad-logprobs");
		sum += weight * value;
	}
	return measured(1 / (1 + Math.exp(-sum)));
}
