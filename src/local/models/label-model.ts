/**
 * Logistic regression over hashed features with int8 weights: the inference half.
 * Its log-probabilities are real: fitted on mail, scaled by a temperature chosen
 * on mails the weights were not fitted on (Guo et al. 2017).
 */
import { type FeatureSetName, isFeatureSetName, mailFeatures } from "./feature-sets.ts";
import { hashFeatures } from "./hash-features.ts";
import type { Mail } from "./mail-prompt.ts";
import { parseWeightFile, requireNumber, requireSection } from "./weight-file.ts";

/** The labels of the mail models. */
export type MailLabel = "spam" | "ham";

/** One label with its natural-log probability. */
export interface LabelLogProbability {
	readonly label: MailLabel;
	readonly logprob: number;
}

/** A fitted label model. */
export interface LabelModel {
	readonly features: FeatureSetName;
	/** Both labels with their log-probabilities at temperature 1, likeliest first; they sum to probability 1. */
	distribution(mail: Mail): readonly [LabelLogProbability, LabelLogProbability];
}

/**
 * Reads a label model from its weight file.
 *
 * @throws Error when the bytes are not a label model.
 */
export function parseLabelModel(bytes: ArrayBuffer): LabelModel {
	const file = parseWeightFile(bytes);
	const features = file.header["features"];
	if (!isFeatureSetName(features)) throw new Error("weight file names an unknown feature set");
	const weights = requireSection(file, "weights");
	const scale = requireNumber(file, "scale");
	const bias = requireNumber(file, "bias");
	return {
		features,
		distribution(mail) {
			const vector = hashFeatures(mailFeatures(features, mail), weights.length);
			let sum = 0;
			for (const bucket of vector.buckets) sum += weights[bucket] ?? 0;
			return labelDistribution(sum * vector.value * scale + bias);
		},
	};
}

/** Both labels' log-probabilities from the log-odds of spam, likeliest first; ham first on a tie. */
export function labelDistribution(spamLogOdds: number): [LabelLogProbability, LabelLogProbability] {
	const spam: LabelLogProbability = { label: "spam", logprob: logSigmoid(spamLogOdds) };
	const ham: LabelLogProbability = { label: "ham", logprob: logSigmoid(-spamLogOdds) };
	return spamLogOdds > 0 ? [spam, ham] : [ham, spam];
}

/** log(1 / (1 + exp(-x))) without overflow. */
function logSigmoid(x: number): number {
	return x >= 0 ? -Math.log1p(Math.exp(-x)) : x - Math.log1p(Math.exp(x));
}
