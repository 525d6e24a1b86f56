import { describe, expect, it } from "vitest";
import { labelPart, labelsToRead } from "../../../src/core/confidence/labels-to-read.ts";
import { exampleRequest } from "../examples.ts";

const classification = exampleRequest({ task: { kind: "classification", text: "…", labels: ["a", "b"] } });
const moderation = exampleRequest({ task: { kind: "moderation", text: "…" } });

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
