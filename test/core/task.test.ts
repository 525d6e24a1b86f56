import * as fc from "fast-check";
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
		["ｓｐａｍ", "spam"],
		["<spam>", "spam"],
		["~~spam~~", "spam"],
		["- spam", "spam"],
		["🙂 spam 🙂", "spam"],
	])("in %j is %s, as the client spells it", (text, label) => {
		expect(answeredLabel(text, labels)).toBe(label);
	});

	it.each([
		"",
		" ",
		".",
		"…",
		"🙂",
		"-",
		"eggs",
		"spam!ham",
		"spams",
		"not  spam",
		"spam, ham",
		"It is spam",
		"spam because",
		"spamspam",
		"spa m",
		"notspam",
		"a spam",
	])("is none in %j", (text) => {
		expect(answeredLabel(text, labels)).toBeUndefined();
	});
});

describe("labels that differ in little", () => {
	it("are told apart by their letter case where the answer has it", () => {
		expect(answeredLabel("US", ["us", "US"])).toBe("US");
		expect(answeredLabel('"US".', ["us", "US"])).toBe("US");
		expect(answeredLabel("Us", ["us", "US"])).toBeUndefined();
	});

	it("are told apart by their punctuation where the answer has it", () => {
		const languages = ["C", "C#", "C++"];
		for (const language of languages) expect(answeredLabel(`${language}`, languages)).toBe(language);
		expect(answeredLabel("C.", languages)).toBe("C");
		expect(answeredLabel('"c"', languages)).toBe("C");
		expect(answeredLabel("c++", languages)).toBe("C++");
		// Marks aside, both could be meant.
		expect(answeredLabel("[C]", ["C++", "C#"])).toBeUndefined();
	});

	it("may end in punctuation that an answer leaves out, where it is still clear which is meant", () => {
		expect(answeredLabel("yes", ["Yes!", "No!"])).toBe("Yes!");
		expect(answeredLabel("really", ["really?", "really!"])).toBeUndefined();
	});

	it("may be punctuation alone", () => {
		expect(answeredLabel("?", ["?", "!"])).toBe("?");
		expect(answeredLabel("-", ["?", "!"])).toBeUndefined();
	});

	it("may be punctuation alone, and then are those marks and no others", () => {
		expect(answeredLabel("!", ["?", "a"])).toBeUndefined();
		expect(answeredLabel("?", ["?", "a"])).toBe("?");
		expect(answeredLabel('"?"', ["?", "!"])).toBeUndefined();
		expect(answeredLabel(".", ["spam", " "])).toBeUndefined();
	});
});

describe("labels that are numbers", () => {
	it.each(["-1", "\u22121", "－1", "(-1)", "-1.", "+1", ">1", "≥1", "~1"])("keep their sign: %s is not 1", (text) => {
		expect(answeredLabel(text, ["0", "1"])).toBeUndefined();
	});

	it("are known by their sign in whatever marks they stand", () => {
		for (const text of ["-1", '"-1."', "**-1**", "(-1)"]) expect(answeredLabel(text, ["1", "-1"])).toBe("-1");
		for (const text of ["1", '"1"', "- 1", "**1**", "1."]) expect(answeredLabel(text, ["1", "-1"])).toBe("1");
		expect(answeredLabel("<5", ["<5", ">5"])).toBe("<5");
	});
});

describe("any label", () => {
	const word = fc.stringMatching(/^[a-z]{1,6}$/u);
	const marks = fc.stringMatching(/^[ "'`*.,:;!?()[\]{}<>~|-]{0,4}$/u);

	it("is known in whatever marks and letter case it stands, and nothing else is it", () => {
		fc.assert(
			fc.property(fc.uniqueArray(word, { minLength: 2, maxLength: 5 }), marks, marks, (labels, before, after) => {
				const [first = "", ...others] = labels;
				expect(answeredLabel(`${before}${first.toUpperCase()}${after}`, labels)).toBe(first);
				expect(answeredLabel(`${before}${first}${after}`, others)).toBeUndefined();
			}),
			{ seed: 8, numRuns: 500 },
		);
	});
});
