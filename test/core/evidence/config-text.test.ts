import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { guaranteeConfigText } from "../../../src/core/evidence/config-text.ts";
import { isJsonObject, type JsonObject } from "../../../src/core/json.ts";
import { parseTenantPolicy } from "../../../src/core/parse-tenant-policy.ts";
import type { Cascade, TenantPolicy } from "../../../src/core/tenant-policy.ts";

const PRICE = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

/** A cascade with everything in it that has a place. */
const DOCUMENT: JsonObject = {
	stages: [
		{
			name: "edge",
			adapter: "workers-ai",
			model: "@cf/small",
			confidence: { method: "agreement", samples: 3, temperature: 1, match: "label", labels: ["spam", "ham"] },
			threshold: 0.8,
			guarantee: { risk: "selective", targetRisk: 0.1, delta: 0.05, onLabel: "ham" },
			timeoutMs: 5_000,
			price: PRICE,
			logprobs: true,
			tools: false,
			shape: "native",
		},
		{
			name: "middle",
			adapter: "openai",
			model: "mid",
			origin: "main",
			confidence: { method: "verify", model: "checker", price: PRICE, logprobs: true },
			threshold: 0.7,
			price: PRICE,
		},
		{ name: "origin", adapter: "openai", model: "large", origin: "main", price: PRICE, shape: "chat-completions" },
	],
	checks: { refusal: true, script: "Latin" },
	gate: { skipWhen: ["tools"], score: { features: 1, bias: 0.5, weights: { hasTools: 1 }, threshold: 0.5 } },
	labeller: { kind: "judge", adapter: "openai", model: "judge", origin: "main", price: PRICE },
	declaredRanges: { temperature: { most: 0.5 } },
};

function policyOf(document: JsonObject, others: JsonObject = {}): TenantPolicy {
	const parsed = parseTenantPolicy({ version: 1, cascades: { chat: document }, ...others });
	if (!parsed.ok) throw new Error(JSON.stringify(parsed));
	return parsed.value;
}

const cascadeOf = (document: JsonObject) => policyOf(document).cascades["chat"] as Cascade;

/** The document with a value put at a place; undefined takes it away. */
function changed(document: JsonObject, path: string, value: unknown): JsonObject {
	const copy = structuredClone(document);
	const keys = path.split(".");
	let parent: JsonObject = copy;
	for (const key of keys.slice(0, -1)) parent = (parent[key] ??= {}) as JsonObject;
	const last = keys.at(-1) ?? "";
	if (value === undefined) delete parent[last];
	else parent[last] = value;
	return copy;
}

function textOf(document: JsonObject, others: JsonObject = {}): string {
	const policy = policyOf(document, others);
	return guaranteeConfigText(policy.cascades["chat"] as Cascade, policy);
}
const BEFORE = textOf(DOCUMENT);

/** Every object in a value with its fields in another order. */
function shuffled(value: unknown, order: (names: string[]) => string[]): unknown {
	if (Array.isArray(value)) return value.map((item) => shuffled(item, order));
	if (!isJsonObject(value)) return value;
	return Object.fromEntries(order(Object.keys(value)).map((name) => [name, shuffled(value[name], order)]));
}

