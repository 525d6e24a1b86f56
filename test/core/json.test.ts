import { describe, expect, it } from "vitest";
import { isJsonObject, parseJson } from "../../src/core/json.ts";

describe("a JSON object", () => {
	it("is an object, not one of the other things `typeof` calls so", () => {
		expect(isJsonObject({})).toBe(true);
		expect(isJsonObject(Object.create(null))).toBe(true);
		for (const value of [null, undefined, [], "{}", 1, true]) expect(isJsonObject(value)).toBe(false);
	});
});

describe("parsing JSON", () => {
	it("gives the value, falsy ones too", () => {
		expect(parseJson("null")).toBeNull();
		expect(parseJson("0")).toBe(0);
		expect(parseJson('""')).toBe("");
		expect(parseJson("false")).toBe(false);
		expect(parseJson(' {"a":[1]} ')).toEqual({ a: [1] });
	});

	it("gives undefined where the text is no JSON, and does not throw", () => {
		for (const text of [
			"",
			" ",
			"{",
			"undefined",
			"NaN",
			"Infinity",
			"{'a':1}",
			"[1,]",
			'{"a":1} x',
			"```json\n{}\n```",
		])
			expect(parseJson(text)).toBeUndefined();
	});
});
