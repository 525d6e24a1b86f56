/** Ways of cutting text into pieces, one for each use. */

/**
 * Words of a text for the label models: lower case, digits folded to `0` so that
 * prices and dates share a feature, and the few marks spam likes kept as words.
 */
export function words(text: string): string[] {
	const found = text.toLowerCase().match(/\p{L}+(?:['’]\p{L}+)*|\p{N}+|[$!?%£€]/gu) ?? [];
	return found.map((word) => word.replace(/\p{N}/gu, "0"));
}

/** Neighbouring words joined by a space, in order. */
export function wordPairs(sequence: readonly string[]): string[] {
	return sequence.slice(1).map((word, position) => `${sequence[position] ?? ""} ${word}`);
}

/** Every run of `length` characters of the lower-cased text, white space folded to one space. */
export function characterGrams(text: string, length: number): string[] {
	const folded = text.toLowerCase().replace(/\s+/g, " ").replace(/\p{N}/gu, "0");
	const grams: string[] = [];
	for (let start = 0; start + length <= folded.length; start += 1) grams.push(folded.slice(start, start + length));
	return grams;
}

/**
 * Tokens of prose for the language models: a word or a run of marks, each with
 * the space before it, so that joining the tokens gives the text back. A blank
 * line is a token of its own; any other white space is one space.
 */
export function proseTokens(text: string): string[] {
	const folded = text.replace(/\s*\n\s*\n\s*/g, "\n\n").replace(/[^\S\n]+|(?<!\n)\n(?!\n)/g, " ");
	return folded.match(/\n\n| ?\p{L}+(?:['’]\p{L}+)*| ?\p{N}+| ?[^\s\p{L}\p{N}]+| /gu) ?? [];
}

/** A token count of the size an LLM tokeniser would give: words, digit groups and marks each count one. */
export function countTokens(text: string): number {
	return (text.match(/\p{L}+|\p{N}{1,3}|[^\s\p{L}\p{N}]/gu) ?? []).length;
}
