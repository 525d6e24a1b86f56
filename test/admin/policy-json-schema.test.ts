import { Validator } from "@cfworker/json-schema";
import * as fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { openApiDocument } from "../../src/admin/openapi.ts";
import { ADMIN_ROUTES } from "../../src/admin/routes.ts";
import { isJsonObject, type JsonObject } from "../../src/core/json.ts";
import { parseTenantPolicy } from "../../src/core/parse-tenant-policy.ts";
import { policy } from "../../src/core/policy-schema/policy.ts";
import { edgeDocument, originDocument, policyOf, policyWithMethod } from "../core/policy-documents.ts";

const description = openApiDocument(ADMIN_ROUTES) as {
	readonly paths: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
	readonly components: { readonly schemas: Readonly<Record<string, JsonObject>> };
};
const REFERENCE = { $ref: "#/components/schemas/Policy" };
const validator = new Validator({ ...description, ...REFERENCE } as never, "2020-12");
const described = (document: unknown) => validator.validate(document as never).valid;

const price = { usdPerGpuHour: 2.5, inputTokensPerSecond: 5_000, outputTokensPerSecond: 800 };
const METHODS = [
	{ method: "mean-logprob", prefix: { tokens: 1, ms: 50 } },
	{ method: "min-logprob" },
	{ method: "quantile-logprob", quantile: 0.2, prefix: { tokens: 16, ms: 1_000 } },
	{ method: "token-margin" },
	{ method: "label-margin", labels: ["spam", "ham"] },
	{ method: "agreement", samples: 3, temperature: 1, match: "label", labels: ["spam", "ham"], stopEarly: true },
	{ method: "verify", model: "@cf/checker", price, logprobs: true },
	{ method: "verbalised" },
	{ method: "classifier-score" },
	{ method: "value-token", quantile: 0.1 },
	{ method: "learned", features: 1, bias: -0.5, weights: { meanLogprob: 2, stopped: 0 } },
] as const;
const GUARANTEE = { risk: "selective", targetRisk: 0.1, delta: 0.05, onLabel: "ham", withoutCertificate: "escalate" };
const LABELLERS = [
	{ kind: "exact" },
	{ kind: "normalised" },
	{ kind: "json" },
	{ kind: "label", labels: ["spam", "ham"] },
	{ kind: "tool-call" },
	{ kind: "similarity", model: "@cf/baai/bge-m3", least: 0.9, price },
	{ kind: "judge", adapter: "openai", model: "judge", origin: "main", price },
] as const;
const VALID: readonly JsonObject[] = [
	policyOf([edgeDocument(), originDocument()]),
	...LABELLERS.map((labeller) =>
		policyOf([edgeDocument({ guarantee: GUARANTEE }), originDocument()], {
			labeller,
			auditRate: 0.001,
			declaredRanges: { temperature: { most: 0.5 }, maxOutputTokens: { most: 256 } },
			retainText: { hours: 720 },
		}),
	),
	...METHODS.map((method) =>
		policyOf([edgeDocument({ confidence: method }), originDocument({ price })], { checks: { refusal: false } }),
	),
	policyOf(
		[edgeDocument({ timeoutMs: 100, logprobs: true, tools: false, shape: "native" }), originDocument()],
		{
			timeoutMs: 1_000,
			onOriginFailure: "serve-edge-answer",
			allowRouteHeader: true,
			mode: "parallel",
			checks: { refusal: true, pattern: { mustMatch: "^a", mustNotMatch: "b$" }, script: "Latin" },
			gate: {
				skipWhen: ["tools", "images"],
				maxPromptTokens: 2_000,
				score: { features: 1, bias: 0, weights: { hasTools: 1 }, threshold: 0.5 },
			},
		},
		{
			embeddings: { vectors: { adapter: "workers-ai", model: "@cf/baai/bge-m3", price, timeoutMs: 5_000 } },
			defaults: { moderations: "chat" },
			budget: { usdPerDay: 10, onExhausted: "serve-edge-answer" },
			limits: { maxBodyBytes: 1_024, maxOutputTokens: 1 },
		},
	),
];