describe("what a certificate depends on", () => {
	it.each<[string, unknown]>([
		["stages.0.name", "first"],
		["stages.0.model", "@cf/other"],
		["stages.0.logprobs", false],
		["stages.0.logprobs", undefined],
		["stages.0.tools", true],
		["stages.0.shape", "chat-completions"],
		["stages.0.confidence.samples", 4],
		["stages.0.confidence.temperature", 0.5],
		["stages.0.confidence.match", "exact"],
		["stages.0.confidence.labels", ["spam", "ham", "other"]],
		["stages.0.guarantee.risk", "joint"],
		["stages.0.guarantee.targetRisk", 0.2],
		["stages.0.guarantee.delta", 0.1],
		["stages.0.guarantee.onLabel", "spam"],
		["stages.0.guarantee.onLabel", undefined],
		["stages.0.timeoutMs", 5_001],
		["stages.0.timeoutMs", undefined],
		["timeoutMs", 54_999],
		["stages.1.model", "mid-2"],
		["stages.1.origin", "other"],
		["stages.1.confidence.model", "other-checker"],
		["stages.1.confidence.logprobs", false],
		["stages.2.name", "last"],
		["stages.2.model", "larger"],
		["stages.2.origin", "other"],
		["stages.2.shape", "moderations"],
		["stages.2.hedge", { origin: "other", afterMs: 2_000 }],
		["checks.refusal", false],
		["checks.script", "Greek"],
		["checks.pattern", { mustMatch: "^a" }],
		["gate.skipWhen", []],
		["gate.maxPromptTokens", 100],
		["gate.score.bias", 0.6],
		["gate.score.weights.hasTools", 2],
		["gate.score.threshold", 0.6],
		["gate", undefined],
		["labeller", { kind: "exact" }],
		["labeller.model", "other-judge"],
		["labeller.origin", "other"],
		["declaredRanges.temperature.most", 0.6],
		["declaredRanges.maxOutputTokens", { most: 100 }],
		["declaredRanges", undefined],
	])("is another where %s becomes %j", (path, value) => {
		const document = changed(DOCUMENT, path, value);
		if (path === "stages.0.confidence.match")
			document["stages"] = (document["stages"] as JsonObject[]).map((stage, index) =>
				index === 0 ? changed(stage, "confidence.labels", undefined) : stage,
			);
		expect(textOf(document)).not.toBe(BEFORE);
	});

	it.each<[string, JsonObject]>([
		["answers may be longer", { limits: { maxOutputTokens: 4_097 } }],
		["there is a budget, which bounds origins too", { budget: { usdPerDay: 5 } }],
	])("is another where %s", (_what, others) => {
		expect(textOf(DOCUMENT, others)).not.toBe(BEFORE);
	});

	it("is another where a stage is on another adapter, or there is one stage fewer", () => {
		const stages = DOCUMENT["stages"] as JsonObject[];
		const { origin: _origin, shape: _shape, ...elsewhere } = stages[2] ?? {};
		const moved = [...stages.slice(0, 2), { ...elsewhere, adapter: "workers-ai" }];
		expect(textOf({ ...DOCUMENT, stages: moved })).not.toBe(BEFORE);
		expect(textOf({ ...DOCUMENT, stages: stages.toSpliced(1, 1) })).not.toBe(BEFORE);
	});

	it("has another text for stages in another order", () => {
		const [edge, middle, origin] = cascadeOf(DOCUMENT).stages;
		if (edge === undefined || middle === undefined || origin === undefined) throw new Error("three stages");
		const cascade = { ...cascadeOf(DOCUMENT), stages: [edge, origin, middle] };
		expect(guaranteeConfigText(cascade, policyOf(DOCUMENT))).not.toBe(BEFORE);
	});
});

const GPU = { usdPerGpuHour: 3, inputTokensPerSecond: 10, outputTokensPerSecond: 20 };
const UNLISTED: readonly [string, unknown][] = [
	["stages.0.threshold", 0.1],
	["stages.0.threshold", undefined],
	["stages.0.guarantee.withoutCertificate", "escalate"],
	["stages.0.price", GPU],
	["stages.0.confidence.stopEarly", false],
	["stages.1.threshold", 0.9],
	["stages.1.price", GPU],
	["stages.1.confidence.price", GPU],
	["stages.1.timeoutMs", 1_000],
	["stages.2.price", GPU],
	["labeller.price", GPU],
	["auditRate", 0.5],
	["retainText", { hours: 24 }],
	["mode", "parallel"],
	["stages.2.timeoutMs", 10_000],
	["onOriginFailure", "serve-edge-answer"],
	["allowRouteHeader", true],
];

