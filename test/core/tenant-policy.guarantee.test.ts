import { describe, expect, it } from "vitest";
import { parseTenantPolicy } from "../../src/core/parse-tenant-policy.ts";
import { edgeDocument, originDocument, pathsOf, policyOf, problemsOf } from "./policy-documents.ts";
import type { JsonObject } from "../../src/core/json.ts";

const PRICE = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
const GUARANTEE = { risk: "selective", targetRisk: 0.1, delta: 0.05 };
const FIRST = "cascades.chat.stages[0]";

/** A guaranteed first stage without a threshold. */
function guaranteed(guarantee: unknown = GUARANTEE, differences: JsonObject = {}): JsonObject {
	const { threshold: _threshold, ...stage } = edgeDocument();
	return { ...stage, guarantee, ...differences };
}

const policyWith = (guarantee: unknown, stage: JsonObject = {}, cascade: JsonObject = {}) =>
	policyOf([guaranteed(guarantee, stage), originDocument()], cascade);
const chatOf = (document: unknown) => {
	const parsed = parseTenantPolicy(document);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	return parsed.value.cascades["chat"];
};

describe("a guarantee", () => {
	it("takes the place of a threshold, and escalates where there is no certificate unless told otherwise", () => {
		const stage = chatOf(policyWith(GUARANTEE))?.stages[0];
		expect(stage?.guarantee).toEqual({ ...GUARANTEE, withoutCertificate: "escalate" });
		expect(stage?.threshold).toBeUndefined();
	});

	it.each([
		{ risk: "joint" },
		{ targetRisk: 1e-9 },
		{ targetRisk: 0.999 },
		{ delta: 1e-9 },
		{ delta: 0.999 },
		{ onLabel: "safe" },
		{ onLabel: "x".repeat(100) },
		{ withoutCertificate: "escalate" },
		{ pacing: { preferQualityWithin: { usdPerDay: 12.5 } } },
	])("may say %j", (differences) => {
		expect(chatOf(policyWith({ ...GUARANTEE, ...differences }))?.stages[0]?.guarantee).toMatchObject(differences);
	});

	it.each([
		[{ usdPerDay: 0 }, "usdPerDay", /^must be a number above 0/u],
		[{ usdPerDay: Number.POSITIVE_INFINITY }, "usdPerDay", /^must be a number above 0/u],
		[{ usdPerDay: 1, usdPerHour: 1 }, "usdPerHour", /is not a field/u],
	])("may not be paced by %j", (preferQualityWithin, field, message) => {
		expect(problemsOf(policyWith({ ...GUARANTEE, pacing: { preferQualityWithin } }))).toEqual([
			{
				path: `${FIRST}.guarantee.pacing.preferQualityWithin.${field}`,
				message: expect.stringMatching(message) as string,
			},
		]);
	});

	it.each([
		["risk", "regret", /^regret is not promised on live traffic/u],
		["risk", "none", /^must be selective or joint$/u],
		["targetRisk", 0, /^must be a number above 0 and below 1$/u],
		["targetRisk", 1, /^must be a number above 0 and below 1$/u],
		["targetRisk", "0.1", /^must be a number above 0 and below 1$/u],
		["delta", 0, /^must be a number above 0 and below 1$/u],
		["delta", 1, /^must be a number above 0 and below 1$/u],
		["delta", Number.NaN, /^must be a number above 0 and below 1$/u],
		["onLabel", "", /^a label must not be empty$/u],
		["onLabel", "x".repeat(101), /at most 100/u],
		["withoutCertificate", "accept", /^must be escalate or manual-threshold$/u],
		["target", 0.1, /is not a field/u],
	])("may not have %s %j", (field, value, message) => {
		expect(problemsOf(policyWith({ ...GUARANTEE, [field]: value }))).toEqual([
			{ path: `${FIRST}.guarantee.${field}`, message: expect.stringMatching(message) as string },
		]);
	});

	it("needs a risk, a target and a delta", () => {
		expect(pathsOf(policyWith({}))).toEqual(
			["risk", "targetRisk", "delta"].map((field) => `${FIRST}.guarantee.${field}`),
		);
	});

	it("may stand beside a threshold, and needs it to fall back on", () => {
		const fallingBack = { ...GUARANTEE, withoutCertificate: "manual-threshold" };
		expect(problemsOf(policyWith(GUARANTEE, { threshold: 0.9 }))).toEqual([]);
		expect(problemsOf(policyWith(fallingBack, { threshold: 0.9 }))).toEqual([]);
		expect(problemsOf(policyWith(fallingBack))).toEqual([
			{ path: `${FIRST}.threshold`, message: "is needed by a guarantee that falls back on it" },
		]);
	});

	it("is for the first stage alone, and spares no other its threshold", () => {
		const { threshold: _threshold, ...unset } = edgeDocument({ name: "middle", guarantee: GUARANTEE });
		const stages = [edgeDocument(), unset, originDocument({ guarantee: GUARANTEE })];
		expect(pathsOf(policyOf(stages)).toSorted()).toEqual([
			"cascades.chat.stages[1].guarantee",
			"cascades.chat.stages[1].threshold",
			"cascades.chat.stages[2].guarantee",
		]);
	});

	it("does not stand beside a decision on the beginning of an answer", () => {
		const confidence = { method: "mean-logprob", prefix: { tokens: 16, ms: 500 } };
		const document = policyWith(GUARANTEE, { confidence }, { checks: { refusal: false } });
		expect(pathsOf(document)).toEqual([`${FIRST}.confidence.prefix`]);
	});

	it("needs a confidence method as a threshold does", () => {
		const { confidence: _confidence, ...stage } = guaranteed();
		expect(pathsOf(policyOf([stage, originDocument()]))).toEqual([`${FIRST}.confidence`]);
	});
});

