/**
 * Word n-gram language model with interpolated absolute discounting (Ney, Essen
 * and Kneser 1994): the inference half. For a context h with count C(h)
 *
 *   P(w | h) = max(c(h, w) - D, 0) / C(h) + lambda(h) * P(w | h without its first word)
 *
 * where lambda(h) is whatever mass the first term leaves, so that every
 * distribution sums to 1 even though rare n-grams were pruned from the file.
 *
 * Words outside the vocabulary are never predicted; in a context they end it, and
 * the model backs off to what it knows of the words after them.
 */
import { proseTokens } from "./tokenize.ts";
import { parseWeightFile, requireNumber, requireSection } from "./weight-file.ts";

/** The vocabulary's number for the end of a paragraph. */
export const PARAGRAPH_END = 0;

/** Stands in a context for a word outside the vocabulary. */
export const UNKNOWN_TOKEN = -1;

/** The token that ends a paragraph, as text. */
export const PARAGRAPH_END_TEXT = "\n\n";

/** Between the tokens of the vocabulary in a weight file's header; no token contains it. */
export const VOCABULARY_SEPARATOR = "\t";

/** A fitted language model. */
export interface LanguageModel {
	/** Token texts by token number; words carry the space before them. */
	readonly vocabulary: readonly string[];
	/** How many of the last tokens the model looks at. */
	readonly contextLength: number;
	/** Token numbers of a text; {@link UNKNOWN_TOKEN} for words outside the vocabulary. */
	encode(text: string): number[];
	/** Probability of every token of the vocabulary after the context (oldest token first); sums to 1. */
	nextTokenProbabilities(context: readonly number[]): Float64Array;
}

/** Sparse rows: row r holds entries starts[r] to starts[r + 1], sorted by next token. */
interface CountRows {
	readonly starts: Uint32Array;
	readonly nextTokens: ArrayLike<number>;
	readonly counts: ArrayLike<number>;
}

/**
 * Reads a language model from its weight file.
 *
 * @throws Error when the bytes are not a language model.
 */
export function parseLanguageModel(bytes: ArrayBuffer): LanguageModel {
	const file = parseWeightFile(bytes);
	const joined = file.header["vocabulary"];
	if (typeof joined !== "string") throw new Error("weight file has no vocabulary");
	const vocabulary = joined.split(VOCABULARY_SEPARATOR);
	const numbers = new Map(vocabulary.map((text, token) => [text, token]));
	const discount = requireNumber(file, "discount");
	const order = requireNumber(file, "order");
	const wordCounts = requireSection(file, "wordCounts");
	const wordProbabilities = smoothWordCounts(requireSection(file, "predecessorCounts"));
	const pairs: CountRows = {
		starts: startsOf(requireSection(file, "pairRowLengths")),
		nextTokens: requireSection(file, "pairNextTokens"),
		counts: requireSection(file, "pairCounts"),
	};
	const triples: CountRows | undefined =
		order < 3
			? undefined
			: {
					starts: startsOf(requireSection(file, "tripleRowLengths")),
					nextTokens: requireSection(file, "tripleNextTokens"),
					counts: requireSection(file, "tripleCounts"),
				};

	return {
		vocabulary,
		contextLength: order - 1,
		encode: (text) => proseTokens(text).map((token) => numbers.get(token) ?? UNKNOWN_TOKEN),
		nextTokenProbabilities(context) {
			const probabilities = wordProbabilities.slice();
			const last = context.at(-1) ?? UNKNOWN_TOKEN;
			if (last === UNKNOWN_TOKEN) return probabilities;
			mixInRow(probabilities, pairs, last, wordCounts[last] ?? 0, discount);
			const beforeLast = context.at(-2) ?? UNKNOWN_TOKEN;
			if (triples === undefined || beforeLast === UNKNOWN_TOKEN) return probabilities;
			const pair = findEntry(pairs, beforeLast, last);
			if (pair !== undefined) mixInRow(probabilities, triples, pair, pairs.counts[pair] ?? 0, discount);
			return probabilities;
		},
	};
}

/**
 * The shortest context's distribution: in proportion to how many different words
 * come before each word rather than to how often it occurs (Kneser and Ney 1995),
 * because it is used only where the longer contexts have nothing to say. One half
 * is added to every count, so that no word is impossible.
 */
function smoothWordCounts(counts: ArrayLike<number>): Float64Array {
	const smoothed = Float64Array.from(counts, (count) => count + 0.5);
	const total = smoothed.reduce((sum, count) => sum + count, 0);
	return smoothed.map((count) => count / total);
}

function startsOf(lengths: ArrayLike<number>): Uint32Array {
	const starts = new Uint32Array(lengths.length + 1);
	for (let row = 0; row < lengths.length; row += 1) starts[row + 1] = (starts[row] ?? 0) + (lengths[row] ?? 0);
	return starts;
}

/** Replaces P(w | shorter context) by P(w | longer context), in place. */
function mixInRow(
	probabilities: Float64Array,
	rows: CountRows,
	row: number,
	contextCount: number,
	discount: number,
): void {
	const start = rows.starts[row] ?? 0;
	const end = rows.starts[row + 1] ?? start;
	if (start === end) return;
	let rowTotal = 0;
	for (let entry = start; entry < end; entry += 1) rowTotal += rows.counts[entry] ?? 0;
	// Stored counts are capped, so a row may add up to more than its context's count.
	const total = Math.max(contextCount, rowTotal);
	const kept = (rowTotal - discount * (end - start)) / total;
	for (let token = 0; token < probabilities.length; token += 1) {
		probabilities[token] = (probabilities[token] ?? 0) * (1 - kept);
	}
	for (let entry = start; entry < end; entry += 1) {
		const token = rows.nextTokens[entry] ?? 0;
		probabilities[token] = (probabilities[token] ?? 0) + ((rows.counts[entry] ?? 0) - discount) / total;
	}
}

/** Binary search for a next token within a row. */
function findEntry(rows: CountRows, row: number, nextToken: number): number | undefined {
	let low = rows.starts[row] ?? 0;
	let high = rows.starts[row + 1] ?? low;
	while (low < high) {
		const middle = (low + high) >>> 1;
		const found = rows.nextTokens[middle] ?? 0;
		if (found === nextToken) return middle;
		if (found < nextToken) low = middle + 1;
		else high = middle;
	}
	return undefined;
}
