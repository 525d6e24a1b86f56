import { printable } from "../admin/show-values.ts";

const ENTITIES: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"'": "&#39;",
};

/**
 * Text from anywhere as it may stand in markup, between tags or in a quoted attribute; control characters and those that
 * turn the direction of writing become visible escapes.
 */
export function escapeMarkup(text: string): string {
	return printable(text).replaceAll(/[&<>"']/gu, (character) => ENTITIES[character] ?? character);
}