describe("a labeller", () => {
	const judge = { kind: "judge", adapter: "openai", model: "judge", origin: "main", price: PRICE };

	it("is normalised, and audits are one in twenty, unless told otherwise", () => {
		expect(chatOf(policyWith(GUARANTEE))).toMatchObject({ labeller: { kind: "normalised" }, auditRate: 0.05 });
	});

	it.each<JsonObject>([
		{ kind: "exact" },
		{ kind: "json" },
		{ kind: "label" },
		{ kind: "label", labels: ["spam", "ham"] },
		{ kind: "tool-call" },
		{ kind: "similarity", model: "@cf/baai/bge-m3", least: 0.9, price: PRICE },
		judge,
		{ kind: "judge", adapter: "workers-ai", model: "@cf/large", price: PRICE },
	])("may be %j", (labeller) => {
		expect(chatOf(policyWith(GUARANTEE, {}, { labeller }))?.labeller).toEqual(labeller);
	});

	const { origin: _origin, ...homeless } = judge;
	it.each<[JsonObject, string]>([
		[{ kind: "oracle" }, "labeller.kind"],
		[{ kind: "exact", labels: ["a", "b"] }, "labeller.labels"],
		[{ kind: "label", labels: ["a"] }, "labeller.labels"],
		[{ kind: "label", labels: ["a", "A"] }, "labeller.labels"],
		[{ kind: "similarity", model: "m", least: 1.1, price: PRICE }, "labeller.least"],
		[{ kind: "similarity", model: "m", least: 0.9 }, "labeller.price"],
		[homeless, "labeller.origin"],
		[{ ...judge, adapter: "workers-ai" }, "labeller.origin"],
		[{ ...judge, adapter: "other" }, "labeller.adapter"],
	])("may not be %j", (labeller, path) => {
		expect(pathsOf(policyOf([edgeDocument(), originDocument()], { labeller }))).toEqual([`cascades.chat.${path}`]);
	});

	it("is looked at also where the stages are no list", () => {
		expect(pathsOf(policyOf("none", { labeller: homeless }))).toEqual([
			"cascades.chat.stages",
			"cascades.chat.labeller.origin",
		]);
	});

	it.each<[JsonObject, JsonObject, JsonObject]>([
		[{ tools: false }, {}, { kind: "tool-call" }],
		[{ shape: "text-classification", confidence: { method: "classifier-score" } }, {}, { kind: "tool-call" }],
		[{ shape: "text-classification", confidence: { method: "classifier-score" } }, {}, { kind: "json" }],
		[{ shape: "llama-guard" }, { onLabel: "unsafe" }, { kind: "normalised" }],
		[
			{ adapter: "openai", origin: "main", shape: "moderations", confidence: { method: "classifier-score" } },
			{ onLabel: "unsafe" },
			{ kind: "exact" },
		],
	])("that could find no answer of a stage with %j right is refused: %j, %j", (stage, guarantee, labeller) => {
		const document = policyWith({ ...GUARANTEE, ...guarantee }, stage, { labeller });
		expect(pathsOf(document)).toEqual(["cascades.chat.labeller"]);
		// Without a guarantee nothing is labelled.
		expect(problemsOf(policyOf([edgeDocument(stage), originDocument()], { labeller }))).toEqual([]);
	});

	it("compares verdicts by their words where the promise is on safe ones, and by label on any", () => {
		const stage = { shape: "llama-guard" };
		expect(problemsOf(policyWith(GUARANTEE, stage))).toEqual([]);
		expect(problemsOf(policyWith({ ...GUARANTEE, onLabel: "safe" }, stage))).toEqual([]);
		const unsafe = { ...GUARANTEE, onLabel: "unsafe" };
		expect(problemsOf(policyWith(unsafe, stage, { labeller: { kind: "label" } }))).toEqual([]);
		expect(pathsOf(policyWith(unsafe, stage))).toEqual(["cascades.chat.labeller"]);
	});

	it("has the label that the guarantee is on", () => {
		const withLabel = (onLabel: string) =>
			pathsOf(policyWith({ ...GUARANTEE, onLabel }, {}, { labeller: { kind: "label", labels: ["spam", "ham"] } }));
		expect(withLabel("spam")).toEqual([]);
		expect(withLabel("Spam")).toEqual([]);
		expect(withLabel("eggs")).toEqual([`${FIRST}.guarantee.onLabel`]);
	});
});

