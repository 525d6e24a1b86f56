/** JSON schemas of the kind that clients write, values that fit them, and small changes that mostly make them unfit. */
import * as fc from "fast-check";
import type { JsonObject } from "../../../src/core/json.ts";

/** A schema with a value that is valid against it. */
export interface Fitting {
	readonly schema: JsonObject;
	readonly value: unknown;
}

const words = fc.constantFrom("", "a", "Rome", "two words", "ünïcödé", "😀", "1", "true", "null");
const numbers = fc.oneof(fc.integer({ min: -100, max: 100 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }));

const text: fc.Arbitrary<Fitting> = words.map((value) => ({ schema: { type: "string" }, value }));
const shortText: fc.Arbitrary<Fitting> = words.map((value) => ({
	schema: { type: "string", maxLength: 9, pattern: "^[^0-9]*[0-9]?$" },
	value,
}));
const number: fc.Arbitrary<Fitting> = numbers.map((value) => ({ schema: { type: "number" }, value }));
const integer: fc.Arbitrary<Fitting> = fc
	.integer({ min: 0, max: 10 })
	.map((value) => ({ schema: { type: "integer", minimum: 0, maximum: 10 }, value }));
const flag: fc.Arbitrary<Fitting> = fc.boolean().map((value) => ({ schema: { type: "boolean" }, value }));
const choice: fc.Arbitrary<Fitting> = fc
	.uniqueArray(fc.constantFrom<unknown>("red", "green", "blue", 1, null), { minLength: 1, maxLength: 4 })
	.chain((options) => fc.constantFrom(...options).map((value) => ({ schema: { enum: options }, value })));
const nullable: fc.Arbitrary<Fitting> = fc
	.option(words)
	.map((value) => ({ schema: { anyOf: [{ type: "string" }, { type: "null" }] }, value }));

const { fitting } = fc.letrec<{ fitting: Fitting; list: Fitting; object: Fitting }>((tie) => ({
	fitting: fc.oneof(
		{ maxDepth: 3, withCrossShrink: true },
		text,
		shortText,
		number,
		integer,
		flag,
		choice,
		nullable,
		tie("list"),
		tie("object"),
	),
	list: fc.record({ item: tie("fitting"), count: fc.integer({ min: 0, max: 3 }) }).map(({ item, count }) => ({
		schema: { type: "array", items: item.schema, maxItems: 3 },
		value: Array.from({ length: count }, () => item.value),
	})),
	object: objectOf(tie("fitting")),
}));

/** A closed object; some of its properties may be left out, and some are. */
function objectOf(member: fc.Arbitrary<Fitting>): fc.Arbitrary<Fitting> {
	const property = fc.record({ member, required: fc.boolean(), present: fc.boolean() });
	const names = fc.constantFrom("id", "name", "size", "$ref", "constructor", "a/b", "ö");
	return fc.dictionary(names, property, { maxKeys: 5, noNullPrototype: true }).map((properties) => {
		const entries = Object.entries(properties);
		return {
			schema: {
				type: "object",
				properties: Object.fromEntries(
					entries.map(
						([
							name,
							{
								member: { schema },
							},
						]) => [name, schema],
					),
				),
				required: entries.filter(([, { required }]) => required).map(([name]) => name),
				additionalProperties: false,
			},
			value: Object.fromEntries(
				entries
					.filter(([, { required, present }]) => required || present)
					.map(
						([
							name,
							{
								member: { value },
							},
						]) => [name, value],
					),
			),
		};
	});
}

/** An object's schema, with a value that is valid against it. */
export const fittingObject: fc.Arbitrary<Fitting> = objectOf(fitting);

/** What may happen to an answer on the way; `null` leaves it as it is. */
export type Change = "drop" | "retype" | "add" | "misspell" | null;

/** Changes one place of a value, the one that `place` comes to when all of its places are counted through. */
export function changed(value: unknown, change: Change, place: number): unknown {
	if (change === null) return value;
	const copy = structuredClone(value);
	const holders = holdersIn(copy);
	const holder = holders[place % Math.max(1, holders.length)];
	if (holder === undefined) return copy;
	const keys = Object.keys(holder);
	const key = keys[place % Math.max(1, keys.length)];
	if (change === "add" || key === undefined) {
		if (Array.isArray(holder)) holder.push({ extra: 1 });
		else holder["extra"] = 1;
		return copy;
	}
	const members = holder as JsonObject;
	if (change === "drop") {
		if (Array.isArray(holder)) holder.pop();
		else delete members[key];
	} else if (change === "retype") {
		members[key] = retyped(members[key], place);
	} else {
		members[key] = typeof members[key] === "string" ? `${members[key]}0x9 and more` : "misspelt";
	}
	return copy;
}

/** Every object and list in a value, itself among them. */
function holdersIn(value: unknown): (JsonObject | unknown[])[] {
	if (typeof value !== "object" || value === null) return [];
	return [value as JsonObject, ...Object.values(value).flatMap(holdersIn)];
}

function retyped(value: unknown, place: number): unknown {
	const others = [5, "5", true, null, [], {}, 0.5, -1].filter((other) => typeof other !== typeof value);
	return others[place % others.length];
}
