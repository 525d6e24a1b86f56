/** Code points as closed ranges in ascending order, without overlap: `[from, to, from, to, …]`. */
export type CharacterSet = readonly number[];

const LAST = 0x10ffff;

/** Every code point; also stands for sets we do not know, since it shares a character with every set but the empty one. */
export const ANY: CharacterSet = [0, LAST];

/** `\d`, `\w` and `\s` of regular expressions with the flag `u` and without `i` (ECMA-262, CharacterClassEscape). */
export const DIGIT: CharacterSet = [0x30, 0x39];
export const WORD: CharacterSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
export const SPACE: CharacterSet = [
	0x09, 0x0d, 0x20, 0x20, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f,
	0x3000, 0x3000, 0xfeff, 0xfeff,
];
/** What `.` does not match without the flag `s`. */
export const LINE_END: CharacterSet = [0x0a, 0x0a, 0x0d, 0x0d, 0x2028, 0x2029];

/** The set of these ranges, which may overlap and come in any order. */
export function unionOf(ranges: readonly (readonly [number, number])[]): CharacterSet {
	const union: number[] = [];
	for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
		const end = union.at(-1);
		if (end !== undefined && from <= end + 1) union[union.length - 1] = Math.max(end, to);
		else union.push(from, to);
	}
	return union;
}

/** The ranges of a set. */
export function rangesOf(set: CharacterSet): [number, number][] {
	const ranges: [number, number][] = [];
	for (let index = 0; index < set.length; index += 2) ranges.push([set[index] ?? 0, set[index + 1] ?? LAST]);
	return ranges;
}

/** Every code point that is not in the set. */
export function complementOf(set: CharacterSet): CharacterSet {
	const complement: number[] = [];
	let next = 0;
	for (const [from, to] of rangesOf(set)) {
		if (from > next) complement.push(next, from - 1);
		next = to + 1;
	}
	if (next <= LAST) complement.push(next, LAST);
	return complement;
}

/** True where no code point is in both. */
export function areDisjoint(first: CharacterSet, second: CharacterSet): boolean {
	let one = 0;
	let other = 0;
	while (one < first.length && other < second.length) {
		const [from, to] = [first[one] ?? 0, first[one + 1] ?? LAST];
		const [otherFrom, otherTo] = [second[other] ?? 0, second[other + 1] ?? LAST];
		if (from <= otherTo && otherFrom <= to) return false;
		if (to < otherTo) one += 2;
		else other += 2;
	}
	return true;
}
