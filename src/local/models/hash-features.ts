/**
 * Feature hashing (Weinberger et al. 2009): text features become positions in a
 * fixed-size weight vector, so no vocabulary has to be stored.
 */

/** Distinct bucket numbers and the value of each: a sparse feature vector. */
export interface SparseVector {
	readonly buckets: Uint32Array;
	/** Equal for all buckets, so that the vector has Euclidean length 1. */
	readonly value: number;
}

/** 32-bit FNV-1a over UTF-16 code units, with a final scramble because FNV's low bits are weak. */
export function hashText(text: string): number {
	let hash = 0x811c9dc5;
	for (let position = 0; position < text.length; position += 1) {
		hash = Math.imul(hash ^ text.charCodeAt(position), 0x01000193);
	}
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	return (hash ^ (hash >>> 13)) >>> 0;
}

/**
 * Hashes features into `bucketCount` buckets. Presence counts, not frequency: a
 * word said twenty times is not twenty times the evidence. Length is normalised
 * so that long mails are not more certain merely for being long.
 */
export function hashFeatures(features: Iterable<string>, bucketCount: number): SparseVector {
	const buckets = new Set<number>();
	for (const feature of features) buckets.add(hashText(feature) % bucketCount);
	const sorted = Uint32Array.from(buckets).sort();
	return { buckets: sorted, value: sorted.length === 0 ? 0 : 1 / Math.sqrt(sorted.length) };
}