/** Every place in a document, as the keys that lead there. */
function placesIn(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
	if (Array.isArray(value)) return [path, ...value.flatMap((item, index) => placesIn(item, [...path, index]))];
	if (!isJsonObject(value)) return [path];
	return [path, ...Object.entries(value).flatMap(([name, item]) => placesIn(item, [...path, name]))];
}

/** What some change makes of a value; undefined removes it. */
type Change = (value: unknown) => unknown;

/** The document with the value at a place changed. */
function changedAt(value: unknown, [key, ...rest]: readonly (string | number)[], change: Change): unknown {
	if (key === undefined) return change(value);
	const copy = structuredClone(value) as Record<string | number, unknown>;
	const changed = changedAt(copy[key], rest, change);
	if (changed !== undefined) copy[key] = changed;
	else if (Array.isArray(copy)) copy.splice(Number(key), 1);
	else delete copy[key];
	return copy;
}

/** Whether the schema refuses, for something that JSON Schema can say: a `check` is a function of ours. */
function isRefusedByFields(document: unknown): boolean {
	const parsed = v.safeParse(policy, document);
	return !parsed.success && parsed.issues.some(({ type }) => type !== "check");
}

const junk: fc.Arbitrary<unknown> = fc.oneof(
	fc.constantFrom<unknown>(null, true, 0, 1, -1, 0.5, 1.5, 2, 11, 1e7, 1e12, "", "x", "A b", "fail", "openai", [], {}),
	fc.string({ unit: "binary-ascii", maxLength: 70 }),
	fc.double({ noNaN: true, noDefaultInfinity: true }),
	fc.constantFrom(
		METHODS,
		[],
		["a"],
		Array.from({ length: 21 }, (_, index) => `l${index}`),
		{ method: "hunch" },
	),
);
const change: fc.Arbitrary<Change> = fc.oneof(
	fc.constant<Change>(() => undefined),
	junk.map((value) => () => value),
	fc.constant<Change>((value) => (Array.isArray(value) ? [...value, ...value] : value)),
	fc
		.tuple(
			fc.constantFrom(
				"prefix",
				"labels",
				"quantile",
				"origin",
				"threshold",
				"guarantee",
				"labeller",
				"delta",
				"price",
				"extra",
				"Upper",
				"a b",
			),
			junk,
		)
		.map(
			([name, added]): Change =>
				(value) =>
					isJsonObject(value) ? { ...value, [name]: added } : added,
		),
);
/** A valid policy with up to three changes anywhere. */
const nearlyValid = fc
	.tuple(fc.constantFrom(...VALID), fc.array(fc.tuple(fc.nat(), change), { maxLength: 3 }))
	.map(([document, changes]) =>
		changes.reduce<unknown>((current, [place, act]) => {
			const places = placesIn(current);
			return changedAt(current, places[place % places.length] ?? [], act) ?? {};
		}, document),
	);

