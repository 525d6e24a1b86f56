import * as fc from "fast-check";
import type * as v from "valibot";
import type { RandomSource } from "./random-source.ts";

/** A node of a valibot schema, as far as a value can be made from it. */
interface Node {
	readonly kind: "schema" | "validation" | "transformation" | "metadata";
	readonly type: string;
	readonly pipe?: readonly Node[];
	readonly entries?: Readonly<Record<string, Node>>;
	readonly item?: Node;
	readonly wrapped?: Node;
	readonly options?: readonly unknown[];
	readonly key?: Node;
	readonly value?: Node;
	readonly literal?: unknown;
	readonly requirement?: unknown;
	readonly getter?: (input: unknown) => Node;
}

/** Values for the places of which a schema says nothing, or too much: by the field's name. Undefined: the field stays away. */
export type KnownValues = Readonly<Record<string, (random: RandomSource) => unknown>>;

const WORDS = ["Hello", "Is this spam?", "Buy now!", "a", "été 👋", "x y z"];
const MOST_DEPTH = 8;

/**
 * A value that the schema takes, by walking it: every field that must be there and some of those that may. Rules between
 * fields, and those of `v.check`, are not known to the walk, so a few values are refused all the same.
 */
export function validValue(schema: v.GenericSchema, random: RandomSource, known: KnownValues = {}): unknown {
	return walk(schema as unknown as Node, random, known, 0);
}

function walk(node: Node, random: RandomSource, known: KnownValues, depth: number): unknown {
	const rules = (node.pipe ?? []).filter(({ kind }) => kind === "validation");
	// Of several schemas in a pipe the last says most: the first only tells an object from a list.
	const shape = (node.pipe ?? []).findLast(({ kind }) => kind === "schema") ?? node;
	const under = (child: Node) => walk(child, random, known, depth + 1);
	if (shape !== node && shape.pipe !== undefined) return walk(shape, random, known, depth);
	switch (shape.type) {
		case "string":
			return textBy(rules, random);
		case "number":
			return numberBy(rules, random);
		case "boolean":
			return random.chance(0.5);
		case "literal":
			return shape.literal;
		case "picklist":
			return random.pick(shape.options ?? []);
		case "array": {
			const least = Number(ruleOf(rules, "min_length") ?? 0);
			const count = least + random.whole(0, Math.min(2, Number(ruleOf(rules, "max_length") ?? 3) - least));
			return Array.from({ length: count }, () => under(shape.item as Node));
		}
		case "object":
		case "loose_object":
		case "strict_object":
			return Object.fromEntries(
				Object.entries(shape.entries ?? {}).flatMap(([name, field]): [string, unknown][] => {
					const may = MAY_BE_ABSENT.includes(field.type);
					// Deep documents would grow without end.
					if (may && (depth > MOST_DEPTH || random.chance(0.6))) return [];
					const own = known[name];
					const value = own !== undefined && depth === 0 ? own(random) : under(field);
					return value === undefined ? [] : [[name, value]];
				}),
			);
		case "record": {
			const count = Math.max(1, Number(ruleOf(rules, "min_entries") ?? 1));
			return Object.fromEntries(
				Array.from({ length: count }, () => [String(under(shape.key as Node)), under(shape.value as Node)]),
			);
		}
		case "union":
		case "variant":
			return under(random.pick((shape.options ?? []) as Node[]));
		case "optional":
		case "nullish":
		case "nullable":
			return shape.type !== "optional" && random.chance(0.1) ? null : under(shape.wrapped as Node);
		case "lazy":
			return under((shape.getter as (input: unknown) => Node)(undefined));
		case "null":
			return null;
		default:
			return random.pick(WORDS);
	}
}

const MAY_BE_ABSENT = ["optional", "nullish"];

function ruleOf(rules: readonly Node[], type: string): unknown {
	return rules.find((rule) => rule.type === type)?.requirement;
}

/** Texts by their pattern, a few of each: making one takes long. */
const samples = new Map<string, readonly string[]>();

function textBy(rules: readonly Node[], random: RandomSource): string {
	const pattern = ruleOf(rules, "regex");
	if (!(pattern instanceof RegExp)) return random.pick(WORDS);
	const key = String(pattern);
	let texts = samples.get(key);
	if (texts === undefined) {
		// By a seed of its own, so that what was made before changes nothing.
		texts = fc.sample(fc.stringMatching(pattern), { seed: 1, numRuns: 40 });
		samples.set(key, texts);
	}
	const most = Number(ruleOf(rules, "max_length") ?? Number.POSITIVE_INFINITY);
	const fitting = texts.filter((text) => text.length <= most);
	return fitting.length === 0 ? "a" : random.pick(fitting);
}

function numberBy(rules: readonly Node[], random: RandomSource): number {
	const least = Number(ruleOf(rules, "min_value") ?? ruleOf(rules, "gt_value") ?? 0);
	const most = Number(ruleOf(rules, "max_value") ?? ruleOf(rules, "lt_value") ?? least + 100);
	const isWhole = rules.some(({ type }) => type === "integer");
	if (isWhole) return random.whole(Math.max(least, -1_000), Math.min(most, Math.max(least, 100)));
	return least + ((most - least) * random.whole(1, 999)) / 1_000;
}
