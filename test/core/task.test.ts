import { describe, expect, it } from "vitest";
import { answeredLabel } from "../../src/core/task.ts";

const labels = ["spam", "Not Spam", "café"];

describe("the label that an answer names", () => {
	it.each([
		["spam", "spam"],
		["  spam\n", "spam"],
		["SPAM", "spam"],
		["not spam", "Not Spam"],
		['"spam"', "spam"],
		["'Not Spam'.", "Not Spam"],
		["“spam”", "spam"],
		["«spam»!", "spam"],
		["`spam`", "spam"],
		["**spam**", "spam"],
		["(spam)", "spam"],
		["cafe\u0301", "café"],
	])("in %j is %s, as the client spells it", (text, label) => {
		expect(answeredLabel(text, labels)).toBe(label);
	});

	it.each(["", " ", ".", "eggs", "spam, ham", "It is spam", "spam because", "spamspam", "spa m", "notspam", "a spam"])(
		"is none in %j",
		(text) => {
			expect(answeredLabel(text, labels)).toBeUndefined();
		},
	);
});

describe("labels that differ in little", () => {
	it("are told apart by their letter case where the answer has it", () => {
		expect(answeredLabel("US", ["us", "US"])).toBe("US");
		expect(answeredLabel("Us", ["us", "US"])).toBeUndefined();
	});

	it("are told apart by their punctuation where the answer has it", () => {
		const languages = ["C", "C#", "C++"];
		for (const language of languages) expect(answeredLabel(`${language}`, languages)).toBe(language);
		expect(answeredLabel("C.", languages)).toBe("C");
		expect(answeredLabel('"c"', languages)).toBe("C");
	});

	it("may end in punctuation that an answer leaves out, where it is still clear which is meant", () => {
		expect(answeredLabel("yes", ["Yes!", "No!"])).toBe("Yes!");
		expect(answeredLabel("really", ["really?", "really!"])).toBeUndefined();
	});

	it("may be punctuation alone", () => {
		expect(answeredLabel("?", ["?", "!"])).toBe("?");
		expect(answeredLabel("-", ["?", "!"])).toBeUndefined();
	});
});
