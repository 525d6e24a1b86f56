/** What the system messages of a chat ask of a label model, besides a label. */
import { contentText } from "./models/mail-prompt.ts";

/** Only as far as the label models can follow. */
export interface Instructions {
	/**
	 * Whether a verdict is wanted in place of a label. The rule: one system message holds both words `safe` and
	 * `unsafe`, and not both `spam` and `ham`.
	 */
	readonly wantsVerdict: boolean;
	/** The name after `confidence-` in the tag of the last line that is asked for; undefined where none is. */
	readonly confidenceTag: string | undefined;
}

const CONFIDENCE_TAG = /<confidence-([\w-]{4,32})>/gu;

/**
 * Reads the system messages alone (OpenAI also calls them `developer`): what a user writes is the text to judge, so it
 * never changes what is asked. Where several tags are asked for, the last one counts.
 */
export function readInstructions(
	messages: readonly { readonly role: string; readonly content: unknown }[],
): Instructions {
	const texts = messages
		.filter(({ role }) => role === "system" || role === "developer")
		.map(({ content }) => contentText(content));
	const tags = texts.flatMap((text) => Array.from(text.matchAll(CONFIDENCE_TAG), ([, name]) => name));
	return {
		wantsVerdict: texts.some((text) => holds(text, ["safe", "unsafe"]) && !holds(text, ["spam", "ham"])),
		confidenceTag: tags.at(-1),
	};
}

function holds(text: string, words: readonly string[]): boolean {
	const found = new Set(text.toLowerCase().match(/\p{L}+/gu));
	return words.every((word) => found.has(word));
}
