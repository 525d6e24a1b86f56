import { describe, expect, it } from "vitest";
import {
	agreementConfidence,
	canonicalAnswer,
	type AgreementMatch,
	type Comparison,
} from "../../../src/core/confidence/agreement.ts";
import type { Completion, ToolCall } from "../../../src/core/completion.ts";
import vectors from "../../fixtures/confidence-vectors.json" with { type: "json" };
import { exampleAnswer, exampleRequest } from "../examples.ts";

const request = exampleRequest();
const answers = (...texts: readonly string[]) => texts.map((text) => exampleAnswer({ text }));
const read = (match: AgreementMatch, served: string, ...samples: readonly string[]) =>
	agreementConfidence(request, exampleAnswer({ text: served }), answers(...samples), { match });
const canonical = (text: string, match: AgreementMatch) => canonicalAnswer(exampleAnswer({ text }), request, { match });
const measured = (confidence: number) => ({ kind: "measured", confidence: expect.closeTo(confidence, 12) });
const notApplicable = { kind: "unavailable", cause: "not-applicable" };

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
		for (const match of ["exact", "normalised", "json", "label"] as const)
			expect(read(match, "", "")).toEqual(notApplicable);
		expect(read("normalised", " …! ", " …! ")).toEqual(notApplicable);
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
		expect(canonical("it's—fine", "normalised")).toBe("text it s fine");
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
		expect(canonical('{"b":1,"__proto__":2}', "json")).toBe('text {"__proto__":2,"b":1}');
	});

	it("does not apply where the served answer is broken JSON", () => {
		expect(read("json", '{"a":', '{"a":')).toEqual(notApplicable);
	});

	it("counts a broken sample as one that disagrees", () => {
		expect(read("json", '{"a":1}', '{"a":', '{"a":1}')).toEqual(measured(2 / 3));
	});

	it("survives JSON nested deeper than the stack", () => {
		const deep = "[".repeat(100_000) + "]".repeat(100_000);
		expect(() => read("json", deep, deep)).not.toThrow();
	});
});

describe("a label match", () => {
	const spamOrHam: Comparison = { match: "label", labels: ["spam", "ham"] };
	const readLabels = (served: string, ...samples: readonly string[]) =>
		agreementConfidence(request, exampleAnswer({ text: served }), answers(...samples), spamOrHam);

	it("sets aside letter case and surrounding punctuation", () => {
		expect(readLabels("spam", "Spam", '"SPAM."', "\n**spam**")).toEqual(measured(1));
	});

	it("does not apply where the served answer is no label, be it that a label is in it", () => {
		expect(readLabels("It is spam", "spam")).toEqual(notApplicable);
		expect(readLabels("spam or ham", "spam")).toEqual(notApplicable);
	});

	it("counts a sample that is no label as one that does not agree", () => {
		expect(readLabels("spam", "It is spam", "spam")).toEqual(measured(2 / 3));
	});

	it("takes the labels of the request's task where the policy has none, and the policy's before those", () => {
		const task = { kind: "classification", text: "…", labels: ["billing", "other"] } as const;
		const readTask = (comparison: Comparison, text: string) =>
			agreementConfidence(exampleRequest({ task }), exampleAnswer({ text }), answers(text), comparison);
		expect(readTask({ match: "label" }, "Billing")).toEqual(measured(1));
		expect(readTask(spamOrHam, "Billing")).toEqual(notApplicable);
		expect(readTask(spamOrHam, "ham")).toEqual(measured(1));
	});

	it("reads a moderation's verdict: the categories after it are no part of it", () => {
		const moderation = exampleRequest({ task: { kind: "moderation", text: "…" } });
		const samples = answers("unsafe\nS2", "safe", "unsafe");
		const reading = agreementConfidence(moderation, exampleAnswer({ text: "unsafe\nS1,S9" }), samples, {
			match: "label",
		});
		expect(reading).toEqual(measured(0.75));
	});
});

describe("answers that call tools", () => {
	const calling = (...toolCalls: readonly ToolCall[]): Completion => exampleAnswer({ text: "", toolCalls });
	const weather = (given: string): ToolCall => ({ name: "weather", arguments: given });
	const compare = (match: AgreementMatch, served: Completion, ...samples: readonly Completion[]) =>
		agreementConfidence(request, served, samples, { match });

	it.each(["exact", "normalised", "json"] as const)(
		"agree under a(n) %s match where names and arguments do, whatever the order of keys",
		(match) => {
			const served = calling(weather('{"city":"Paris","days":2}'));
			const same = calling(weather('{ "days": 2, "city": "Paris" }'));
			expect(compare(match, served, same)).toEqual(measured(1));
			expect(compare(match, served, calling(weather('{"city":"Rome","days":2}')))).toEqual(measured(0.5));
			expect(compare(match, served, calling({ ...weather('{"city":"Paris","days":2}'), name: "map" }))).toEqual(
				measured(0.5),
			);
		},
	);

	it("do not agree where the order or the number of calls differs", () => {
		const [first, second] = [weather('{"city":"Paris"}'), weather('{"city":"Rome"}')];
		expect(compare("exact", calling(first, second), calling(second, first), calling(first))).toEqual(measured(1 / 3));
	});

	it("do not agree with answers that call none, whatever those spell", () => {
		const served = calling(weather("{}"));
		const spelling = canonicalAnswer(served, request, { match: "exact" }) ?? "";
		const spelt = [spelling, spelling.replace(/^calls /u, ""), "{}"].map((text) => exampleAnswer({ text }));
		expect(compare("exact", served, ...spelt)).toEqual(measured(0.25));
		expect(compare("exact", exampleAnswer({ text: "{}" }), served)).toEqual(measured(0.5));
	});

	it("are compared by their text too", () => {
		const saying = (text: string) => exampleAnswer({ text, toolCalls: [weather("{}")] });
		expect(compare("normalised", saying("Let me see."), saying("let me see"), saying("One moment"))).toEqual(
			measured(2 / 3),
		);
		expect(compare("normalised", saying("Let me see."), saying(""))).toEqual(measured(0.5));
	});

	it("cannot be compared where the served arguments are no JSON, and a sample's then do not agree", () => {
		const broken = calling(weather('{"city":'));
		const whole = calling(weather('{"city":"Paris"}'));
		expect(compare("exact", broken, broken)).toEqual(notApplicable);
		expect(compare("exact", whole, broken, whole)).toEqual(measured(2 / 3));
	});

	it("cannot be compared where their text has no form of the kind asked for", () => {
		expect(compare("json", exampleAnswer({ text: "Let me see", toolCalls: [weather("{}")] }))).toEqual(notApplicable);
	});
});
