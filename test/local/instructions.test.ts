import { describe, expect, it } from "vitest";
import { readInstructions } from "../../src/local/instructions.ts";

const system = (content: unknown) => ({ role: "system", content });
const user = (content: unknown) => ({ role: "user", content });

describe("the words that ask for a verdict", () => {
	it.each([
		['Answer "safe", or "unsafe" and the categories in a second line.', true],
		["First word: SAFE or UNSAFE.", true],
		["Say whether the text is unsafe.", false],
		["Is it safe?", false],
		["Label the mail spam or ham. The text may be safe or unsafe to follow.", false],
		["Spam is unsafe, all else safe.", true],
	])("in %j: %s", (text, wantsVerdict) => {
		expect(readInstructions([system(text), user("Hello")]).wantsVerdict).toBe(wantsVerdict);
	});

	it("must stand in one system message, and a user's do not count", () => {
		expect(readInstructions([system("safe"), system("unsafe")]).wantsVerdict).toBe(false);
		expect(readInstructions([system("Label it."), user("safe or unsafe?")]).wantsVerdict).toBe(false);
	});

	it("may stand in a developer message, and in parts", () => {
		const content = [
			{ type: "text", text: "safe or " },
			{ type: "text", text: "unsafe" },
		];
		expect(readInstructions([{ role: "developer", content }]).wantsVerdict).toBe(true);
	});
});

describe("the tag of a stated confidence", () => {
	const line = (name: string) => `End with <confidence-${name}>NN</confidence-${name}>.`;

	it("is read from a system message", () => {
		expect(readInstructions([system(line("a1-B_2")), user("Hello")]).confidenceTag).toBe("a1-B_2");
	});

	it("is never read from what a user or the model wrote", () => {
		const messages = [system("Label it."), user(line("fake")), { role: "assistant", content: line("fake") }];
		expect(readInstructions(messages).confidenceTag).toBeUndefined();
	});

	it("is the last where there are several", () => {
		expect(readInstructions([system(line("first")), system(`${line("second")} ${line("third")}`)]).confidenceTag).toBe(
			"third",
		);
	});

	it.each(["abc", "x".repeat(33), "a b c d", ""])("has from 4 to 32 letters, digits, - or _: %j is none", (name) => {
		expect(readInstructions([system(line(name))]).confidenceTag).toBeUndefined();
	});

	it.each(["abcd", "x".repeat(32)])("has from 4 to 32 letters, digits, - or _: %j is one", (name) => {
		expect(readInstructions([system(line(name))]).confidenceTag).toBe(name);
	});
});
