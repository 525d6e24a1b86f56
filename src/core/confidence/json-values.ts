/** Characters from `from` up to, not including, `to`. */
export interface Span {
	readonly from: number;
	readonly to: number;
}

const WHITESPACE = " \t\n\r";
const BETWEEN_VALUES = `${WHITESPACE}{}[],:`;

/**
 * Where the leaf values of JSON are, in order: the contents of strings without their quotes, numbers, `true`, `false`
 * and `null`. Keys are structure, and an empty string has no characters. `json` must be JSON (RFC 8259), whose grammar
 * lets one pass without a stack tell a key from a value: a key alone is followed by a colon.
 */
export function leafValues(json: string): Span[] {
	const spans: Span[] = [];
	let at = 0;
	while (at < json.length) {
		const character = json.charAt(at);
		if (character === '"') {
			const end = endOfString(json, at + 1);
			const isKey = json.charAt(skip(json, end + 1, WHITESPACE)) === ":";
			if (!isKey && end > at + 1) spans.push({ from: at + 1, to: end });
			at = end + 1;
		} else if (BETWEEN_VALUES.includes(character)) {
			at += 1;
		} else {
			const end = endOfLiteral(json, at);
			spans.push({ from: at, to: end });
			at = end;
		}
	}
	return spans;
}

function skip(json: string, at: number, characters: string): number {
	let next = at;
	while (next < json.length && characters.includes(json.charAt(next))) next += 1;
	return next;
}

/** Position of the quote that ends the string whose contents begin at `at`; the text's end where there is none. */
function endOfString(json: string, at: number): number {
	let next = at;
	while (next < json.length && json.charAt(next) !== '"') next += json.charAt(next) === "\\" ? 2 : 1;
	return Math.min(next, json.length);
}

function endOfLiteral(json: string, at: number): number {
	let next = at;
	while (next < json.length && !BETWEEN_VALUES.includes(json.charAt(next)) && json.charAt(next) !== '"') next += 1;
	return next;
}
