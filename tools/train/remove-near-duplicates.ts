/**
 * Near-duplicate removal by MinHash signatures with banding (Broder 1997;
 * "Mining of Massive Datasets", chapter 3). The same bulk mail reaches a spam
 * trap many times; were copies on both sides of the split, the held-out accuracy
 * would be a memory test.
 */
import { hashText } from "../../src/local/models/hash-features.ts";

/** Words in a shingle: pairs are too common, five miss a reworded greeting. */
const SHINGLE_WORDS = 3;
const BANDS = 16;
const ROWS_PER_BAND = 3;
const SIGNATURE_LENGTH = BANDS * ROWS_PER_BAND;

/** Share of agreeing signature positions (an estimate of Jaccard similarity) that makes two texts one. */
const DUPLICATE_SIMILARITY = 0.7;

/**
 * Keeps the first of each group of near-duplicates, in the order given.
 *
 * @param textOf text to compare; items without any word are dropped.
 */
export function removeNearDuplicates<Item>(items: readonly Item[], textOf: (item: Item) => string): Item[] {
	const buckets = new Map<string, Uint32Array[]>();
	return items.filter((item) => {
		const signature = minHash(shingles(textOf(item)));
		if (signature === undefined) return false;
		const keys = bandKeys(signature);
		const seen = keys.some((key) =>
			(buckets.get(key) ?? []).some((other) => similarity(signature, other) >= DUPLICATE_SIMILARITY),
		);
		if (seen) return false;
		for (const key of keys) buckets.set(key, [...(buckets.get(key) ?? []), signature]);
		return true;
	});
}

function shingles(text: string): Set<string> {
	const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
	const found = new Set<string>();
	for (let start = 0; start === 0 || start + SHINGLE_WORDS <= words.length; start += 1) {
		const shingle = words.slice(start, start + SHINGLE_WORDS).join(" ");
		if (shingle !== "") found.add(shingle);
	}
	return found;
}

function minHash(values: ReadonlySet<string>): Uint32Array | undefined {
	if (values.size === 0) return undefined;
	const signature = new Uint32Array(SIGNATURE_LENGTH).fill(0xffffffff);
	for (const value of values) {
		const base = hashText(value);
		for (let position = 0; position < SIGNATURE_LENGTH; position += 1) {
			const hashed = scramble(base, position);
			if (hashed < (signature[position] ?? 0)) signature[position] = hashed;
		}
	}
	return signature;
}

/** A different permutation of the 32-bit integers for each position (murmur3's finaliser). */
function scramble(value: number, position: number): number {
	let mixed = value ^ Math.imul(position + 1, 0x9e3779b1);
	mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
	mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
	return (mixed ^ (mixed >>> 16)) >>> 0;
}

function bandKeys(signature: Uint32Array): string[] {
	return Array.from(
		{ length: BANDS },
		(_unused, band) => `${band}:${signature.subarray(band * ROWS_PER_BAND, (band + 1) * ROWS_PER_BAND).join("-")}`,
	);
}

function similarity(left: Uint32Array, right: Uint32Array): number {
	let same = 0;
	for (let position = 0; position < SIGNATURE_LENGTH; position += 1) {
		if (left[position] === right[position]) same += 1;
	}
	return same / SIGNATURE_LENGTH;
}
