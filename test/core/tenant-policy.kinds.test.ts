import { describe, expect, it } from "vitest";
import { parseTenantPolicy } from "../../src/core/parse-tenant-policy.ts";
import { edgeDocument, originDocument, pathsOf, policyOf, problemsOf } from "./policy-documents.ts";

const stages = [edgeDocument(), originDocument()];
const PRICE = { inputUsdPerMillion: 0.02, outputUsdPerMillion: 0 };
const embeddings = { adapter: "workers-ai", model: "@cf/baai/bge-small-en-v1.5", price: PRICE };

describe("a cascade's mode", () => {
	it("is sequential unless it says parallel", () => {
		const modeOf = (cascade: object) => {
			const parsed = parseTenantPolicy(policyOf(stages, { ...cascade }));
			return parsed.ok ? parsed.value.cascades["chat"]?.mode : parsed.error;
		};
		expect(modeOf({})).toBe("sequential");
		expect(modeOf({ mode: "parallel" })).toBe("parallel");
		expect(pathsOf(policyOf(stages, { mode: "both" }))).toEqual(["cascades.chat.mode"]);
	});
});

describe("a stage's shape", () => {
	it.each([
		["chat-completions", true, true],
		["native", true, false],
		["text-classification", true, false],
		["llama-guard", true, false],
		["moderations", false, true],
		["responses", false, false],
	])("%s is one of Workers AI: %s, of an origin: %s", (shape, ofWorkersAi, ofOrigin) => {
		expect(pathsOf(policyOf([edgeDocument({ shape }), originDocument()])).length === 0).toBe(ofWorkersAi);
		expect(pathsOf(policyOf([edgeDocument(), originDocument({ shape })])).length === 0).toBe(ofOrigin);
	});

	it("and whether it calls tools are stated where a probe has shown them", () => {
		expect(pathsOf(policyOf([edgeDocument({ tools: true }), originDocument({ tools: false })]))).toEqual([]);
		expect(pathsOf(policyOf([edgeDocument({ tools: "yes" }), originDocument()]))).toEqual([
			"cascades.chat.stages[0].tools",
		]);
	});
});

describe("agreement", () => {
	it("is refused on a classifier, whose samples are always the same", () => {
		const agreement = { method: "agreement", samples: 3 };
		for (const shape of ["text-classification", "llama-guard"]) {
			const paths = pathsOf(policyOf([edgeDocument({ shape, confidence: agreement }), originDocument()]));
			expect(paths).toEqual(shape === "llama-guard" ? [] : ["cascades.chat.stages[0].confidence"]);
		}
	});
});

describe("a stage that decides on its answer's beginning", () => {
	const early = (confidence: object, checks?: object) =>
		policyOf(
			[edgeDocument({ confidence: { method: "mean-logprob", ...confidence } }), originDocument()],
			checks === undefined ? {} : { checks },
		);
	const prefix = { tokens: 16, ms: 1_500 };

	it("says how many tokens and milliseconds it waits, and that refusals are not looked for", () => {
		expect(problemsOf(early({ prefix }, { refusal: false }))).toEqual([]);
	});

	it("is refused beside every check that needs the whole answer, each by name", () => {
		expect(pathsOf(early({ prefix }))).toEqual(["cascades.chat.checks.refusal"]);
		expect(pathsOf(early({ prefix }, { script: "Latin", pattern: { mustMatch: "a" } }))).toEqual([
			"cascades.chat.checks.refusal",
			"cascades.chat.checks.pattern",
			"cascades.chat.checks.script",
		]);
	});

	it("does not restrict cascades without one", () => {
		expect(pathsOf(policyOf(stages, { checks: { script: "Latin" } }))).toEqual([]);
	});
});

describe("embeddings", () => {
	const withEmbeddings = (fields: object, alias = "vectors") =>
		policyOf(stages, {}, { embeddings: { [alias]: { ...embeddings, ...fields } } });

	it("name a model that text is turned into vectors by, with 55 seconds unless they say otherwise", () => {
		const parsed = parseTenantPolicy(withEmbeddings({}));
		expect(parsed).toMatchObject({ ok: true, value: { embeddings: { vectors: { timeoutMs: 55_000 } } } });
		expect(parseTenantPolicy(policyOf(stages))).toMatchObject({ ok: true, value: { embeddings: {}, defaults: {} } });
	});

	it("need an origin exactly where they are on one", () => {
		expect(pathsOf(withEmbeddings({ adapter: "openai" }))).toEqual(["embeddings.vectors.origin"]);
		expect(pathsOf(withEmbeddings({ adapter: "openai", origin: "main" }))).toEqual([]);
		expect(pathsOf(withEmbeddings({ origin: "main" }))).toEqual(["embeddings.vectors.origin"]);
	});

	it("have a name of their own", () => {
		expect(pathsOf(withEmbeddings({}, "chat"))).toEqual(["embeddings.chat"]);
		expect(pathsOf(withEmbeddings({}, "constructor"))).toEqual(["embeddings.constructor"]);
		expect(pathsOf(policyOf(stages, {}, { embeddings: [] }))).toEqual(["embeddings"]);
	});

	it("have no thresholds", () => {
		expect(pathsOf(withEmbeddings({ threshold: 0.5 }))).toEqual(["embeddings.vectors.threshold"]);
	});
});

describe("the default of moderations", () => {
	it("is one of the policy's cascades", () => {
		expect(pathsOf(policyOf(stages, {}, { defaults: { moderations: "chat" } }))).toEqual([]);
		expect(pathsOf(policyOf(stages, {}, { defaults: { moderations: "other" } }))).toEqual(["defaults.moderations"]);
		expect(pathsOf(policyOf(stages, {}, { defaults: { chat: "chat" } }))).toEqual(["defaults.chat"]);
	});
});
