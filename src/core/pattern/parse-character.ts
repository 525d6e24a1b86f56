import { ANY, complementOf, DIGIT, rangesOf, SPACE, unionOf, WORD, type CharacterSet } from "./character-set.ts";

/** A place in a pattern's source; parsers move it. */
export interface Position {
	readonly source: string;
	index: number;
}

const CLASS_ESCAPES: Readonly<Record<string, CharacterSet>> = {
	d: DIGIT,
	D: complementOf(DIGIT),
	w: WORD,
	W: complementOf(WORD),
	s: SPACE,
	S: complementOf(SPACE),
};
const CONTROL_ESCAPES: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, "0": 0 };
const PROPERTY = /^\\[pP]\{[^}]*\}/u;
/** Two escapes that are halves of one character are that character, with the flag `u`. */
const HALVES = /^\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})/iu;
const CODE_POINT = /^\\(?:u\{([0-9a-f]+)\}|u([0-9a-f]{4})|x([0-9a-f]{2}))/iu;

/** The set of the escape here, which is taken; undefined for a property, whose characters are many. */
export function parseEscape(at: Position): CharacterSet | undefined {
	const rest = at.source.slice(at.index);
	const property = PROPERTY.exec(rest);
	if (property !== null) {
		at.index += property[0].length;
		return undefined;
	}
	const halves = HALVES.exec(rest);
	if (halves !== null) {
		at.index += halves[0].length;
		const [, high = "", low = ""] = halves;
		const codePoint = (Number.parseInt(high, 16) - 0xd800) * 0x400 + Number.parseInt(low, 16) - 0xdc00 + 0x10000;
		return [codePoint, codePoint];
	}
	const written = CODE_POINT.exec(rest);
	if (written !== null) {
		at.index += written[0].length;
		const codePoint = Number.parseInt(written[1] ?? written[2] ?? written[3] ?? "", 16);
		return [codePoint, codePoint];
	}
	const letter = at.source.charAt(at.index + 1);
	at.index += 2;
	if (letter === "c") {
		const control = at.source.charCodeAt(at.index) % 32;
		at.index += 1;
		return [control, control];
	}
	const codePoint = CONTROL_ESCAPES[letter] ?? letter.charCodeAt(0);
	return CLASS_ESCAPES[letter] ?? [codePoint, codePoint];
}

/** The set of the class here, whose opening bracket is behind; everything up to the closing one is taken. */
export function parseClass(at: Position): CharacterSet {
	const negated = at.source.charAt(at.index) === "^";
	if (negated) at.index += 1;
	const ranges: [number, number][] = [];
	let known = true;
	while (at.index < at.source.length && at.source.charAt(at.index) !== "]") {
		const member = parseMember(at);
		if (member === undefined) {
			known = false;
			continue;
		}
		const isRange = at.source.charAt(at.index) === "-" && at.source.charAt(at.index + 1) !== "]";
		if (!isRange) {
			ranges.push(...rangesOf(member));
			continue;
		}
		at.index += 1;
		const end = parseMember(at) ?? ANY;
		ranges.push([member[0] ?? 0, end.at(-1) ?? 0]);
	}
	at.index += 1;
	// What a class with a property in it leaves out is not known either.
	if (!known) return ANY;
	const set = unionOf(ranges);
	return negated ? complementOf(set) : set;
}

function parseMember(at: Position): CharacterSet | undefined {
	if (at.source.startsWith("\\b", at.index)) {
		at.index += 2;
		return [8, 8];
	}
	if (at.source.charAt(at.index) === "\\") return parseEscape(at);
	const codePoint = at.source.codePointAt(at.index) ?? 0;
	at.index += String.fromCodePoint(codePoint).length;
	return [codePoint, codePoint];
}
