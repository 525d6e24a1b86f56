import { describe, expect, it } from "vitest";
import { parseTenantPolicy } from "../../src/core/parse-tenant-policy.ts";
import { POLICY_LIMITS } from "../../src/core/tenant-policy.ts";
import { edgeDocument, originDocument, policyOf, problemsOf } from "./policy-documents.ts";

const accepted = (document: unknown) => {
	const parsed = parseTenantPolicy(document);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	return parsed.value;
};

describe("the smallest policy", () => {
	const smallest = policyOf([edgeDocument(), originDocument()]);

	it("names two stages, and gets a default for everything else", () => {
		const { cascades, limits } = accepted(smallest);
		expect(cascades["chat"]).toMatchObject({ timeoutMs: 55_000, onOriginFailure: "fail", allowRouteHeader: false });
		expect(limits).toEqual({ maxBodyBytes: 1_048_576, maxOutputTokens: 4_096 });
	});

	it("keeps what it says", () => {
		expect(accepted(smallest).cascades["chat"]?.stages).toEqual([edgeDocument(), originDocument()]);
	});

	it("is not changed by being parsed", () => {
		const before = structuredClone(smallest);
		parseTenantPolicy(smallest);
		expect(smallest).toEqual(before);
	});

	it("means the same when its parsed form is parsed again", () => {
		expect(accepted(accepted(smallest))).toEqual(accepted(smallest));
	});
});

describe("a cascade", () => {
	it("has two to five stages, on either adapter in any place", () => {
		const judged = ["a", "b", "c", "d"].map((name) => edgeDocument({ name }));
		const judgedOrigin = originDocument({ name: "e", confidence: { method: "min-logprob" }, threshold: 0.5 });
		const lastOnEdge = { name: "last", adapter: "workers-ai", model: "@cf/large", price: originDocument()["price"] };
		expect(accepted(policyOf([...judged, originDocument()])).cascades["chat"]?.stages).toHaveLength(
			POLICY_LIMITS.stages,
		);
		expect(problemsOf(policyOf([judgedOrigin, lastOnEdge]))).toEqual([]);
	});

	it.each([
		{ timeoutMs: 1_000 },
		{ timeoutMs: 600_000 },
		{ onOriginFailure: "serve-edge-answer" },
		{ onOriginFailure: "fail" },
		{ allowRouteHeader: true },
	])("may set %j", (setting) => {
		expect(accepted(policyOf([edgeDocument(), originDocument()], setting)).cascades["chat"]).toMatchObject(setting);
	});

	it.each(["chat", "gpt-4o", "mail.v2", "0", "a_b", "a".repeat(64), "tostring", "valueof"])(
		"may be called %s",
		(alias) => {
			const chat = { stages: [edgeDocument(), originDocument()] };
			expect(Object.keys(accepted({ version: 1, cascades: { [alias]: chat } }).cascades)).toEqual([alias]);
		},
	);

	it("is one of up to 64", () => {
		const chat = { stages: [edgeDocument(), originDocument()] };
		const cascades = Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`c${index}`, chat]));
		expect(Object.keys(accepted({ version: 1, cascades }).cascades)).toHaveLength(64);
	});
});

describe("a rate tier", () => {
	it.each(["a", "standard", "pay-as-you-go", "tier-2", "a".repeat(32)])("may be called %s", (rateTier) => {
		const { limits } = accepted(policyOf([edgeDocument(), originDocument()], {}, { limits: { rateTier } }));
		expect(limits).toEqual({ maxBodyBytes: 1_048_576, maxOutputTokens: 4_096, rateTier });
	});
});

describe("a stage", () => {
	it.each([
		{ threshold: 0 },
		{ threshold: 1 },
		{ timeoutMs: 100 },
		{ timeoutMs: 600_000 },
		{ logprobs: true },
		{ logprobs: false },
		{ price: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 } },
		{ price: { usdPerGpuHour: 2.5, inputTokensPerSecond: 5_000, outputTokensPerSecond: 800 } },
	])("may set %j", (setting) => {
		expect(accepted(policyOf([edgeDocument(setting), originDocument()])).cascades["chat"]?.stages[0]).toMatchObject(
			setting,
		);
	});
});

describe("a budget", () => {
	const withBudget = (budget?: unknown) =>
		accepted(policyOf([edgeDocument(), originDocument()], {}, budget === undefined ? {} : { budget })).budget;

	it("is none where the policy has none", () => {
		expect(withBudget()).toBeUndefined();
	});

	it.each([0, 0.01, 1_000_000])(
		"is $%s a day, and fails a request that it does not cover unless told otherwise",
		(usdPerDay) => {
			expect(withBudget({ usdPerDay })).toEqual({ usdPerDay, onExhausted: "fail" });
			const budget = { usdPerDay, onExhausted: "serve-edge-answer" };
			expect(withBudget(budget)).toEqual(budget);
		},
	);
});

describe("the limits", () => {
	it("each have a default of their own", () => {
		const withLimits = (limits: unknown) =>
			accepted(policyOf([edgeDocument(), originDocument()], {}, { limits })).limits;
		expect(withLimits({})).toEqual({ maxBodyBytes: 1_048_576, maxOutputTokens: 4_096 });
		expect(withLimits({ maxBodyBytes: 1_024 })).toEqual({ maxBodyBytes: 1_024, maxOutputTokens: 4_096 });
		expect(withLimits({ maxOutputTokens: 1 })).toEqual({ maxBodyBytes: 1_048_576, maxOutputTokens: 1 });
		expect(withLimits({ maxBodyBytes: 26_214_400, maxOutputTokens: 1_048_576 }).maxOutputTokens).toBe(1_048_576);
	});
});
