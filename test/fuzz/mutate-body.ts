import { isJsonObject } from "../../src/core/json.ts";
import { HOSTILE_KEYS, HOSTILE_NUMBERS, HOSTILE_TEXTS } from "./hostile-values.ts";
import type { RandomSource } from "./random-source.ts";

/** What was done to a value that was right. */
export interface Mutation {
	readonly kind: string;
	/** The field of the body in which it was done; null where it is the whole body. */
	readonly field: string | null;
}

/** Where a value stands, and how to put another there. */
interface Place {
	readonly field: string;
	readonly value: unknown;
	readonly holder: object;
	readonly key: string | number;
}

/** In place of text that is written into the JSON as it is: what no JavaScript value says, or no serialiser could write. */
export const RAW_MARK = "\u{f0000}raw:";

/** Changes one thing in the value, which is this function's own from now on. */
export type ValueMutation = (body: Record<string, unknown>, random: RandomSource) => Mutation;

const wrongTypes = (random: RandomSource): unknown =>
	random.pick<unknown>([null, true, 0, -1.5, "text", "", [], {}, [null], [[]], [{}], { 0: "a", length: 1 }, [1, "a"]]);

/** Levels of lists or objects, as text: a serialiser would run out of stack. */
function nested(depth: number, open: string, close: string): string {
	return `${RAW_MARK}${open.repeat(depth)}1${close.repeat(depth)}`;
}

export const VALUE_MUTATIONS: Readonly<Record<string, ValueMutation>> = {
	"field-dropped"(body, random) {
		const field = random.pick(Object.keys(body));
		delete body[field];
		return { kind: "field-dropped", field };
	},
	"wrong-type": replaceAny("wrong-type", (_value, random) => wrongTypes(random)),
	"list-for-object": replaceAny("list-for-object", (value) =>
		Array.isArray(value) ? { ...(value as unknown[]) } : isJsonObject(value) ? Object.values(value) : [value],
	),
	"number-out-of-range": replaceAny("number-out-of-range", (_value, random) => random.pick(HOSTILE_NUMBERS)),
	"hostile-text": replaceAny("hostile-text", (_value, random) => random.pick(HOSTILE_TEXTS)),
	/** Names are looked up in objects, and an object has names of its own. */
	"hostile-model"(body, random) {
		body["model"] = random.chance(0.5) ? random.pick(HOSTILE_KEYS) : random.pick(HOSTILE_TEXTS);
		return { kind: "hostile-model", field: "model" };
	},
	"giant-text": replaceAny("giant-text", (_value, random) => "a".repeat(random.pick([65_536, 262_144, 1_100_000]))),
	"giant-list": replaceAny("giant-list", (value, random) =>
		Array.from(
			{ length: random.pick([33, 300, 3_000]) },
			() => (Array.isArray(value) ? (value as unknown[])[0] : value) ?? 1,
		),
	),
	"deep-nesting": replaceAny("deep-nesting", (_value, random) => {
		const depth = random.pick([40, 99, 101, 1_000, 20_000]);
		return random.chance(0.5) ? nested(depth, "[", "]") : nested(depth, '{"a":', "}");
	}),
	"hostile-key"(body, random) {
		const holders = [body, ...placesIn(body).map(({ value }) => value)].filter(isJsonObject);
		const holder = random.pick(holders);
		const key = random.pick(HOSTILE_KEYS);
		const value = random.pick<unknown>([{ polluted: true }, "text", 1, null, [{ polluted: true }]]);
		// As the parser does it; an assignment to `__proto__` would do something else.
		Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
		return { kind: "hostile-key", field: holder === body ? key : (fieldHolding(body, holder) ?? key) };
	},
	"many-keys"(body, random) {
		const count = random.pick([100, 5_000]);
		for (let index = 0; index < count; index++) body[`key${index}`] = index;
		return { kind: "many-keys", field: "key0" };
	},
	"deep-unknown-field"(body, random) {
		const depth = random.pick([40, 99, 101, 1_000, 20_000]);
		body["field_nobody_knows"] = random.chance(0.5) ? nested(depth, "[", "]") : nested(depth, '{"a":', "}");
		return { kind: "deep-unknown-field", field: "field_nobody_knows" };
	},
	"unknown-field"(body, random) {
		body["field_nobody_knows"] = wrongTypes(random);
		return { kind: "unknown-field", field: "field_nobody_knows" };
	},
};

function replaceAny(kind: string, by: (value: unknown, random: RandomSource) => unknown): ValueMutation {
	return (body, random) => {
		const { holder, key, value, field } = random.pick(placesIn(body));
		(holder as Record<string | number, unknown>)[key] = by(value, random);
		return { kind, field };
	};
}

/** Every place in a body, of any depth. */
function placesIn(body: Readonly<Record<string, unknown>>): Place[] {
	const places: Place[] = [];
	const walk = (holder: object, field: string | null): void => {
		for (const [name, value] of Object.entries(holder)) {
			const inField = field ?? name;
			places.push({ field: inField, value, holder, key: Array.isArray(holder) ? Number(name) : name });
			if (typeof value === "object" && value !== null) walk(value, inField);
		}
	};
	walk(body, null);
	return places;
}

function fieldHolding(body: Readonly<Record<string, unknown>>, holder: object): string | undefined {
	return placesIn(body).find(({ value }) => value === holder)?.field;
}
