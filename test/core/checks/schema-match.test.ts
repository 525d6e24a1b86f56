import { describe, expect, it } from "vitest";
import { matchesSchema } from "../../../src/core/checks/schema-match.ts";
import type { JsonObject } from "../../../src/core/json.ts";

/** So deep a chain of definitions, each of which refers twice to the next. */
function doubling(levels: number): JsonObject {
	const $defs: JsonObject = { [`d${levels}`]: { type: "object" } };
	for (let level = 0; level < levels; level++) {
		const next = { $ref: `#/$defs/d${level + 1}` };
		$defs[`d${level}`] = { allOf: [next, next] };
	}
	return { $defs, $ref: "#/$defs/d0" };
}

/** `{"a":{"a":…{}}}` */
function nested(depth: number): JsonObject {
	let value: JsonObject = {};
	for (let level = 0; level < depth; level++) value = { a: value };
	return value;
}

describe("a value", () => {
	it("is matched against every keyword that draft 2020-12 asserts", () => {
		const schema = {
			type: "object",
			properties: {
				tags: { type: "array", uniqueItems: true, contains: { const: "x" }, maxItems: 3 },
				pair: { prefixItems: [{ type: "integer" }, { type: "string" }], items: false },
				id: { type: "string", pattern: "^[a-z]+(?:-[a-z]+)*$", format: "hostname" },
			},
			patternProperties: { "^n_": { type: "number" } },
			propertyNames: { maxLength: 5 },
			dependentRequired: { pair: ["id"] },
			unevaluatedProperties: false,
		};
		const valid = { tags: ["x", "y"], pair: [1, "a"], id: "a-b", n_1: 1.5 };
		expect(matchesSchema(valid, schema)).toBe(true);
		for (const change of [
			{ tags: ["x", "x"] },
			{ tags: ["y"] },
			{ tags: ["x", "a", "b", "c"] },
			{ pair: ["a", 1] },
			{ pair: [1, "a", 2] },
			{ id: "a--b" },
			{ id: undefined },
			{ n_1: "1" },
			{ n_long: 1 },
			{ other: 1 },
		]) {
			const value = JSON.parse(JSON.stringify({ ...valid, ...change })) as unknown;
			expect(matchesSchema(value, schema), JSON.stringify(change)).toBe(false);
		}
	});

	it("is matched against references to anchors and to other parts of the schema by their own address", () => {
		const schema = {
			$defs: {
				name: { $anchor: "name", type: "string" },
				other: { $id: "https://example.com/other", type: "integer" },
			},
			properties: { a: { $ref: "#name" }, b: { $ref: "https://example.com/other" } },
		};
		expect(matchesSchema({ a: "x", b: 1 }, schema)).toBe(true);
		expect(matchesSchema({ a: 1 }, schema)).toBe(false);
		expect(matchesSchema({ b: "x" }, schema)).toBe(false);
	});

	it("may be long, and its schema broad", () => {
		const properties = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`p${index}`, { type: "integer" }]));
		const row = Object.fromEntries(Object.keys(properties).map((name, index) => [name, index]));
		const schema = {
			type: "array",
			items: { type: "object", properties, required: Object.keys(properties), additionalProperties: false },
		};
		const rows = Array.from({ length: 300 }, () => row);
		expect(matchesSchema(rows, schema)).toBe(true);
		expect(matchesSchema([...rows, { ...row, p7: "7" }], schema)).toBe(false);
	});

	it("may be as deep as its recursive schema, where that visits each part once", () => {
		const tree = { properties: { a: { $ref: "#" } }, additionalProperties: false };
		expect(matchesSchema(nested(90), tree)).toBe(true);
		expect(matchesSchema({ a: { a: { b: {} } } }, tree)).toBe(false);
		expect(matchesSchema(nested(90), { ...tree, additionalProperties: { $ref: "#" } })).toBe(true);
	});

	it("leaves the schema as the client will have it sent on", () => {
		const schema = { $defs: { x: { type: "string" } }, properties: { a: { $ref: "#/$defs/x" } } };
		const before = JSON.stringify(schema);
		matchesSchema({ a: "x" }, schema);
		expect(JSON.stringify(schema)).toBe(before);
		expect(Object.keys(schema.properties.a)).toEqual(["$ref"]);
	});
});