describe("the description of a policy", () => {
	it.each(VALID.map((document) => [JSON.stringify(document).slice(0, 200), document]))("takes %s", (_, document) => {
		expect(parseTenantPolicy(document).ok).toBe(true);
		expect(described(document)).toBe(true);
	});

	it.each<[string, unknown]>([
		["no object", []],
		["no version", { cascades: policyOf([edgeDocument(), originDocument()])["cascades"] }],
		["another version", { ...policyOf([edgeDocument(), originDocument()]), version: 2 }],
		["no cascade", { version: 1, cascades: {} }],
		["cascades in a list", { version: 1, cascades: [{ stages: [edgeDocument(), originDocument()] }] }],
		[
			"a name that no cascade may have",
			{ version: 1, cascades: { "A b": { stages: [edgeDocument(), originDocument()] } } },
		],
		["one stage", policyOf([originDocument()])],
		["six stages", policyOf([..."abcde"].map((name) => edgeDocument({ name })).concat(originDocument()))],
		["an unknown field", policyOf([edgeDocument({ treshold: 0.8 }), originDocument()])],
		["an unknown adapter", policyOf([edgeDocument({ adapter: "azure" }), originDocument()])],
		["a threshold above 1", policyOf([edgeDocument({ threshold: 1.1 }), originDocument()])],
		["a price of half a kind", policyOf([edgeDocument({ price: { usdPerGpuHour: 1 } }), originDocument()])],
		["an unknown method", policyWithMethod({ method: "hunch" })],
		["a method with another's parameter", policyWithMethod({ method: "verbalised", quantile: 0.5 })],
		["a weight of no feature", policyWithMethod({ method: "learned", features: 1, bias: 0, weights: { mood: 1 } })],
		["a target of no risk", policyOf([edgeDocument({ guarantee: { ...GUARANTEE, targetRisk: 0 } }), originDocument()])],
		["a certain guarantee", policyOf([edgeDocument({ guarantee: { ...GUARANTEE, delta: 0 } }), originDocument()])],
		[
			"a guarantee that says nothing",
			policyOf([edgeDocument({ guarantee: { ...GUARANTEE, delta: 1 } }), originDocument()]),
		],
		[
			"a guarantee of regret",
			policyOf([edgeDocument({ guarantee: { ...GUARANTEE, risk: "regret" } }), originDocument()]),
		],
		["an unknown labeller", policyOf([edgeDocument(), originDocument()], { labeller: { kind: "oracle" } })],
		["an audit rate of 0", policyOf([edgeDocument(), originDocument()], { auditRate: 0 })],
		["texts that are kept for no time", policyOf([edgeDocument(), originDocument()], { retainText: { hours: 0 } })],
		["a method without weights", policyWithMethod({ method: "learned", features: 1, bias: 0, weights: {} })],
	])("refuses %s", (_, document) => {
		expect(parseTenantPolicy(document).ok).toBe(false);
		expect(described(document)).toBe(false);
	});

	it("takes everything that is taken, and refuses everything whose fields are refused", () => {
		fc.assert(
			fc.property(nearlyValid, (document) => {
				if (parseTenantPolicy(document).ok) expect(described(document)).toBe(true);
				expect(described(document)).toBe(!isRefusedByFields(document));
			}),
			{ numRuns: 2_000 },
		);
	});

	it("is what is put and got, as a revision has it; what is validated may be anything", () => {
		const content = (of: unknown) => (of as { content: Record<string, { schema: JsonObject }> }).content;
		const operations = description.paths["/tenants/{tenant}/policy"];
		const put = operations?.["put"]?.["requestBody"];
		expect(content(put)["application/json"]?.schema).toEqual(REFERENCE);
		const responses = operations?.["get"]?.["responses"] as Record<string, unknown>;
		expect(content(responses["200"])["application/json"]?.schema).toEqual(REFERENCE);
		const validated = description.paths["/tenants/{tenant}/policy/validate"]?.["post"]?.["requestBody"];
		expect(content(validated)["application/json"]?.schema).toEqual({
			type: "object",
			description: expect.stringContaining("`Policy`") as string,
		});
	});

	it("has a name for each of its parts", () => {
		const models = ["Embeddings", "Price", "Stage"];
		const rules = ["AnswerChecks", "Budget", "Cascade", "ConfidenceMethod", "Gate", "Guarantee", "Labeller"];
		for (const name of [...models, ...rules])
			expect(description.components.schemas[name]?.["description"]).toMatch(/\.$/u);
		expect(description.components.schemas["Stage"]?.["properties"]).toMatchObject({
			confidence: { $ref: "#/components/schemas/ConfidenceMethod" },
			guarantee: { $ref: "#/components/schemas/Guarantee" },
			price: { $ref: "#/components/schemas/Price" },
		});
	});
});