describe("a cascade's audits", () => {
	const paths = (cascade: JsonObject) => pathsOf(policyOf([edgeDocument(), originDocument()], cascade));

	it.each<JsonObject>([
		{ auditRate: 0.001 },
		{ auditRate: 1 },
		{ declaredRanges: {} },
		{ declaredRanges: { temperature: { most: 0 } } },
		{ declaredRanges: { temperature: { most: 2 }, maxOutputTokens: { most: 1 } } },
		{ retainText: { hours: 1 } },
		{ retainText: { hours: 720 } },
	])("may say %j", (cascade) => {
		expect(chatOf(policyOf([edgeDocument(), originDocument()], cascade))).toMatchObject(cascade);
	});

	it.each<[JsonObject, string]>([
		[{ auditRate: 0 }, "auditRate"],
		[{ auditRate: 0.0009 }, "auditRate"],
		[{ auditRate: 1.1 }, "auditRate"],
		[{ declaredRanges: [] }, "declaredRanges"],
		[{ declaredRanges: { topP: { most: 1 } } }, "declaredRanges.topP"],
		[{ declaredRanges: { temperature: { most: 2.1 } } }, "declaredRanges.temperature.most"],
		[{ declaredRanges: { temperature: 1 } }, "declaredRanges.temperature"],
		[{ declaredRanges: { maxOutputTokens: { most: 0 } } }, "declaredRanges.maxOutputTokens.most"],
		[{ declaredRanges: { maxOutputTokens: {} } }, "declaredRanges.maxOutputTokens.most"],
		[{ retainText: { hours: 0 } }, "retainText.hours"],
		[{ retainText: { hours: 721 } }, "retainText.hours"],
		[{ retainText: { hours: 1.5 } }, "retainText.hours"],
		[{ retainText: true }, "retainText"],
	])("may not say %j", (cascade, path) => {
		expect(paths(cascade)).toEqual([`cascades.chat.${path}`]);
	});

	it("have nothing declared and no text kept unless told otherwise", () => {
		const chat = chatOf(policyOf([edgeDocument(), originDocument()]));
		expect(chat?.declaredRanges).toBeUndefined();
		expect(chat?.retainText).toBeUndefined();
	});
});

describe("a policy with many problems of this kind", () => {
	it("is told all of them at once", () => {
		const guarantee = { risk: "regret", targetRisk: 2, delta: 0, withoutCertificate: "manual-threshold" };
		const stages = [
			guaranteed(guarantee, { tools: false }),
			edgeDocument({ name: "middle", guarantee: GUARANTEE }),
			originDocument(),
		];
		const cascade = { labeller: { kind: "tool-call", labels: [] }, auditRate: 2, retainText: { hours: 0 } };
		expect(pathsOf(policyOf(stages, cascade)).toSorted()).toEqual([
			"cascades.chat.auditRate",
			"cascades.chat.labeller",
			"cascades.chat.labeller.labels",
			"cascades.chat.retainText.hours",
			"cascades.chat.stages[0].guarantee.delta",
			"cascades.chat.stages[0].guarantee.risk",
			"cascades.chat.stages[0].guarantee.targetRisk",
			"cascades.chat.stages[0].threshold",
			"cascades.chat.stages[1].guarantee",
		]);
	});

	it("means the same when its parsed form is parsed again", () => {
		const parsed = parseTenantPolicy(policyWith(GUARANTEE, {}, { declaredRanges: {}, retainText: { hours: 3 } }));
		if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
		expect(parseTenantPolicy(parsed.value)).toEqual(parsed);
	});
});