describe("a schema that cannot be followed vouches for nothing", () => {
	it("where it refers to another document, or to nothing", () => {
		for (const $ref of ["https://example.com/schema.json", "other.json#/x", "#/$defs/missing"])
			expect(matchesSchema({}, { $ref }), $ref).toBe(false);
	});

	it("where it refers to itself without end", () => {
		expect(matchesSchema({}, { $ref: "#" })).toBe(false);
		expect(
			matchesSchema({}, { $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } }, $ref: "#/$defs/a" }),
		).toBe(false);
	});

	it("where it refers dynamically, which the validator would pass over in silence", () => {
		const node = { $dynamicAnchor: "node", type: "integer" };
		expect(matchesSchema("text", { $defs: { node }, $dynamicRef: "#node" })).toBe(false);
		expect(matchesSchema({ a: "text" }, { properties: { a: { $recursiveRef: "#" } } })).toBe(false);
	});

	it("where a pattern is no regular expression", () => {
		expect(matchesSchema({ a: "x" }, { properties: { a: { pattern: "(" } } })).toBe(false);
		expect(matchesSchema({ a: "x" }, { patternProperties: { "(": {} } })).toBe(false);
	});

	it("however deep it is nested", () => {
		let deep: JsonObject = { type: "object" };
		for (let level = 0; level < 50_000; level++) deep = { allOf: [deep] };
		expect(matchesSchema({}, deep)).toBe(false);
	});

	it("and does not throw where its keywords have the wrong types", () => {
		for (const schema of [
			{ type: 5 },
			{ enum: "x" },
			{ required: 5 },
			{ properties: [] },
			{ patternProperties: 5 },
			{ allOf: {} },
			{ $ref: 5 },
			{ items: null },
			{ prefixItems: 5 },
			{ $id: 5 },
		])
			expect(() => matchesSchema({ a: [1] }, schema), JSON.stringify(schema)).not.toThrow();
	});
});

// Each of these would hold the isolate for seconds to years; that the test ends at all is most of what it shows.
describe("a schema that would take too long vouches for nothing", () => {
	it("where definitions refer twice to the next", () => {
		expect(matchesSchema({}, doubling(4))).toBe(true);
		expect(matchesSchema({}, doubling(40))).toBe(false);
	});

	it("where it refers twice to itself, and the value is deep", () => {
		const twice = { properties: { a: { $ref: "#" } } };
		expect(matchesSchema(nested(4), { allOf: [twice, twice] })).toBe(true);
		expect(matchesSchema(nested(40), { allOf: [twice, twice] })).toBe(false);
	});

	it("where parts with addresses of their own are nested, each of which is walked twice", () => {
		const withAddresses = (levels: number) => {
			let schema: JsonObject = { type: "object" };
			for (let level = 0; level < levels; level++) schema = { $id: `a${level}`, allOf: [schema] };
			return schema;
		};
		expect(matchesSchema({}, withAddresses(4))).toBe(true);
		expect(matchesSchema({}, withAddresses(40))).toBe(false);
	});

	it.each([
		["a text", { pattern: "^(a+)+$" }, `${"a".repeat(40)}!`],
		["a name", { patternProperties: { "^(a+)+$": {} } }, { [`${"a".repeat(40)}!`]: 1 }],
		["a name's own schema", { propertyNames: { pattern: "^(a|a)*$" } }, { [`${"a".repeat(40)}!`]: 1 }],
		["an item's text", { items: { pattern: "(x+x+)+y" } }, ["x".repeat(40)]],
		["a URL", { format: "url" }, `http://${"a".repeat(60)}!`],
	])("where a pattern backtracks on %s", (_, schema, value) => {
		expect(matchesSchema(value, schema)).toBe(false);
	});

	it("where a harmless pattern meets too many texts", () => {
		const schema = { items: { pattern: "foo.*bar" } };
		expect(
			matchesSchema(
				Array.from({ length: 20 }, () => "foo bar"),
				schema,
			),
		).toBe(true);
		expect(
			matchesSchema(
				Array.from({ length: 200 }, () => `foo ${"a".repeat(400)} bar`),
				schema,
			),
		).toBe(false);
	});

	it("where a long text is measured again and again", () => {
		const measured = Array.from({ length: 2_000 }, (_, index) => ({ minLength: index }));
		expect(matchesSchema("a".repeat(2_000), { allOf: measured.slice(0, 20) })).toBe(true);
		expect(matchesSchema("a".repeat(20_000), { allOf: measured })).toBe(false);
	});

	it("where there are too many patterns to look at", () => {
		const patterns = Array.from({ length: 400 }, (_, index) => ({ pattern: `^[a-z]{0,${index + 300}}$` }));
		expect(matchesSchema("a", { anyOf: patterns.slice(0, 20) })).toBe(true);
		expect(matchesSchema("a", { anyOf: patterns })).toBe(false);
	});

	it("where all of very many items must differ", () => {
		const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
		expect(matchesSchema(numbers(1_000), { uniqueItems: true })).toBe(true);
		expect(matchesSchema(numbers(10_000), { uniqueItems: true })).toBe(false);
	});

	it("where very many values are compared with a very long list", () => {
		const allowed = Array.from({ length: 5_000 }, (_, index) => `value ${index}`);
		expect(matchesSchema(["value 1", "value 4999"], { items: { enum: allowed } })).toBe(true);
		expect(
			matchesSchema(
				Array.from({ length: 3_000 }, () => "value 1"),
				{ items: { enum: allowed } },
			),
		).toBe(false);
	});
});
