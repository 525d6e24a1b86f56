/** The least share of an answer's letters that must be in the script: names and quotations may be in another. */
const LEAST_SHARE = 0.9;

/**
 * Scripts that are written together with others, so that text in one cannot be told from text that ought to be in it.
 * Japanese mixes three scripts: name `Hiragana` or `Katakana`, and all three count. Korean may hold Chinese
 * characters. `Han` by itself means Chinese: Japanese text has too many other letters for it.
 */
const WRITTEN_TOGETHER: Readonly<Record<string, readonly string[]>> = {
	Hiragana: ["Hiragana", "Katakana", "Han"],
	Hira: ["Hiragana", "Katakana", "Han"],
	Katakana: ["Hiragana", "Katakana", "Han"],
	Kana: ["Hiragana", "Katakana", "Han"],
	Hangul: ["Hangul", "Han"],
	Hang: ["Hangul", "Han"],
};

/** Letters, but those that all scripts share (Unicode's Common and Inherited). */
const LETTER = /(?=\p{L})[^\p{Script=Common}\p{Script=Inherited}]/gu;

/**
 * Whether at least 90% of the text's letters are in this Unicode script. Digits, punctuation and symbols are no
 * letters; a text without letters is in every script.
 */
export function isInScript(text: string, script: string): boolean {
	const scripts = WRITTEN_TOGETHER[script] ?? [script];
	const members = scripts.map((name) => `\\p{Script=${name}}`).join("");
	const inScript = new RegExp(`(?=\\p{L})[${members}]`, "gu");
	return countOf(text, inScript) >= LEAST_SHARE * countOf(text, LETTER);
}

function countOf(text: string, pattern: RegExp): number {
	return text.match(pattern)?.length ?? 0;
}