describe("what a certificate does not depend on", () => {
	it.each(UNLISTED)("is %s", (path, value) => {
		expect(textOf(changed(DOCUMENT, path, value))).toBe(BEFORE);
	});

	it("is any number of these together", () => {
		fc.assert(
			fc.property(fc.subarray([...UNLISTED]), (changes) => {
				const document = changes.reduce((current, [path, value]) => changed(current, path, value), DOCUMENT);
				expect(textOf(document)).toBe(BEFORE);
			}),
		);
	});

	it.each<JsonObject>([
		{ limits: { maxOutputTokens: 4_096 } },
		{ limits: { maxBodyBytes: 2_048, rateTier: "standard" } },
		{ embeddings: { vectors: { adapter: "workers-ai", model: "@cf/e", price: PRICE } } },
		{ defaults: { moderations: "chat" } },
	])("is, beside the cascade, %j", (others) => {
		expect(textOf(DOCUMENT, others)).toBe(BEFORE);
	});

	it("is what a budget comes to, or what becomes of a request that it does not cover", () => {
		const budgeted = (budget: JsonObject) => textOf(DOCUMENT, { budget });
		expect(budgeted({ usdPerDay: 5 })).toBe(budgeted({ usdPerDay: 500, onExhausted: "fail" }));
		expect(budgeted({ usdPerDay: 5 })).toBe(budgeted({ usdPerDay: 5, onExhausted: "serve-edge-answer" }));
	});

	it("is when a second origin is asked, as it is the same model", () => {
		const hedged = (afterMs: number) => textOf(changed(DOCUMENT, "stages.2.hedge", { origin: "other", afterMs }));
		expect(hedged(1_000)).toBe(hedged(3_000));
	});

	it("is whether a missing threshold is allowed to be fallen back on", () => {
		expect(textOf(changed(DOCUMENT, "stages.0.guarantee.withoutCertificate", "manual-threshold"))).toBe(BEFORE);
	});

	it("is the order in which fields are written, however deep", () => {
		fc.assert(
			fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
				const order = (names: string[]) =>
					names
						.map((name) => ({ name, rank: Number(numbers.next().value) }))
						.toSorted((left, right) => left.rank - right.rank)
						.map(({ name }) => name);
				expect(textOf(shuffled(DOCUMENT, order) as JsonObject)).toBe(BEFORE);
				// Not because the parser puts them in order.
				expect(guaranteeConfigText(shuffled(cascadeOf(DOCUMENT), order) as Cascade, policyOf(DOCUMENT))).toBe(BEFORE);
			}),
		);
	});

	it("is whether a default is written out", () => {
		const written = changed(DOCUMENT, "checks", { refusal: true, script: "Latin", pattern: undefined });
		expect(textOf(changed(written, "gate.maxPromptTokens", undefined))).toBe(BEFORE);
	});
});

describe("the text", () => {
	it("is this for a small cascade; any change of it withdraws every certificate, and needs a new version", () => {
		const document = {
			stages: [
				{
					name: "edge",
					adapter: "workers-ai",
					model: "@cf/small",
					confidence: { method: "mean-logprob" },
					guarantee: { risk: "joint", targetRisk: 0.1, delta: 0.05 },
					price: PRICE,
				},
				{ name: "origin", adapter: "openai", model: "large", origin: "main", price: PRICE },
			],
		};
		expect(textOf(document)).toBe(
			'{"boundsOrigins":false,"checks":{"refusal":true},"checksVersion":1,"confidenceVersion":1,' +
				'"guarantee":{"delta":0.05,"risk":"joint","targetRisk":0.1},"labeller":"normalised/1","maxOutputTokens":4096,' +
				'"stages":[{"adapter":"workers-ai","confidence":{"method":"mean-logprob"},"model":"@cf/small","name":"edge"},' +
				'{"adapter":"openai","model":"large","name":"origin","origin":"main"}],"timeouts":{"cascade":55000},"version":2}',
		);
	});
});
