import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MOST_PATTERN_STEPS, patternCost, patternProblem } from "../../src/core/pattern-cost.ts";
import { searchCounting, sourceOf, type Expression } from "./pattern/backtracking.ts";

const LETTERS = "abc";
const MOST_COUNTED = 50_000;

/** An empty sequence within another leaves no trace in the source. */
const isWritten = (part: Expression) => part.kind !== "sequence" || part.parts.length > 0;
const letters = fc
	.subarray([...LETTERS], { minLength: 1 })
	.map((chosen): Expression => ({ kind: "letters", letters: chosen.join("") }));
const assertion = fc.constantFrom<Expression>(
	{ kind: "start" },
	{ kind: "end" },
	{ kind: "ahead", letters: "ab", negative: false },
	{ kind: "ahead", letters: "c", negative: true },
);
const bounds = fc.constantFrom<{ least: number; most: number | null }>(
	{ least: 0, most: null },
	{ least: 1, most: null },
	{ least: 2, most: null },
	{ least: 0, most: 1 },
	{ least: 0, most: 3 },
	{ least: 1, most: 2 },
	{ least: 2, most: 2 },
	{ least: 2, most: 4 },
);

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
	expression: fc.oneof(
		{ maxDepth: 4, withCrossShrink: true },
		{ weight: 4, arbitrary: letters },
		{ weight: 1, arbitrary: assertion },
		{
			weight: 3,
			arbitrary: fc
				.array(tie("expression"), { minLength: 0, maxLength: 4 })
				.map((parts): Expression => ({ kind: "sequence", parts: parts.filter(isWritten) })),
		},
		{
			weight: 2,
			arbitrary: fc
				.array(tie("expression"), { minLength: 2, maxLength: 3 })
				.map((options): Expression => ({ kind: "either", options })),
		},
		{
			weight: 4,
			arbitrary: fc
				.record({ body: tie("expression"), range: bounds, lazy: fc.boolean() })
				.map(({ body, range, lazy }): Expression => ({ kind: "repeat", body, ...range, lazy })),
		},
	),
}));
const text = fc.oneof(
	fc.string({ unit: fc.constantFrom(...LETTERS), maxLength: 16 }),
	fc
		.record({ letter: fc.constantFrom(...LETTERS), count: fc.nat(24) })
		.map(({ letter, count }) => letter.repeat(count)),
);

describe("the cost of a pattern", () => {
	it("is never less than what a backtracking matcher takes, on texts that it ends up not matching above all", () => {
		let counted = 0;
		fc.assert(
			fc.property(expression, text, fc.constantFrom("", "!"), fc.boolean(), (part, body, end, anchored) => {
				const parts = [{ kind: "start" } as const, part, { kind: "end" } as const].filter(isWritten);
				const made: Expression = anchored ? { kind: "sequence", parts } : part;
				const source = sourceOf(made);
				const whole = body + end;
				const { found, steps } = searchCounting(made, whole, MOST_COUNTED);
				// The yardstick itself is measured against the engine, where that is quick.
				if (found !== undefined) expect(new RegExp(source, "u").test(whole), source).toBe(found);
				expect(patternCost(source, whole.length), `${source} on ${whole}`).toBeGreaterThanOrEqual(steps);
				counted += 1;
			}),
			{ seed: 20_261, numRuns: 10_000 },
		);
		expect(counted).toBe(10_000);
	});

	it.each([
		"(a+)+$",
		"(a|a)*b",
		"a*a*a*b",
		"(a?){30}a{30}",
		"([a-z]+)*\\d",
		"(x+x+)+y",
		"(a*)*b",
		"(a|aa)+$",
		"(.*)*x",
		"(a?a)*b",
		"(a?(b|a?))*c",
		"(ab?|a)*c",
		"((a|b)?|a)*c",
		"(\\p{L}|-)+$",
	])("is too much for %s, on a thousand characters", (source) => {
		expect(patternCost(source, 1_000)).toBeGreaterThan(MOST_PATTERN_STEPS);
		expect(patternProblem(source)).not.toBeNull();
	});

	it.each(["(a)\\1", "(?<x>a)\\k<x>", "(?=.*a)b", "(?<!a+)b", "(?!a{2})b", "(?i:a)", "(", "a".repeat(501)])(
		"is without bound for %s",
		(source) => {
			expect(patternCost(source, 0)).toBe(Number.POSITIVE_INFINITY);
		},
	);

	it.each([
		"^[a-z0-9]+(?:-[a-z0-9]+)*$",
		"^[\\p{L}' -]+$",
		"^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$",
		"^(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.|$)){4}$",
		"^\\d{4}-\\d{2}-\\d{2}(?:T\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?Z?)?$",
		"^[A-Z][a-z]+(?: [A-Z][a-z]+)*$",
		"^\\+?[1-9]\\d{1,14}$",
		"^#(?:[0-9a-fA-F]{3}){1,2}$",
		"^(?:yes|no|maybe)$",
		"(?:^|\\s)spam(?:\\s|$)",
		"\\b(?:cat|dog)\\b",
		"https?://\\S+",
		"foo.*bar",
		"(?=a)\\w",
	])("is little enough for %s, as people write it", (source) => {
		expect(patternProblem(source)).toBeNull();
	});

	it("grows with the text: one that is fine on a short one may be too much on a long one", () => {
		const costs = [0, 10, 100, 1_000, 10_000].map((length) => patternCost("foo.*bar", length));
		expect(costs).toEqual(costs.toSorted((one, other) => one - other));
		expect(costs[3]).toBeLessThan(MOST_PATTERN_STEPS);
		expect(costs[4]).toBeGreaterThan(MOST_PATTERN_STEPS);
	});

	it("is about the text's length where the pattern is anchored and there is one way through", () => {
		expect(patternCost("^[a-z]+(?:-[a-z]+)*$", 1_000)).toBeLessThan(10_000);
		expect(patternCost("[a-z]+(?:-[a-z]+)*$", 1_000)).toBeGreaterThan(1_000_000);
		expect(patternCost("^a|b*c", 1_000)).toBeGreaterThan(1_000_000);
	});

	it("does not take long to find for any pattern that a policy may hold", () => {
		// Counted repetitions are written out, so these would be of a million parts each.
		for (const source of [
			"[ab]{0,1000000}c",
			"(?:){1000000}",
			"((((a{0,9}b){0,9}c){0,9}d){0,9}e){0,9}",
			`${"(".repeat(160)}a${")*".repeat(160)}`,
		])
			expect(patternCost(source, 1_000)).toBeGreaterThan(MOST_PATTERN_STEPS / 10);
	});
});
