import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leafValues } from "../../../src/core/confidence/json-values.ts";

/** The texts of the leaf values of this JSON. */
const leaves = (json: string) => leafValues(json).map(({ from, to }) => json.slice(from, to));

describe("the leaf values of JSON", () => {
	it("are contents of strings, numbers and literals; not keys, quotes or marks between", () => {
		expect(leaves('{"city":"New York","days":-1.5e3,"on":[true,false,null]}')).toEqual([
			"New York",
			"-1.5e3",
			"true",
			"false",
			"null",
		]);
	});

	it("are the whole of JSON that is one value", () => {
		expect(leaves("42")).toEqual(["42"]);
		expect(leaves('"yes"')).toEqual(["yes"]);
		expect(leaves(" null\n")).toEqual(["null"]);
	});

	it("are none in structure alone, an empty string included", () => {
		for (const json of ["{}", "[]", '{"a":{}}', '""', '{"a":""}', "[[],{}]"]) expect(leaves(json), json).toEqual([]);
	});

	it("hold escapes as they are spelt, and end at the quote that is not escaped", () => {
		expect(leaves(String.raw`{"a\"b":"say \"hi\"\\","c":"\u00e9"}`)).toEqual([
			String.raw`say \"hi\"\\`,
			String.raw`\u00e9`,
		]);
	});

	it("may hold marks that are structure elsewhere", () => {
		expect(leaves('["{\\"a\\": 1}", "a:b", ","]')).toEqual(['{\\"a\\": 1}', "a:b", ","]);
	});

	it("know a key by its colon, whatever space is between", () => {
		expect(leaves('{"a" \n\t\r : "b" , "c":"d" }')).toEqual(["b", "d"]);
	});

	it("are those that a walk through the parsed value meets, in its order", () => {
		const walk = (value: unknown): string[] => {
			if (typeof value === "object" && value !== null) return Object.values(value).flatMap(walk);
			const text = JSON.stringify(value);
			return typeof value === "string" ? [text.slice(1, -1)].filter((inside) => inside !== "") : [text];
		};
		fc.assert(
			fc.property(fc.json(), fc.constantFrom(undefined, 2, "\t"), (json, indent) => {
				const value = JSON.parse(json) as unknown;
				expect(leaves(JSON.stringify(value, null, indent))).toEqual(walk(value));
			}),
			{ seed: 11, numRuns: 1000 },
		);
	});

	it("end for text that is no JSON, within it and in order", () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom('"', "\\", "a", "1", "{", ":", " ") }), (text) => {
				let last = 0;
				for (const { from, to } of leafValues(text)) {
					expect(from).toBeGreaterThanOrEqual(last);
					expect(to).toBeGreaterThan(from);
					last = to;
				}
				expect(last).toBeLessThanOrEqual(text.length);
			}),
			{ seed: 12, numRuns: 1000 },
		);
	});

	it("are found however deep they are", () => {
		expect(leaves(`${"[".repeat(200_000)}7${"]".repeat(200_000)}`)).toEqual(["7"]);
	});
});
