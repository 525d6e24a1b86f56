import { describe, expect, it } from "vitest";
import { labelPart, labelsToRead, namedLabel } from "../../../src/core/confidence/named-label.ts";
import { exampleRequest } from "../examples.ts";

const classification = exampleRequest({ task: { kind: "classification", text: "…", labels: ["a", "b"] } });
const moderation = exampleRequest({ task: { kind: "moderation", text: "…" } });

describe("the label that a text names", () => {
	const labels = ["spam", "Not Spam"];

	it.each(["spam", "SPAM", " spam\n", '"spam"', "**Spam**.", "ｓｐａｍ", "(spam)", "'spam',"])(
		"is spam in %j",
		(text) => {
			expect(namedLabel(text, labels)).toBe("spam");
		},
	);

	it("comes in the list's own spelling", () => {
		expect(namedLabel("not spam", labels)).toBe("Not Spam");
	});

	it.each(["", "  ", "…", "spam!ham", "spa", "spams", "not  spam", "It is spam"])("is none in %j", (text) => {
		expect(namedLabel(text, labels)).toBeUndefined();
	});

	it("is the closest spelling where labels differ in punctuation or letter case only", () => {
		expect(namedLabel("C++", ["C", "C++", "C#"])).toBe("C++");
		expect(namedLabel("c++", ["C", "C++", "C#"])).toBe("C++");
		expect(namedLabel("Yes", ["yes", "Yes"])).toBe("Yes");
		expect(namedLabel("YES", ["yes", "Yes"])).toBeUndefined();
		expect(namedLabel("[C]", ["C++", "C#"])).toBeUndefined();
	});

	it("keeps the sign of a number", () => {
		expect(namedLabel("-1", ["1", "0"])).toBeUndefined();
		expect(namedLabel('"-1."', ["1", "-1"])).toBe("-1");
		expect(namedLabel("(\u22121)", ["1", "0"])).toBeUndefined();
		expect(namedLabel("- spam", labels)).toBe("spam");
	});

	it("is not one of marks alone for other marks", () => {
		expect(namedLabel("!", ["?", "a"])).toBeUndefined();
		expect(namedLabel("?", ["?", "a"])).toBe("?");
	});
});

describe("the labels that a method reads", () => {
	it("are the policy's, else the task's, else none", () => {
		expect(labelsToRead(["x", "y"], classification)).toEqual(["x", "y"]);
		expect(labelsToRead(undefined, classification)).toEqual(["a", "b"]);
		expect(labelsToRead(undefined, moderation)).toEqual(["safe", "unsafe"]);
		expect(labelsToRead(undefined, exampleRequest())).toBeUndefined();
	});
});

describe("the part that names the label", () => {
	it("is a moderation's verdict without its categories, and the whole of any other answer", () => {
		expect(labelPart("\nUnsafe\nS1", moderation)).toBe("unsafe");
		expect(labelPart("unsafe: hate", moderation)).toBe("unsafe");
		expect(labelPart("safe.", moderation)).toBe("safe");
		expect(labelPart("safe, I think", moderation)).toBe("");
		expect(labelPart("", moderation)).toBe("");
		expect(labelPart("a\nb", classification)).toBe("a\nb");
		expect(labelPart("a\nb", exampleRequest())).toBe("a\nb");
	});
});
