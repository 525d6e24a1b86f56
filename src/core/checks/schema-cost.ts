import { isJsonObject, type JsonObject } from "../json.ts";
import { MOST_PATTERN_STEPS, patternCost } from "../pattern-cost.ts";

/** A schema by its absolute address, as the validator's `dereference` lists them. */
export type SchemaLookup = Readonly<Record<string, unknown>>;

/** What a validator spends on one subschema and one value, in steps of a regular expression: about half a microsecond. */
const STEPS_A_VISIT = 50;
/** What finding a pattern's cost takes, at most. */
const STEPS_A_PATTERN = 20_000;
/** The most objects of a schema that are walked while its references are gathered. */
const MOST_DEREFERENCED = 20_000;

/**
 * Whether gathering the schema's references is cheap. The validator walks whatever is below an `$id` twice, so that
 * nested ones double its work at every level.
 */
export function isSafeToDereference(schema: JsonObject): boolean {
	let walked = 0;
	const walk = (part: unknown, times: number): void => {
		if (typeof part !== "object" || part === null || walked > MOST_DEREFERENCED) return;
		const timesBelow = "$id" in part || "id" in part ? times * 2 : times;
		walked += timesBelow;
		for (const child of Object.values(part)) walk(child, timesBelow);
	};
	walk(schema, 1);
	return walked <= MOST_DEREFERENCED;
}

/**
 * Whether validating this very value is cheap: counts the subschemas that a validator visits, each as often as it
 * does, and what their keywords cost, and gives up at `MOST_PATTERN_STEPS`. Definitions that each refer twice to the
 * next, references to themselves and patterns with many ways through a text would otherwise take any time at all.
 */
export function isSafeToValidate(value: unknown, schema: JsonObject, lookup: SchemaLookup): boolean {
	const cost = new ValidationCost(lookup);
	cost.visit(schema, value);
	return cost.steps <= MOST_PATTERN_STEPS;
}

const IN_PLACE_LISTS = ["allOf", "anyOf", "oneOf"] as const;
const IN_PLACE = ["not", "if", "then", "else"] as const;
const IN_PLACE_MAPS = ["dependentSchemas", "dependencies"] as const;

class ValidationCost {
	steps = 0;
	readonly #lookup: SchemaLookup;
	readonly #lists = new Map<JsonObject, number>();
	readonly #patterns = new Map<string, number>();

	constructor(lookup: SchemaLookup) {
		this.#lookup = lookup;
	}

	/** Adds what it takes to validate the value against this part of the schema. */
	visit(part: unknown, value: unknown): void {
		if (this.steps > MOST_PATTERN_STEPS) return;
		this.steps += STEPS_A_VISIT;
		if (!isJsonObject(part)) return;
		this.steps += this.#stepsOfLists(part);
		// The validator passes over these references in silence, as if anything matched.
		if (part["$dynamicRef"] !== undefined || part["$recursiveRef"] !== undefined) this.steps = Number.POSITIVE_INFINITY;
		const reference = part["__absolute_ref__"] ?? part["$ref"];
		if (typeof reference === "string") this.visit(this.#lookup[reference], value);
		for (const keyword of IN_PLACE_LISTS) for (const option of listOf(part[keyword])) this.visit(option, value);
		for (const keyword of IN_PLACE) if (part[keyword] !== undefined) this.visit(part[keyword], value);
		for (const keyword of IN_PLACE_MAPS)
			for (const dependent of Object.values(mapOf(part[keyword]))) this.visit(dependent, value);
		if (typeof value === "string") this.#addText(part, value);
		else if (Array.isArray(value)) this.#addItems(part, value);
		else if (isJsonObject(value)) this.#addMembers(part, value);
	}

	#addText(part: JsonObject, text: string): void {
		this.steps += text.length;
		if (typeof part["pattern"] === "string") this.#addPattern(part["pattern"], text.length);
		// No format of JSON Schema, but one of the validator's, whose expression takes exponential time.
		if (part["format"] === "url") this.steps = Number.POSITIVE_INFINITY;
	}

	#addItems(part: JsonObject, items: readonly unknown[]): void {
		// Every item is compared with every other.
		if (part["uniqueItems"] !== undefined) this.steps += items.length * sizeOf(items);
		const leading = listOf(part["prefixItems"]);
		const rest = part["items"];
		for (const [index, item] of items.entries()) {
			if (index < leading.length) this.visit(leading[index], item);
			else if (Array.isArray(rest)) this.visit(rest[index], item);
			else if (rest !== undefined) this.visit(rest, item);
			for (const keyword of ["additionalItems", "contains", "unevaluatedItems"] as const)
				if (part[keyword] !== undefined) this.visit(part[keyword], item);
		}
	}

	#addMembers(part: JsonObject, value: JsonObject): void {
		const properties = mapOf(part["properties"]);
		const patterns = Object.entries(mapOf(part["patternProperties"]));
		for (const [name, member] of Object.entries(value)) {
			if (part["propertyNames"] !== undefined) this.visit(part["propertyNames"], name);
			for (const [pattern, subschema] of patterns) {
				this.#addPattern(pattern, name.length);
				this.visit(subschema, member);
			}
			if (Object.hasOwn(properties, name)) this.visit(properties[name], member);
			else if (part["additionalProperties"] !== undefined) this.visit(part["additionalProperties"], member);
			if (part["unevaluatedProperties"] !== undefined) this.visit(part["unevaluatedProperties"], member);
		}
	}

	#addPattern(pattern: string, length: number): void {
		if (this.steps > MOST_PATTERN_STEPS) return;
		// Texts of about the same length share what finding the cost takes.
		const upToLength = 2 ** Math.ceil(Math.log2(Math.max(16, length)));
		const key = `${upToLength} ${pattern}`;
		let cost = this.#patterns.get(key);
		if (cost === undefined) {
			this.steps += STEPS_A_PATTERN;
			cost = patternCost(pattern, upToLength);
			this.#patterns.set(key, cost);
		}
		this.steps += cost;
	}

	/** Lists are read through, compared with, and written out in the validator's messages. */
	#stepsOfLists(part: JsonObject): number {
		let steps = this.#lists.get(part);
		if (steps === undefined) {
			steps = sizeOf(part["enum"]) + sizeOf(part["const"]) + sizeOf(part["required"]);
			steps += sizeOf(part["dependentRequired"]) + Object.keys(mapOf(part["properties"])).length;
			this.#lists.set(part, steps);
		}
		return steps;
	}
}

const CHARACTERS_A_STEP = 10;

/** Steps that one pass over this value takes. */
function sizeOf(value: unknown): number {
	if (typeof value === "string") return 1 + value.length / CHARACTERS_A_STEP;
	if (typeof value !== "object" || value === null) return 1;
	return Object.values(value).reduce((total: number, child) => total + sizeOf(child), 1);
}

function listOf(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? value : [];
}

function mapOf(value: unknown): JsonObject {
	return isJsonObject(value) ? value : {};
}
