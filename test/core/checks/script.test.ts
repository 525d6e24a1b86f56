import { describe, expect, it } from "vitest";
import { isInScript } from "../../../src/core/checks/script.ts";

describe("a text", () => {
	it.each([
		["Hello, wörld", "Latin"],
		["Привет, мир!", "Cyrillic"],
		["你好，世界", "Han"],
		["مرحبا بالعالم", "Arabic"],
		["नमस्ते दुनिया", "Devanagari"],
	])("such as %s is in %s and in no other script", (text, script) => {
		for (const candidate of ["Latin", "Cyrillic", "Han", "Arabic", "Devanagari"])
			expect(isInScript(text, candidate), candidate).toBe(candidate === script);
	});

	it("without letters is in every script", () => {
		for (const text of ["", "42", "3 + 4 = 7 €", "👍", "…"]) expect(isInScript(text, "Cyrillic"), text).toBe(true);
	});

	it("may have one letter in ten from elsewhere, and not more", () => {
		const mixed = (latin: number, cyrillic: number) => "a".repeat(latin) + "я".repeat(cyrillic);
		expect(isInScript(mixed(9, 1), "Latin")).toBe(true);
		expect(isInScript(mixed(8, 1), "Latin")).toBe(false);
		expect(isInScript(mixed(90, 10), "Latin")).toBe(true);
		expect(isInScript(mixed(89, 10), "Latin")).toBe(false);
	});

	it("is not judged by its digits, punctuation and symbols", () => {
		expect(isInScript(`да ${"1234567890 ".repeat(50)}(!?)`, "Cyrillic")).toBe(true);
		expect(isInScript(`да x ${"1234567890 ".repeat(50)}`, "Cyrillic")).toBe(false);
	});

	it("may be judged by a script's short name", () => {
		expect([isInScript("Привет", "Cyrl"), isInScript("Hello", "Cyrl")]).toEqual([true, false]);
	});
});

describe("scripts that are written together", () => {
	const japanese = "東京タワーはとても高いです";

	it("are Japanese's three, by the name of either syllabary", () => {
		for (const script of ["Hiragana", "Katakana", "Hira", "Kana"]) expect(isInScript(japanese, script)).toBe(true);
		expect(isInScript("東京", "Hiragana")).toBe(true);
		expect(isInScript("서울", "Hiragana")).toBe(false);
	});

	it("do not make Japanese Chinese", () => {
		expect(isInScript(japanese, "Han")).toBe(false);
	});

	it("are Hangul and Chinese characters, in Korean", () => {
		for (const script of ["Hangul", "Hang"]) {
			expect(isInScript("서울(漢城)은 크다", script)).toBe(true);
			expect(isInScript("東京は高い", script)).toBe(false);
		}
	});
});
