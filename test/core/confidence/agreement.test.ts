import { describe, expect, it } from "vitest";
import { agreementConfidence, canonicalAnswer, type AgreementMatch } from "../../../src/core/confidence/agreement.ts";
import vectors from "../../fixtures/confidence-vectors.json" with { type: "json" };
import { exampleAnswer } from "../examples.ts";

const answers = (...texts: readonly string[]) => texts.map((text) => exampleAnswer({ text }));
const read = (match: AgreementMatch, served: string, ...samples: readonly string[]) =>
	agreementConfidence(exampleAnswer({ text: served }), answers(...samples), match);
const measured = (confidence: number) => ({ kind: "measured", confidence: expect.closeTo(confidence, 12) });

describe("agreement", () => {
	it("is the share of all samples that say what the served one says", () => {
		const [served = "", ...samples] = vectors.consistency.answers;
		expect(read("exact", served, ...samples)).toEqual(measured(vectors.consistency.majority_frac));
	});

	it("counts for the served answer, not for the majority against it", () => {
		expect(read("exact", "A", "B", "B", "B")).toEqual(measured(0.25));
	});

	it("is 1 where all agree, and where there is nothing to compare with", () => {
		expect(read("exact", "A", "A", "A")).toEqual(measured(1));
		expect(read("exact", "A")).toEqual(measured(1));
	});

	it("does not apply to an answer without words", () => {
		for (const match of ["exact", "normalised", "json"] as const)
			expect(read(match, "", "")).toEqual({ kind: "unavailable", cause: "not-applicable" });
		expect(read("normalised", " …! ", " …! ")).toEqual({ kind: "unavailable", cause: "not-applicable" });
	});
});

describe("an exact match", () => {
	it("is one of every character", () => {
		expect(read("exact", "Paris", "paris", "Paris.", " Paris")).toEqual(measured(0.25));
	});
});

describe("a normalised match", () => {
	it("sets aside letter case, punctuation, spaces and forms of the same character", () => {
		expect(read("normalised", "Paris", "paris", "“PARIS.”", "  paris\n", "**Paris**", "Ｐａｒｉｓ")).toEqual(
			measured(1),
		);
		expect(canonicalAnswer("it's—fine", "normalised")).toBe("it s fine");
	});

	it("keeps words and digits apart", () => {
		expect(read("normalised", "New York", "Newark", "New", "York New")).toEqual(measured(0.25));
		expect(read("normalised", "42", "43")).toEqual(measured(0.5));
	});

	it("keeps accents and scripts apart", () => {
		expect(read("normalised", "resume", "résumé")).toEqual(measured(0.5));
	});

	it("takes a minus sign and a decimal point for part of the number", () => {
		expect(read("normalised", "-5", "5")).toEqual(measured(0.5));
		expect(read("normalised", "1.5", "1 5")).toEqual(measured(0.5));
	});
});

describe("a JSON match", () => {
	it("sets aside the order of keys, at every depth, and spaces", () => {
		expect(read("json", '{"a":1,"b":{"c":2,"d":3}}', '{ "b": {"d":3,"c":2}, "a": 1 }')).toEqual(measured(1));
	});

	it("keeps the order of lists", () => {
		expect(read("json", "[1,2]", "[2,1]")).toEqual(measured(0.5));
	});

	it("keeps kinds of value apart", () => {
		expect(read("json", "1", '"1"', "true", "null", "[1]")).toEqual(measured(0.2));
		expect(read("json", "1", "1.0")).toEqual(measured(1));
	});

	it("takes `__proto__` for a key like any other", () => {
		expect(read("json", '{"__proto__":{"a":1}}', '{"__proto__":{"a":2}}', "{}")).toEqual(measured(1 / 3));
		expect(canonicalAnswer('{"b":1,"__proto__":2}', "json")).toBe('{"__proto__":2,"b":1}');
	});

	it("does not apply where the served answer is broken JSON", () => {
		expect(read("json", '{"a":', '{"a":')).toEqual({ kind: "unavailable", cause: "not-applicable" });
	});

	it("counts a broken sample as one that disagrees", () => {
		expect(read("json", '{"a":1}', '{"a":', '{"a":1}')).toEqual(measured(2 / 3));
	});

	it("survives JSON nested deeper than the stack", () => {
		const deep = "[".repeat(100_000) + "]".repeat(100_000);
		expect(() => read("json", deep, deep)).not.toThrow();
	});
});
