import { ANY, complementOf, LINE_END, type CharacterSet } from "./character-set.ts";
import { parseClass, parseEscape, type Position } from "./parse-character.ts";
import type { PatternTree } from "./pattern-tree.ts";

const UNBOUNDED: PatternTree = { kind: "unbounded" };
const NOT_LINE_END: CharacterSet = complementOf(LINE_END);

/**
 * Parses a regular expression that compiles with the flag `u` and no other (the caller has seen to that, so nothing
 * here checks the syntax). What it does not know it calls unbounded.
 */
export function parsePattern(source: string): PatternTree {
	const at: Position = { source, index: 0 };
	const tree = parseAlternation(at);
	return at.index === source.length ? tree : UNBOUNDED;
}

function parseAlternation(at: Position): PatternTree {
	const options: PatternTree[] = [];
	do options.push(parseSequence(at));
	while (take(at, "|"));
	const [only] = options;
	return options.length === 1 && only !== undefined ? only : { kind: "alternation", options };
}

function parseSequence(at: Position): PatternTree {
	const parts: PatternTree[] = [];
	while (at.index < at.source.length && !"|)".includes(at.source.charAt(at.index))) {
		parts.push(parseQuantifier(at, parseAtom(at)));
	}
	return { kind: "sequence", parts };
}

function parseAtom(at: Position): PatternTree {
	const character = String.fromCodePoint(at.source.codePointAt(at.index) ?? 0);
	if (character === "\\") return parseBackslash(at);
	at.index += character.length;
	if (character === "(") return parseGroup(at);
	if (character === "[") return { kind: "character", set: parseClass(at) };
	if (character === ".") return { kind: "character", set: NOT_LINE_END };
	if (character === "^" || character === "$") return { kind: "assertion", atStart: character === "^" };
	const codePoint = character.codePointAt(0) ?? 0;
	return { kind: "character", set: [codePoint, codePoint] };
}

function parseBackslash(at: Position): PatternTree {
	const next = at.source.charAt(at.index + 1);
	if (next === "b" || next === "B") {
		at.index += 2;
		return { kind: "assertion", atStart: false };
	}
	if (/[1-9k]/u.test(next)) return giveUp(at);
	return { kind: "character", set: parseEscape(at) ?? ANY };
}

const GROUP_STARTS = [
	["?:", "group"],
	["?=", "look"],
	["?!", "look"],
	["?<=", "look"],
	["?<!", "look"],
] as const;

/** The opening parenthesis is behind; the closing one is taken. */
function parseGroup(at: Position): PatternTree {
	const start = GROUP_STARTS.find(([opening]) => at.source.startsWith(opening, at.index));
	if (start !== undefined) at.index += start[0].length;
	else if (at.source.startsWith("?<", at.index)) at.index = at.source.indexOf(">", at.index) + 1;
	// Such as `(?i:`, which changes what the characters within are.
	else if (at.source.charAt(at.index) === "?") return giveUp(at);
	const body = parseAlternation(at);
	take(at, ")");
	return start?.[1] === "look" ? { kind: "look", body } : body;
}

const BRACES = /^\{(\d+)(,?)(\d*)\}/u;

function parseQuantifier(at: Position, body: PatternTree): PatternTree {
	const bounds = boundsAt(at);
	if (bounds === undefined) return body;
	take(at, "?");
	return { kind: "repeat", body, ...bounds };
}

function boundsAt(at: Position): { least: number; most: number } | undefined {
	if (take(at, "*")) return { least: 0, most: Number.POSITIVE_INFINITY };
	if (take(at, "+")) return { least: 1, most: Number.POSITIVE_INFINITY };
	if (take(at, "?")) return { least: 0, most: 1 };
	if (at.source.charAt(at.index) !== "{") return undefined;
	const braces = BRACES.exec(at.source.slice(at.index));
	if (braces === null) return undefined;
	const [text, least = "0", comma, most] = braces;
	at.index += text.length;
	if (comma === "") return { least: Number(least), most: Number(least) };
	return { least: Number(least), most: most === "" ? Number.POSITIVE_INFINITY : Number(most) };
}

/** Nothing that follows can make the whole bounded. */
function giveUp(at: Position): PatternTree {
	at.index = at.source.length;
	return UNBOUNDED;
}

function take(at: Position, character: string): boolean {
	if (at.source.charAt(at.index) !== character) return false;
	at.index += 1;
	return true;
}
