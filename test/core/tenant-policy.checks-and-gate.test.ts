import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { parseTenantPolicy } from "../../src/core/parse-tenant-policy.ts";
import { edgeDocument, originDocument, pathsOf, policyOf, problemsOf } from "./policy-documents.ts";

const stages = [edgeDocument(), originDocument()];

describe("a cascade's checks and gate", () => {
	const cascadeWith = (setting: JsonObject) => {
		const parsed = parseTenantPolicy(policyOf(stages, setting));
		if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
		return parsed.value.cascades["chat"];
	};

	it("look for refusals and nothing else unless they say so", () => {
		expect(cascadeWith({})?.checks).toEqual({ refusal: true });
		expect(cascadeWith({ checks: {} })?.checks).toEqual({ refusal: true });
		expect(cascadeWith({})?.gate).toBeUndefined();
	});

	it.each([
		{ refusal: false },
		{ refusal: true, script: "Cyrillic" },
		{ refusal: true, script: "Cyrl" },
		{ refusal: true, pattern: {} },
		{ refusal: true, pattern: { mustMatch: "^[A-Z]{3}-\\d+$", mustNotMatch: "https?://" } },
		{ refusal: true, pattern: { mustMatch: "^[a-z0-9]+(?:-[a-z0-9]+)*$" } },
		{ refusal: true, pattern: { mustNotMatch: "foo.*bar" } },
		{ refusal: true, pattern: { mustMatch: `^${"a".repeat(498)}$` } },
	])("may check %j", (checks) => {
		expect(cascadeWith({ checks })?.checks).toEqual(checks);
	});

	it.each([
		{ skipWhen: [] },
		{ skipWhen: ["tools", "images", "response-format", "several-choices"], maxPromptTokens: 1 },
		{ skipWhen: [], score: { features: 1, bias: -1, weights: { codeMarks: 0.5, temperature: -2 }, threshold: 0.4 } },
	])("may gate by %j", (gate) => {
		expect(cascadeWith({ gate })?.gate).toEqual(gate);
	});
});

describe("a check is refused", () => {
	const problemsWith = (checks: unknown) => problemsOf(policyOf(stages, { checks }));
	const problemOfPattern = (mustMatch: unknown) => problemsWith({ pattern: { mustMatch } });

	it.each([
		["refusal", "yes"],
		["script", "Klingon"],
		["script", "latin"],
		["script", "Latin}|\\p{L"],
		["script", 5],
		["refusals", true],
	])("with %s %j", (field, value) => {
		expect(problemsWith({ [field]: value }).map(({ path }) => path)).toEqual([`cascades.chat.checks.${field}`]);
	});

	it.each([
		["", "must not be empty"],
		[5, "must be a regular expression"],
		["(", "must be a regular expression of JavaScript, as it is with the flag u"],
		["\\-", "must be a regular expression of JavaScript, as it is with the flag u"],
		["a".repeat(501), "must have at most 500 characters"],
	])("with the pattern %j, and told why", (pattern, message) => {
		expect(problemOfPattern(pattern)).toEqual([{ path: "cascades.chat.checks.pattern.mustMatch", message }]);
	});

	it.each(["(a+)+$", "(a|a)*b", "a*a*a*b", "(\\w+\\s?)*$", "(a)\\1", "(?=.*a)b", ".*foo.*bar"])(
		"with the pattern %s, which could hold up every other request, and told so",
		(pattern) => {
			const [problem, ...others] = problemOfPattern(pattern);
			expect(problem?.message).toMatch(/^could take more than 5000000 steps on 1000 characters: avoid/u);
			expect(others).toEqual([]);
		},
	);

	it("with a pattern of either kind", () => {
		expect(problemsWith({ pattern: { mustMatch: "(", mustNotMatch: ")" } }).map(({ path }) => path)).toEqual([
			"cascades.chat.checks.pattern.mustMatch",
			"cascades.chat.checks.pattern.mustNotMatch",
		]);
		expect(problemsWith({ pattern: { match: "a" } }).map(({ path }) => path)).toEqual([
			"cascades.chat.checks.pattern.match",
		]);
	});
});

describe("a gate is refused", () => {
	const score = { features: 1, bias: 0, weights: {}, threshold: 0.5 };

	it.each([
		[{ skipWhen: "tools" }, "skipWhen"],
		[{ skipWhen: ["tool"] }, "skipWhen[0]"],
		[{ maxPromptTokens: 0 }, "maxPromptTokens"],
		[{ maxPromptTokens: 1.5 }, "maxPromptTokens"],
		[{ score: { ...score, features: 2 } }, "score.features"],
		[{ score: { ...score, threshold: 1.1 } }, "score.threshold"],
		[{ score: { ...score, bias: Number.NaN } }, "score.bias"],
		[{ score: { ...score, weights: { length: 1 } } }, "score.weights.length"],
		[{ score: { ...score, weights: { codeMarks: "1" } } }, "score.weights.codeMarks"],
		[{ score: { ...score, weights: [1] } }, "score.weights"],
		[{ rules: [] }, "rules"],
	])("as %j", (gate, field) => {
		expect(pathsOf(policyOf(stages, { gate }))).toEqual([`cascades.chat.gate.${field}`]);
	});
});
