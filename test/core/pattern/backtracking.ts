/** A regular expression as its test makes it up, with a matcher that counts: the yardstick of `patternCost`. */
export type Expression =
	| { readonly kind: "letters"; readonly letters: string }
	| { readonly kind: "sequence"; readonly parts: readonly Expression[] }
	| { readonly kind: "either"; readonly options: readonly Expression[] }
	| {
			readonly kind: "repeat";
			readonly body: Expression;
			readonly least: number;
			/** Null: without end. */
			readonly most: number | null;
			readonly lazy: boolean;
	  }
	| { readonly kind: "start" | "end" }
	| { readonly kind: "ahead"; readonly letters: string; readonly negative: boolean };

/** The expression as JavaScript writes it. */
export function sourceOf(expression: Expression): string {
	switch (expression.kind) {
		case "letters":
			return expression.letters.length === 1 ? expression.letters : `[${expression.letters}]`;
		case "sequence":
			return expression.parts
				.map((part) => (part.kind === "either" ? `(?:${sourceOf(part)})` : sourceOf(part)))
				.join("");
		case "either":
			return expression.options.map(sourceOf).join("|");
		case "repeat":
			return `(?:${sourceOf(expression.body)})${quantifierOf(expression.least, expression.most)}${expression.lazy ? "?" : ""}`;
		case "start":
			return "^";
		case "end":
			return "$";
		case "ahead":
			return `(?${expression.negative ? "!" : "="}[${expression.letters}])`;
	}
}

function quantifierOf(least: number, most: number | null): string {
	if (most === null) return least === 0 ? "*" : least === 1 ? "+" : `{${least},}`;
	if (least === 0 && most === 1) return "?";
	return least === most ? `{${least}}` : `{${least},${most}}`;
}

/**
 * Searches the text as ECMA-262 (22.2.2, pattern semantics) says, and counts the characters and assertions tried.
 * Stops at `most` steps, with what it has counted.
 */
export function searchCounting(
	expression: Expression,
	text: string,
	most: number,
): { readonly found: boolean | undefined; readonly steps: number } {
	let steps = 0;
	const tooMany = new Error("too many steps");
	const count = () => {
		steps += 1;
		if (steps > most) throw tooMany;
	};
	type Next = (at: number) => boolean;
	const match = (part: Expression, at: number, next: Next): boolean => {
		switch (part.kind) {
			case "letters":
				count();
				return at < text.length && part.letters.includes(text.charAt(at)) && next(at + 1);
			case "sequence": {
				if (part.parts.length === 0) count();
				const from = (index: number, here: number): boolean => {
					const piece = part.parts[index];
					return piece === undefined ? next(here) : match(piece, here, (then) => from(index + 1, then));
				};
				return from(0, at);
			}
			case "either":
				return part.options.some((option) => match(option, at, next));
			case "repeat":
				return repeat(part.body, part.least, part.most ?? Number.POSITIVE_INFINITY, part.lazy, at, next);
			case "start":
				count();
				return at === 0 && next(at);
			case "end":
				count();
				return at === text.length && next(at);
			case "ahead": {
				count();
				count();
				const holds = at < text.length && part.letters.includes(text.charAt(at));
				return holds !== part.negative && next(at);
			}
		}
	};
	const repeat = (body: Expression, least: number, most: number, lazy: boolean, at: number, next: Next): boolean => {
		if (most === 0) return next(at);
		const again: Next = (then) =>
			(least > 0 || then !== at) && repeat(body, Math.max(0, least - 1), most - 1, lazy, then, next);
		if (least > 0) return match(body, at, again);
		return lazy ? next(at) || match(body, at, again) : match(body, at, again) || next(at);
	};
	try {
		for (let start = 0; start <= text.length; start++)
			if (match(expression, start, () => true)) return { found: true, steps };
		return { found: false, steps };
	} catch (error) {
		if (error !== tooMany) throw error;
		return { found: undefined, steps };
	}
}
