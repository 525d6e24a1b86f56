import { describe, expect, it } from "vitest";
import { parseTenantPolicy } from "../../src/core/parse-tenant-policy.ts";
import { edgeDocument, originDocument, pathsOf, policyOf, policyWithMethod, problemsOf } from "./policy-documents.ts";

const first = "cascades.chat.stages[0]";

/** A policy whose first stage is judged by this method, on the beginning of streams if it says so. */
const judgedBy = (confidence: unknown) =>
	policyOf([edgeDocument({ confidence }), originDocument()], { checks: { refusal: false } });

/** The method as parsed from a policy that must be accepted. */
function parsedMethod(document: unknown) {
	const parsed = parseTenantPolicy(document);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	return parsed.value.cascades["chat"]?.stages[0]?.confidence;
}

describe("a confidence method", () => {
	it.each([
		{ method: "mean-logprob" },
		{ method: "min-logprob" },
		{ method: "quantile-logprob", quantile: 0 },
		{ method: "quantile-logprob", quantile: 1 },
		{ method: "token-margin" },
		{ method: "label-margin", labels: ["spam", "ham"] },
		{ method: "label-margin", labels: Array.from({ length: 20 }, (_, index) => `label ${index}`) },
		{ method: "label-margin" },
		{ method: "agreement", samples: 2, temperature: 0, match: "exact", stopEarly: true },
		{ method: "agreement", samples: 10, temperature: 2, match: "json", stopEarly: false },
		{ method: "agreement", samples: 3, temperature: 1, match: "label", stopEarly: true },
		{ method: "agreement", samples: 3, temperature: 1, match: "label", labels: ["spam", "ham"], stopEarly: true },
		{ method: "verify", model: "@cf/checker" },
		{ method: "verify", model: "@cf/checker", price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 } },
		{ method: "verbalised" },
		{ method: "classifier-score" },
		{ method: "value-token", quantile: 0.1 },
		{ method: "learned", features: 1, bias: -0.5, weights: { meanLogprob: 2, stopped: 0 } },
		{ method: "mean-logprob", prefix: { tokens: 1, ms: 50 } },
		{ method: "min-logprob", prefix: { tokens: 256, ms: 10_000 } },
		{ method: "quantile-logprob", quantile: 0.2, prefix: { tokens: 16, ms: 1_000 } },
		{ method: "token-margin", prefix: { tokens: 16, ms: 1_000 } },
	])("may be %j", (method) => {
		expect(parsedMethod(judgedBy(method))).toEqual(method);
	});

	it("of values reads the least likely of them, unless it says otherwise", () => {
		expect(parsedMethod(policyWithMethod({ method: "value-token" }))).toEqual({
			method: "value-token",
			quantile: 0,
		});
	});

	it("of agreement samples at temperature 1, sets aside case and punctuation and stops early, unless it says otherwise", () => {
		expect(parsedMethod(policyWithMethod({ method: "agreement", samples: 3 }))).toEqual({
			method: "agreement",
			samples: 3,
			temperature: 1,
			match: "normalised",
			stopEarly: true,
		});
	});
});

