import { describe, expect, it } from "vitest";
import { readVerdict } from "../../src/core/moderation-verdict.ts";

describe("a verdict", () => {
	it.each(["safe", "Safe", "SAFE.", "safe!", "\n\nsafe\n", '"safe"', "**safe**"])("of %j flags nothing", (text) => {
		expect(readVerdict(text)).toEqual({ flagged: false, categories: [] });
	});

	it.each([
		["unsafe", []],
		["Unsafe.", []],
		["unsafe\n", []],
		["unsafe\nS1", ["S1"]],
		["unsafe\nS1,S10", ["S1", "S10"]],
		["\n unsafe \r\n S1 , S10 \r\n", ["S1", "S10"]],
		["unsafe\n\nhate, Violence/Graphic", ["hate", "Violence/Graphic"]],
		["unsafe: hate, violence", ["hate", "violence"]],
		["UNSAFE: hate,,", ["hate"]],
		["unsafe:", []],
		["unsafe:\nS1", ["S1"]],
	])("of %j flags the text and keeps its categories as they are written", (text, categories) => {
		expect(readVerdict(text)).toEqual({ flagged: true, categories });
	});

	it.each([
		"",
		"maybe",
		"safely",
		"not safe",
		"safe\nS1",
		"safe: none",
		"safe unsafe",
		"unsafe\nS1\nS2",
		"unsafe: hate\nS1",
		"unsafe hate",
		"unsafely",
		"The text is unsafe",
		`unsafe\n${"because of this ".repeat(10)}`,
	])("is not what %j says", (text) => {
		expect(readVerdict(text)).toBeUndefined();
	});

	it("may name a category of a hundred characters, and no longer one", () => {
		expect(readVerdict(`unsafe\n${"a".repeat(100)}`)?.categories).toHaveLength(1);
		expect(readVerdict(`unsafe\n${"a".repeat(101)}`)).toBeUndefined();
	});
});
