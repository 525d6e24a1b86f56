import { describe, expect, it } from "vitest";
import type { CascadeFacts } from "../../../src/core/cascade-facts.ts";
import { MODERATION_CATEGORIES, namedCategories } from "../../../src/openai/moderations/categories.ts";
import {
	encodeModerations,
	MODERATION_FIELD,
	readModeration,
} from "../../../src/openai/moderations/encode-moderations.ts";
import { readModerationResult, type ModerationResult } from "../../../src/openai/moderations/moderation-result.ts";
import { exampleAnswer, token } from "../../core/examples.ts";
import { HAS_OPENAI_SCHEMAS, schemaProblems } from "../../support/openai-schemas.ts";

const moderationOf = (text: string, differences: Parameters<typeof exampleAnswer>[0] = {}) => {
	const moderation = readModeration(exampleAnswer({ text, ...differences }));
	if (moderation === undefined) throw new Error("no verdict");
	return moderation;
};
const flaggedIn = ({ categories }: ModerationResult) =>
	Object.entries(categories).flatMap(([name, flagged]) => (flagged ? [name] : []));

const FACTS = { stage: "edge", costUsd: 0.1, savedUsd: null } as CascadeFacts;
const TOTALS = { usage: null, costUsd: 0.1, savedUsd: null };

describe("a verdict in words", () => {
	it("that says safe flags nothing", () => {
		const moderation = moderationOf("safe");
		expect(moderation.flagged).toBe(false);
		expect(Object.values(moderation.category_scores)).toEqual(MODERATION_CATEGORIES.map(() => 0));
	});

	it("that says unsafe flags the categories that it names, of which it is certain", () => {
		const moderation = moderationOf("unsafe\nHate, self-harm/intent");
		expect(moderation.flagged).toBe(true);
		expect(flaggedIn(moderation)).toEqual(["hate", "self-harm/intent"]);
		expect(moderation.category_scores).toMatchObject({ hate: 1, "self-harm/intent": 1, sexual: 0 });
	});

	it("has the probability of unsafe where the first token tells it", () => {
		const tokens = [token("unsafe", 0.7, { unsafe: 0.7, safe: 0.3 })];
		expect(moderationOf("unsafe\nhate", { tokens }).category_scores.hate).toBeCloseTo(0.7, 12);
	});

	it.each(["unsafe", "unsafe\nS5", "unsafe\ngossip"])("may flag without any category of OpenAI's: %o", (text) => {
		const moderation = moderationOf(text);
		expect(moderation.flagged).toBe(true);
		expect(flaggedIn(moderation)).toEqual([]);
	});

	it("is read from the words, whatever a chat server says under names of its own", () => {
		const body = { moderation: moderationOf("unsafe\nhate"), moderation_result: moderationOf("unsafe") };
		expect(moderationOf("safe", { body })).toEqual(moderationOf("safe"));
		expect(MODERATION_FIELD).toMatch(/^cascade_/u);
	});

	it("that is none is no moderation", () => {
		expect(readModeration(exampleAnswer({ text: "I would rather not say" }))).toBeUndefined();
	});
});

describe("the hazards of Llama Guard", () => {
	it.each([
		["S1", ["violence", "illicit", "illicit/violent"]],
		["S2", ["illicit"]],
		["S3", ["sexual", "illicit"]],
		["S4", ["sexual", "sexual/minors"]],
		["S5", []],
		["S6", []],
		["S7", []],
		["S8", []],
		["S9", ["illicit", "illicit/violent"]],
		["S10", ["hate"]],
		["S11", ["self-harm"]],
		["S12", ["sexual"]],
		["S13", []],
		["S14", ["illicit"]],
		["S15", []],
		["constructor", []],
	])("%s is %o", (hazard, categories) => {
		expect([...namedCategories([hazard])]).toEqual(categories);
		expect([...namedCategories([` ${hazard.toLowerCase()} `])]).toEqual(categories);
	});
});

describe("a result of OpenAI's moderation endpoint", () => {
	const result = {
		flagged: true,
		categories: { hate: true, violence: false, "hate/new": true },
		category_scores: { hate: 0.8, violence: 0.1, "hate/new": 0.9 },
	};

	it("is taken over, with the categories that it lacks as false and judged on nothing", () => {
		const read = readModerationResult(result);
		expect(read?.categories).toMatchObject({ hate: true, violence: false, illicit: false });
		expect(read?.category_scores).toMatchObject({ hate: 0.8, violence: 0.1, illicit: 0 });
		expect(read?.category_applied_input_types).toMatchObject({ hate: ["text"], illicit: [] });
		expect(Object.keys(read?.categories ?? {})).toEqual(MODERATION_CATEGORIES.map(({ name }) => name));
	});

	it("says on which kinds of input each category was judged", () => {
		const types = { violence: ["text", "image", "smell"], hate: "text" };
		const read = readModerationResult({ ...result, category_applied_input_types: types });
		expect(read?.category_applied_input_types).toMatchObject({ violence: ["text", "image"], hate: [], sexual: [] });
	});

	it("in an answer's body comes before the words", () => {
		const body = { [MODERATION_FIELD]: readModerationResult(result) };
		expect(moderationOf("safe", { body }).category_scores.hate).toBe(0.8);
	});

	it.each([
		null,
		{},
		{ ...result, flagged: "yes" },
		{ ...result, categories: [] },
		{ ...result, category_scores: undefined },
		{ ...result, category_scores: { hate: "0.8" } },
		{ ...result, category_scores: { hate: 1.5 } },
	])("that is none is not: %o", (value) => {
		expect(readModerationResult(value)).toBeUndefined();
	});
});

describe.runIf(HAS_OPENAI_SCHEMAS)("a body of verdicts", () => {
	it("is valid by OpenAI's schema whichever stage judged", () => {
		const whole = readModerationResult({ flagged: false, categories: {}, category_scores: { hate: 0.01 } });
		const answers = [moderationOf("safe"), moderationOf("unsafe\nS1"), whole as ModerationResult].map((moderation) => ({
			moderation,
			facts: FACTS,
		}));
		const body: unknown = JSON.parse(encodeModerations({ id: "modr-1", model: "guard" }, answers, TOTALS));
		expect(schemaProblems("moderations.response", body)).toEqual([]);
		expect(body).toMatchObject({
			results: [{ cascade: FACTS }, { flagged: true }, { flagged: false }],
			cascade: { costUsd: 0.1, savedUsd: null },
		});
	});
});