describe("a confidence method is refused", () => {
	it.each([
		[{}, "method"],
		[{ method: "mean" }, "method"],
		[{ method: "quantile-logprob" }, "quantile"],
		[{ method: "quantile-logprob", quantile: 1.1 }, "quantile"],
		[{ method: "quantile-logprob", quantile: "0.1" }, "quantile"],
		[{ method: "label-margin", labels: null }, "labels"],
		[{ method: "label-margin", labels: ["one"] }, "labels"],
		[{ method: "label-margin", labels: Array.from({ length: 21 }, (_, index) => `l${index}`) }, "labels"],
		[{ method: "label-margin", labels: ["a", ""] }, "labels[1]"],
		[{ method: "label-margin", labels: ["a", 5] }, "labels[1]"],
		[{ method: "agreement" }, "samples"],
		[{ method: "agreement", samples: 1 }, "samples"],
		[{ method: "agreement", samples: 11 }, "samples"],
		[{ method: "agreement", samples: 2.5 }, "samples"],
		[{ method: "agreement", samples: 3, temperature: 3 }, "temperature"],
		[{ method: "agreement", samples: 3, match: "fuzzy" }, "match"],
		[{ method: "agreement", samples: 3, match: "exact", labels: ["a", "b"] }, "labels"],
		[{ method: "agreement", samples: 3, labels: ["a", "b"] }, "labels"],
		[{ method: "agreement", samples: 3, match: "label", labels: ["a"] }, "labels"],
		[{ method: "agreement", samples: 3, match: "label", labels: ["a", "A"] }, "labels"],
		[{ method: "agreement", samples: 3, stopEarly: "no" }, "stopEarly"],
		[{ method: "agreement", samples: 3, prefix: { tokens: 8, ms: 500 } }, "prefix"],
		[{ method: "verify" }, "model"],
		[{ method: "verify", model: "" }, "model"],
		[{ method: "verify", model: "m", price: 5 }, "price"],
		[{ method: "verbalised", quantile: 0.5 }, "quantile"],
		[{ method: "verbalised", prefix: { tokens: 8, ms: 500 } }, "prefix"],
		[{ method: "classifier-score", labels: ["a", "b"] }, "labels"],
		[{ method: "value-token", quantile: -0.1 }, "quantile"],
		[{ method: "value-token", prefix: { tokens: 8, ms: 500 } }, "prefix"],
		[{ method: "label-margin", prefix: { tokens: 8, ms: 500 } }, "prefix"],
		[{ method: "learned", bias: 0, weights: { stopped: 1 } }, "features"],
		[{ method: "learned", features: 2, bias: 0, weights: { stopped: 1 } }, "features"],
		[{ method: "learned", features: 1, weights: { stopped: 1 } }, "bias"],
		[{ method: "learned", features: 1, bias: 0 }, "weights"],
		[{ method: "learned", features: 1, bias: 0, weights: {} }, "weights"],
		[{ method: "learned", features: 1, bias: 0, weights: [1] }, "weights"],
		[{ method: "learned", features: 1, bias: 0, weights: { length: 1 } }, "weights.length"],
		[{ method: "learned", features: 1, bias: 0, weights: { stopped: Number.NaN } }, "weights.stopped"],
		[{ method: "learned", features: 1, bias: 0, weights: { stopped: 1 }, prefix: { tokens: 8, ms: 500 } }, "prefix"],
		[{ method: "mean-logprob", prefix: 8 }, "prefix"],
		[{ method: "mean-logprob", prefix: { ms: 500 } }, "prefix.tokens"],
		[{ method: "mean-logprob", prefix: { tokens: 8 } }, "prefix.ms"],
		[{ method: "mean-logprob", prefix: { tokens: 0, ms: 500 } }, "prefix.tokens"],
		[{ method: "min-logprob", prefix: { tokens: 257, ms: 500 } }, "prefix.tokens"],
		[{ method: "token-margin", prefix: { tokens: 8, ms: 49 } }, "prefix.ms"],
		[{ method: "token-margin", prefix: { tokens: 8, ms: 10_001 } }, "prefix.ms"],
		[{ method: "quantile-logprob", quantile: 0.2, prefix: { tokens: 8, ms: 500, words: 3 } }, "prefix.words"],
	])("as %j", (method, field) => {
		expect(pathsOf(judgedBy(method))).toEqual([`${first}.confidence.${field}`]);
	});

	it("as anything but an object", () => {
		for (const method of ["mean-logprob", null, 5, []])
			expect(pathsOf(judgedBy(method))[0]).toMatch(/^cascades\.chat\.stages\[0\]\.confidence/u);
	});

	it("as one that is not in the list, which the message gives", () => {
		const [problem] = problemsOf(policyWithMethod({ method: "mean" }));
		for (const method of ["mean-logprob", "agreement", "verbalised", "classifier-score", "value-token", "learned"])
			expect(problem?.message).toContain(method);
	});

	it("where two labels differ in letter case only: no token could tell them apart", () => {
		expect(pathsOf(policyWithMethod({ method: "label-margin", labels: ["Yes", "yes", "no"] }))).toEqual([
			`${first}.confidence.labels`,
		]);
	});
});
