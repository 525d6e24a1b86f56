import type { TokenLogprob } from "./completion.ts";
import { hasAlternatives, labelOf, readDistribution } from "./confidence/margin-confidence.ts";
import type { LabelScore } from "./task.ts";

/**
 * What a model that generates text thought of each label: the probabilities at the token that begins its answer's label,
 * renormalised over the labels that the model listed there, the answered one first. Each is in [0, 1] and together they
 * are 1. A label that was not listed is left out: it is less likely than every listed token, and nobody knows by how much.
 *
 * Null where there is nothing to read: no log-probabilities or alternatives, absurd ones, no token that begins one label
 * alone, or one that begins another label than the answer's.
 */
export function labelProbabilities(
	tokens: readonly TokenLogprob[] | null,
	labels: readonly string[],
	answered: string,
): readonly LabelScore[] | null {
	const token = tokens?.find((candidate) => labelOf(candidate.token, labels) !== undefined);
	if (token === undefined || !hasAlternatives(token) || labelOf(token.token, labels) !== answered) return null;
	const distribution = readDistribution(token);
	if (distribution === null) return null;
	// The emitted token is the first alternative, so the answered label is the first key.
	const probabilities = new Map<string, number>();
	for (const alternative of distribution.alternatives) {
		const label = labelOf(alternative.token, labels);
		if (label !== undefined) probabilities.set(label, (probabilities.get(label) ?? 0) + alternative.probability);
	}
	const total = [...probabilities.values()].reduce((sum, probability) => sum + probability, 0);
	if (!(total > 0)) return null;
	return [...probabilities].map(([label, probability]) => ({ label, score: probability / total }));
}
