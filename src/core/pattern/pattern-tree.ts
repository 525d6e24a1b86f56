import type { CharacterSet } from "./character-set.ts";

/** A regular expression, as far as the number of ways through it depends on it. */
export type PatternTree =
	/** One character of a set. The set may be larger than the true one, never smaller. */
	| { readonly kind: "character"; readonly set: CharacterSet }
	/** In order; empty where there is nothing to match. */
	| { readonly kind: "sequence"; readonly parts: readonly PatternTree[] }
	| { readonly kind: "alternation"; readonly options: readonly PatternTree[] }
	/** Lazy and greedy alike: a match that fails has tried the same ways in another order. */
	| { readonly kind: "repeat"; readonly body: PatternTree; readonly least: number; readonly most: number }
	/** `^`, `$`, `\b`, `\B`. */
	| { readonly kind: "assertion"; readonly atStart: boolean }
	| { readonly kind: "look"; readonly body: PatternTree }
	/** A back-reference, or syntax that the parser does not know. */
	| { readonly kind: "unbounded" };
