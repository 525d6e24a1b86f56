/** Counts n-grams, prunes the rare ones and writes a language model's weight file. */
import {
	type LanguageModel,
	PARAGRAPH_END,
	PARAGRAPH_END_TEXT,
	UNKNOWN_TOKEN,
	VOCABULARY_SEPARATOR,
} from "../../src/local/models/language-model.ts";
import { encodeWeightFile } from "./encode-weight-file.ts";

/** Everything that distinguishes one language model from another. */
export interface LanguageModelRecipe {
	readonly name: string;
	/** 2 for a bigram model, 3 for a trigram model. */
	readonly order: 2 | 3;
	readonly vocabularySize: number;
	/** Word pairs seen fewer times than this are dropped. */
	readonly leastPairCount: number;
	/** Word triples seen fewer times than this are dropped. */
	readonly leastTripleCount: number;
}

/** Absolute discount taken from every kept count; 0.75 is the usual choice for text. */
const DISCOUNT = 0.75;

/** Counts and row lengths are stored in one byte. */
const LARGEST_BYTE = 255;

/** Fits a model and returns its weight file. The same tokens give the same bytes. */
export function fitLanguageModel(recipe: LanguageModelRecipe, tokens: readonly string[]): Uint8Array {
	const vocabulary = chooseVocabulary(tokens, recipe.vocabularySize);
	const numbers = new Map(vocabulary.map((text, token) => [text, token]));
	const sequence = tokens.map((text) => numbers.get(text) ?? UNKNOWN_TOKEN);
	const wordCounts = new Uint16Array(vocabulary.length);
	for (const token of sequence) if (token !== UNKNOWN_TOKEN) wordCounts[token] = (wordCounts[token] ?? 0) + 1;

	const pairGrams = countGrams(sequence, 2, vocabulary.length);
	const pairs = keptRows(pairGrams, recipe.leastPairCount, vocabulary.length);
	const header = {
		kind: "language-model",
		name: recipe.name,
		order: recipe.order,
		discount: DISCOUNT,
		vocabulary: vocabulary.join(VOCABULARY_SEPARATOR),
	};
	const pairSections = {
		wordCounts,
		predecessorCounts: countPredecessors(pairGrams, vocabulary.length),
		// Words such as "the" have more than 255 followers, so pair rows need two bytes.
		pairRowLengths: rowLengths(
			pairs,
			vocabulary.map((_text, token) => token),
		),
		pairNextTokens: Uint16Array.from(pairs.flatMap((row) => row.nextTokens)),
		pairCounts: Uint8Array.from(pairs.flatMap((row) => row.counts)),
	};
	if (recipe.order === 2) return encodeWeightFile(header, pairSections);

	const pairNumbers = pairs.flatMap((row) => row.nextTokens.map((next) => row.context * vocabulary.length + next));
	const triples = keptRows(countGrams(sequence, 3, vocabulary.length), recipe.leastTripleCount, vocabulary.length);
	const isKept = new Set(pairNumbers);
	const keptTriples = triples.filter((row) => isKept.has(row.context)).map(capRow);
	return encodeWeightFile(header, {
		...pairSections,
		tripleRowLengths: Uint8Array.from(rowLengths(keptTriples, pairNumbers)),
		tripleNextTokens: Uint16Array.from(keptTriples.flatMap((row) => row.nextTokens)),
		tripleCounts: Uint8Array.from(keptTriples.flatMap((row) => row.counts)),
	});
}

/** exp of the mean negative log-probability a model gives the tokens it knows, each after its true context. */
export function perplexity(
	model: LanguageModel,
	tokens: readonly string[],
): { perplexity: number; knownShare: number } {
	const numbers = new Map(model.vocabulary.map((text, token) => [text, token]));
	const sequence = tokens.map((text) => numbers.get(text) ?? UNKNOWN_TOKEN);
	let sum = 0;
	let known = 0;
	for (const [position, token] of sequence.entries()) {
		if (position === 0 || token === UNKNOWN_TOKEN) continue;
		const context = sequence.slice(Math.max(0, position - model.contextLength), position);
		sum -= Math.log(model.nextTokenProbabilities(context)[token] ?? 0);
		known += 1;
	}
	return { perplexity: Math.exp(sum / known), knownShare: known / (sequence.length - 1) };
}

function chooseVocabulary(tokens: readonly string[], size: number): string[] {
	const counts = new Map<string, number>();
	for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
	counts.delete(PARAGRAPH_END_TEXT);
	const ranked = [...counts].sort(
		([left, leftCount], [right, rightCount]) => rightCount - leftCount || (left < right ? -1 : 1),
	);
	const vocabulary = ranked.slice(0, size - 1).map(([text]) => text);
	vocabulary.splice(PARAGRAPH_END, 0, PARAGRAPH_END_TEXT);
	return vocabulary;
}

/** For every word, how many different words come before it. */
function countPredecessors(pairGrams: ReadonlyMap<number, number>, base: number): Uint16Array {
	const counts = new Uint16Array(base);
	for (const key of pairGrams.keys()) counts[key % base] = (counts[key % base] ?? 0) + 1;
	return counts;
}

interface CountedRow {
	readonly context: number;
	readonly nextTokens: readonly number[];
	readonly counts: readonly number[];
}

/** Counts of n-grams without unknown words, keyed by their tokens as digits of a number in base `base`. */
function countGrams(sequence: readonly number[], length: 2 | 3, base: number): Map<number, number> {
	const counts = new Map<number, number>();
	for (let start = 0; start + length <= sequence.length; start += 1) {
		const gram = sequence.slice(start, start + length);
		if (gram.includes(UNKNOWN_TOKEN)) continue;
		const key = gram.reduce((number, token) => number * base + token, 0);
		counts.set(key, (counts.get(key) ?? 0) + 1);
	}
	return counts;
}

/** Frequent enough n-grams as rows by context, contexts and next tokens ascending. */
function keptRows(counts: ReadonlyMap<number, number>, leastCount: number, base: number): CountedRow[] {
	const kept = [...counts].filter(([, count]) => count >= leastCount).sort(([left], [right]) => left - right);
	const rows = Map.groupBy(kept, ([key]) => Math.floor(key / base));
	return [...rows].map(([context, entries]) => ({
		context,
		nextTokens: entries.map(([key]) => key % base),
		counts: entries.map(([, count]) => Math.min(LARGEST_BYTE, count)),
	}));
}

/** Cuts a row to the entries its one-byte length can name, rarest dropped. */
function capRow(row: CountedRow): CountedRow {
	if (row.counts.length <= LARGEST_BYTE) return row;
	const positions = row.counts
		.map((_count, position) => position)
		.sort((left, right) => (row.counts[right] ?? 0) - (row.counts[left] ?? 0) || left - right)
		.slice(0, LARGEST_BYTE)
		.sort((left, right) => left - right);
	return {
		context: row.context,
		nextTokens: positions.map((position) => row.nextTokens[position] ?? 0),
		counts: positions.map((position) => row.counts[position] ?? 0),
	};
}

function rowLengths(rows: readonly CountedRow[], contexts: readonly number[]): Uint16Array {
	const lengths = new Map(rows.map((row) => [row.context, row.nextTokens.length]));
	return Uint16Array.from(contexts, (context) => lengths.get(context) ?? 0);
}
