import { assert, pre, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { EMBEDDING_DIMENSIONS, embedText } from "../../src/local/models/hash-embedding.ts";

const embed = (text: string) => embedText(text, EMBEDDING_DIMENSIONS);
const dot = (left: readonly number[], right: readonly number[]) =>
	left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
const similarity = (left: string, right: string) => dot(embed(left), embed(right));

describe("an embedding of hashed words", () => {
	it("has 256 numbers and length 1, whatever the text", () => {
		assert(
			property(string({ unit: "grapheme", minLength: 1, maxLength: 60 }), (text) => {
				pre(text.trim() !== "");
				const vector = embed(text);
				expect(vector).toHaveLength(256);
				expect(Math.hypot(...vector)).toBeCloseTo(1, 9);
			}),
		);
	});

	it("is the same for the same words, in any letter case, with any space between", () => {
		expect(embed("Lower your   MORTGAGE\npayments")).toEqual(embed("lower your mortgage payments"));
		expect(similarity("payments mortgage your lower", "lower your mortgage payments")).toBeCloseTo(1, 9);
	});

	it("is nearer to a text that shares words, and to one that shares parts of words, than to one that shares none", () => {
		const text = "Lower your mortgage payments today";
		expect(similarity(text, "Mortgage payments for today")).toBeGreaterThan(0.4);
		expect(similarity("mortgages", "mortgage")).toBeGreaterThan(0.5);
		expect(Math.abs(similarity(text, "Patch to fix build on Linux"))).toBeLessThan(0.25);
	});

	it("knows nothing of meaning", () => {
		expect(Math.abs(similarity("automobile", "car"))).toBeLessThan(0.25);
	});

	it("counts a repeated word more than once, and less than twice", () => {
		const once = similarity("spam ham", "spam");
		const often = similarity("spam spam spam spam ham", "spam");
		expect(often).toBeGreaterThan(once);
		// With counts as they are, four to one, the cosine would be above this.
		expect(often).toBeLessThan(0.96);
	});

	it("has as many positive as negative numbers over many words, so that collisions cancel", () => {
		const values = Array.from({ length: 300 }, (_, index) => embed((index * 7_919 + 12_345).toString(36))).flat();
		const positive = values.filter((value) => value > 0).length;
		const negative = values.filter((value) => value < 0).length;
		expect(positive / (positive + negative)).toBeGreaterThan(0.45);
		expect(positive / (positive + negative)).toBeLessThan(0.55);
	});

	it("of fewer dimensions is the beginning of the whole one, scaled to length 1", () => {
		const whole = embed("Lower your mortgage payments today");
		const part = embedText("Lower your mortgage payments today", 64);
		const scale = Math.hypot(...whole.slice(0, 64));
		expect(part).toHaveLength(64);
		expect(Math.hypot(...part)).toBeCloseTo(1, 9);
		expect(part.map((value) => value * scale)).toEqual(whole.slice(0, 64).map((value) => expect.closeTo(value, 12)));
	});

	it("is zero, and never NaN, where no feature falls into the dimensions kept", () => {
		for (let index = 0; index < 50; index += 1) {
			const [value = Number.NaN] = embedText(`w${index}`, 1);
			expect([0, 1]).toContain(Math.abs(value));
		}
	});
});
