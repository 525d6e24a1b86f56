import { describe, expect, it } from "vitest";
import { rangesOf } from "../../../src/core/pattern/character-set.ts";
import { parsePattern } from "../../../src/core/pattern/parse-pattern.ts";

/** The Basic Multilingual Plane without surrogates, and the beginning of the first astral one. */
const CODE_POINTS = [
	...Array.from({ length: 0xd800 }, (_, index) => index),
	...Array.from({ length: 0x2000 }, (_, index) => 0xe000 + index),
	...Array.from({ length: 0x800 }, (_, index) => 0x1f300 + index),
];

function setOf(source: string): ReadonlySet<number> {
	const tree = parsePattern(source);
	const [only, ...others] = tree.kind === "sequence" ? tree.parts : [];
	if (only?.kind !== "character" || others.length > 0) throw new Error(`${source} is no single character`);
	const ranges = rangesOf(only.set);
	return new Set(CODE_POINTS.filter((codePoint) => ranges.some(([from, to]) => from <= codePoint && codePoint <= to)));
}

function matchedBy(source: string): ReadonlySet<number> {
	const engine = new RegExp(`^${source}$`, "u");
	return new Set(CODE_POINTS.filter((codePoint) => engine.test(String.fromCodePoint(codePoint))));
}

describe("the characters that an atom matches", () => {
	it.each([
		"a",
		"é",
		"😀",
		".",
		"\\d",
		"\\D",
		"\\w",
		"\\W",
		"\\s",
		"\\S",
		"\\t",
		"\\n",
		"\\v",
		"\\f",
		"\\r",
		"\\0",
		"\\cA",
		"\\cz",
		"\\x41",
		"\\u00e9",
		"\\u{1F600}",
		"\\u{00000041}",
		"\\uD83D\\uDE00",
		"\\.",
		"\\/",
		"\\\\",
		"\\[",
		"\\-".replace("-", "^"),
		"[abc]",
		"[a-f0-9]",
		"[^a-z]",
		"[]",
		"[^]",
		"[-a]",
		"[a-]",
		"[\\-\\]]",
		"[\\b]",
		"[\\d\\s]",
		"[^\\w]",
		"[.^$]",
		"[*+?(){}|]",
		"[\\u{1F600}-\\u{1F64F}]",
		"[\\uD83D\\uDE00-\\uD83D\\uDE4F]",
		"[😀-😎]",
		"[\\x00-\\x1f]",
		"[z-za-b]",
		"[^😀]",
		"[--/]",
		"[\\cA-\\cZ]",
	])("%s are those that the engine says", (source) => {
		expect(setOf(source)).toEqual(matchedBy(source));
	});

	it.each(["\\p{L}", "\\P{L}", "\\p{Script=Greek}", "[\\p{L}]", "[^\\p{L}]", "[^\\P{L}a]"])(
		"%s are at least those, where a property decides",
		(source) => {
			const set = setOf(source);
			for (const codePoint of matchedBy(source)) expect(set.has(codePoint)).toBe(true);
		},
	);
});
