import { areDisjoint, type CharacterSet } from "./character-set.ts";
import type { PatternTree } from "./pattern-tree.ts";

/** A place in a pattern that matches one character, and the places that may match the next. */
interface Place {
	readonly set: CharacterSet;
	readonly next: Place[];
}

/**
 * The position automaton (Glushkov 1961) of a pattern through which every text has at most one way: at no place can
 * two next places match the same character, and nothing matches the empty text in two ways. Such an expression is
 * "one-unambiguous" (Brüggemann-Klein and Wood 1998), and a backtracking matcher walks each character of a text once.
 */
export interface OneWay {
	readonly first: Place[];
	readonly last: Place[];
	readonly matchesEmpty: boolean;
	/** Places tried at one character of the text, at most. */
	readonly size: number;
}

/** What may still be spent on looking for one way: places made and pairs of sets compared. */
export interface Allowance {
	places: number;
	comparisons: number;
}

/** The most that looking at one pattern may take; patterns that need more are held to have many ways. */
export function fullAllowance(): Allowance {
	return { places: 1_000, comparisons: 20_000 };
}

const empty = (): OneWay => ({ first: [], last: [], matchesEmpty: true, size: 1 });

/** The automaton of this tree; undefined where a text may have several ways through it. */
export function oneWayThrough(tree: PatternTree, allowance: Allowance): OneWay | undefined {
	switch (tree.kind) {
		case "character": {
			if (--allowance.places < 0) return undefined;
			const place: Place = { set: tree.set, next: [] };
			return { first: [place], last: [place], matchesEmpty: false, size: 1 };
		}
		case "assertion":
			return empty();
		case "sequence": {
			let whole: OneWay | undefined = empty();
			for (const part of tree.parts) {
				const next = oneWayThrough(part, allowance);
				whole = whole === undefined || next === undefined ? undefined : inSequence(whole, next, allowance);
				if (whole === undefined) return undefined;
			}
			return whole;
		}
		case "alternation":
			return eitherOf(tree.options, allowance);
		case "repeat":
			return repeated(tree, allowance);
		case "look":
		case "unbounded":
			return undefined;
	}
}

/** One after the other. Neither may be used again where that works, and the first may not in any case. */
export function inSequence(one: OneWay, other: OneWay, allowance: Allowance): OneWay | undefined {
	if (!lead(one.last, other.first, allowance)) return undefined;
	if (one.matchesEmpty && !canTellApart(one.first, other.first, allowance)) return undefined;
	// In place: the copies of a counted repetition would otherwise take quadratic time.
	if (one.matchesEmpty) one.first.push(...other.first);
	if (other.matchesEmpty) other.last.push(...one.last);
	return {
		first: one.first,
		last: other.last,
		matchesEmpty: one.matchesEmpty && other.matchesEmpty,
		size: one.size + other.size,
	};
}

/** True where a text can have no two beginnings that match: whatever matches can go no further. */
export function endsOnce({ last, matchesEmpty }: OneWay): boolean {
	return last.length === 0 || (!matchesEmpty && last.every((place) => place.next.length === 0));
}

function eitherOf(options: readonly PatternTree[], allowance: Allowance): OneWay | undefined {
	const first: Place[] = [];
	const last: Place[] = [];
	let matchesEmpty = false;
	let size = 0;
	for (const option of options) {
		const next = oneWayThrough(option, allowance);
		if (next === undefined || (matchesEmpty && next.matchesEmpty)) return undefined;
		if (!canTellApart(first, next.first, allowance)) return undefined;
		first.push(...next.first);
		last.push(...next.last);
		matchesEmpty ||= next.matchesEmpty;
		size += next.size;
	}
	return { first, last, matchesEmpty, size };
}

/** `x{2,4}` is `xx(?:x(?:x)?)?`, and `x{2,}` is `xxx*`: each copy has places of its own. */
function repeated(
	{ body, least, most }: PatternTree & { readonly kind: "repeat" },
	allowance: Allowance,
): OneWay | undefined {
	const one = oneWayThrough(body, allowance);
	if (one === undefined) return undefined;
	// Without the first copy of its own: a loop that must be entered is the loop that may be passed over, but for that.
	if (most === Number.POSITIVE_INFINITY && least === 1 && !one.matchesEmpty) return loop(one, false, allowance);
	let rest: OneWay | undefined = most === Number.POSITIVE_INFINITY ? loop(one, true, allowance) : empty();
	const copies = most === Number.POSITIVE_INFINITY ? least : most;
	for (let copy = copies; copy > 0 && rest !== undefined; copy--) {
		const next = oneWayThrough(body, allowance);
		if (next === undefined) return undefined;
		rest = inSequence(next, rest, allowance);
		// An iteration that may be left out may not be empty (ECMA-262, RepeatMatcher), so empty is only one way.
		if (rest !== undefined && copy > least) rest = { ...rest, matchesEmpty: true };
	}
	return rest;
}

function loop(body: OneWay, mayBePassedOver: boolean, allowance: Allowance): OneWay | undefined {
	if (!lead(body.last, body.first, allowance)) return undefined;
	return { ...body, matchesEmpty: body.matchesEmpty || mayBePassedOver };
}

/** Lets each of these places be followed by each of those; false where some place then has a choice. */
function lead(from: readonly Place[], to: readonly Place[], allowance: Allowance): boolean {
	for (const place of from) {
		if (!canTellApart(place.next, to, allowance)) return false;
		place.next.push(...to);
	}
	return true;
}

function canTellApart(some: readonly Place[], others: readonly Place[], allowance: Allowance): boolean {
	allowance.comparisons -= some.length * others.length + 1;
	if (allowance.comparisons < 0) return false;
	return others.every((other) => some.every((place) => areDisjoint(place.set, other.set)));
}
