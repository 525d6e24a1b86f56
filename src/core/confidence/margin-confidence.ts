import type { TokenLogprob } from "../completion.ts";
import { measured, unavailable, type ConfidenceReading } from "../reading.ts";

/**
 * `token-margin`: the mean over tokens of p(emitted) - p(best alternative), each clipped at 0 (the token margin
 * of UCCI, arXiv 2605.18796). For a greedy answer this is the gap between the two likeliest tokens; for a sampled
 * one the emitted token counts, since it is the emitted answer that is judged.
 */
export function tokenMarginConfidence(tokens: readonly TokenLogprob[] | null): ConfidenceReading {
	if (tokens === null || tokens.length === 0) return unavailable("no-logprobs");
	let sum = 0;
	for (const token of tokens) {
		const distribution = readDistribution(token);
		if (distribution === null) return unavailable(hasAlternatives(token) ? "bad-logprobs" : "no-logprobs");
		sum += marginOf(distribution);
	}
	return measured(sum / tokens.length);
}

/** p(emitted) - p(best alternative), 0 where the alternative was likelier. */
export function marginOf(distribution: TokenDistribution): number {
	return Math.max(0, distribution.emitted - distribution.bestOther);
}

/**
 * `label-margin`: at the token that begins the label, p(answered label) - p(best other label), renormalised over
 * the allowed labels and clipped at 0. Labels that the listed alternatives do not mention get the most that the
 * unlisted mass allows, so that a short list of alternatives never makes the answer look surer than it is.
 *
 * A token names a label if the label starts with it (letter case and surrounding quotes or spaces aside) and it
 * names no other; a token shared by two labels cannot tell them apart and is skipped. Where it is known which label is
 * `answered`, a first such token that names another cannot be read.
 */
export function labelMarginConfidence(
	tokens: readonly TokenLogprob[] | null,
	labels: readonly string[],
	answered?: string,
): ConfidenceReading {
	if (tokens === null || tokens.length === 0) return unavailable("no-logprobs");
	const token = tokens.find((candidate) => labelOf(candidate?.token, labels) !== undefined);
	const named = labelOf(token?.token, labels);
	if (token === undefined || named === undefined || named !== (answered ?? named)) return unavailable("no-label");
	if (!hasAlternatives(token)) return unavailable("no-logprobs");
	const distribution = readDistribution(token);
	if (distribution === null) return unavailable("bad-logprobs");
	const probabilities = new Map<string, number>();
	for (const alternative of distribution.alternatives) {
		const label = labelOf(alternative.token, labels);
		if (label !== undefined) probabilities.set(label, (probabilities.get(label) ?? 0) + alternative.probability);
	}
	const unlisted = labels.filter((label) => !probabilities.has(label));
	// One unlisted label could hold all of the unlisted mass; none can exceed the least listed alternative.
	const mostForOne = unlisted.length === 0 ? 0 : distribution.mostUnlisted;
	const mostForAll = Math.min(distribution.leftover, unlisted.length * distribution.mostUnlisted);
	const answeredProbability = probabilities.get(named) ?? 0;
	probabilities.delete(named);
	const others = [...probabilities.values(), mostForOne];
	const total =
		answeredProbability + mostForAll + [...probabilities.values()].reduce((sum, probability) => sum + probability, 0);
	if (!(total > 0)) return unavailable("bad-logprobs");
	return measured(Math.max(0, answeredProbability - Math.max(...others)) / total);
}

/** What is known of the distribution that a token was drawn from. */
export interface TokenDistribution {
	readonly emitted: number;
	readonly bestOther: number;
	/** The emitted token first and once, then the listed ones that are spelt otherwise. */
	readonly alternatives: readonly { readonly token: string; readonly probability: number }[];
	/** The most that one token outside the list can have. */
	readonly mostUnlisted: number;
	/** The most that all tokens outside the list can have together. */
	readonly leftover: number;
}

/** Whether the model listed any alternative at this token, itself included. */
export function hasAlternatives(token: TokenLogprob): boolean {
	return Array.isArray(token?.top_logprobs) && token.top_logprobs.length > 0;
}

/** The probabilities at one token; null where any is missing or absurd. */
export function readDistribution(token: TokenLogprob): TokenDistribution | null {
	if (
		!hasAlternatives(token) ||
		typeof token.token !== "string" ||
		typeof token.logprob !== "number" ||
		!(token.logprob <= 0)
	)
		return null;
	const alternatives: { token: string; probability: number }[] = [
		{ token: token.token, probability: Math.exp(token.logprob) },
	];
	for (const alternative of token.top_logprobs ?? []) {
		// What is inside a token is the upstream's own: nothing about it is certain.
		if (typeof alternative?.token !== "string") return null;
		if (typeof alternative.logprob !== "number" || !(alternative.logprob <= 0)) return null;
		if (alternative.token === token.token) continue;
		alternatives.push({ token: alternative.token, probability: Math.exp(alternative.logprob) });
	}
	const listed = alternatives.reduce((sum, alternative) => sum + alternative.probability, 0);
	const leftover = Math.max(0, 1 - listed);
	// The list holds the likeliest tokens, so one outside it is no likelier than the least of them. (A sampled
	// token may itself be outside; its own probability bounds nothing.)
	const least = Math.min(...(token.top_logprobs ?? []).map((alternative) => Math.exp(alternative.logprob)));
	const mostUnlisted = Math.min(leftover, least);
	const others = alternatives.slice(1).map((alternative) => alternative.probability);
	const [first] = alternatives;
	return {
		emitted: first?.probability ?? 0,
		bestOther: Math.max(mostUnlisted, ...others),
		alternatives,
		mostUnlisted,
		leftover,
	};
}

const SURROUNDING = /^[\s"'`{[(:]+|[\s"'`}\]):,.!]+$/gu;

/** The one label that this token begins, or undefined where it begins none or several. */
export function labelOf(token: unknown, labels: readonly string[]): string | undefined {
	if (typeof token !== "string") return undefined;
	const text = token.replaceAll(SURROUNDING, "").toLowerCase();
	if (text === "") return undefined;
	const named = labels.filter((label) => label.toLowerCase().startsWith(text));
	return named.length === 1 ? named[0] : undefined;
}
