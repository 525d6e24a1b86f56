/**
 * Text as a vector of hashed features, without weights. It captures which words two texts share, in whole or in part,
 * and nothing of what they mean: "car" is as far from "automobile" as from "banana".
 */
import { hashText } from "./hash-features.ts";

/** Length of the whole vector. */
export const EMBEDDING_DIMENSIONS = 256;

/**
 * Embeds a text: words and character trigrams, each hashed to a place and a sign, so that what collides by chance
 * cancels on average (Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning"). A feature that
 * occurs n times counts 1 + ln n. The first `dimensions` places are kept and scaled to Euclidean length 1.
 *
 * @param text with at least one character that is not white space.
 * @param dimensions from 1 to {@link EMBEDDING_DIMENSIONS}; with few of them a short text may have no feature among the
 * places kept, and then is the zero vector.
 */
export function embedText(text: string, dimensions: number): number[] {
	const vector = Array.from({ length: EMBEDDING_DIMENSIONS }, () => 0);
	for (const [feature, count] of countFeatures(text)) {
		const hash = hashText(feature);
		const place = hash % EMBEDDING_DIMENSIONS;
		// The highest bit takes no part in the place.
		const sign = hash >>> 31 === 0 ? 1 : -1;
		vector[place] = (vector[place] ?? 0) + sign * (1 + Math.log(count));
	}
	const kept = vector.slice(0, dimensions);
	const length = Math.hypot(...kept);
	return length === 0 ? kept : kept.map((value) => value / length);
}

/** Words, marks, and the trigrams of each word with its ends marked by a space: `car` has ` ca`, `car`, `ar `. */
function countFeatures(text: string): Map<string, number> {
	const counts = new Map<string, number>();
	const add = (feature: string) => counts.set(feature, (counts.get(feature) ?? 0) + 1);
	for (const word of text
		.normalize("NFKC")
		.toLowerCase()
		.match(/[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu) ?? []) {
		add(`word:${word}`);
		const bounded = Array.from(` ${word} `);
		for (let start = 0; start + 3 <= bounded.length; start += 1) {
			add(`trigram:${bounded.slice(start, start + 3).join("")}`);
		}
	}
	return counts;
}
