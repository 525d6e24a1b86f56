import { describe, expect, it } from "vitest";
import { loosenedLimits } from "../../../src/core/ledger/operators-limits.ts";
import { parseTenantPolicy } from "../../../src/core/parse-tenant-policy.ts";
import { fakeCascade } from "../../support/cascades.ts";
import type { JsonObject } from "../../../src/core/json.ts";

const policyWith = (fields: JsonObject): JsonObject => ({ version: 1, cascades: { chat: fakeCascade() }, ...fields });

/** Where the second document would loosen what the first has. */
function problems(before: JsonObject | null, after: JsonObject) {
	const parsed = parseTenantPolicy(after);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	return loosenedLimits(before, parsed.value);
}
const paths = (before: JsonObject | null, after: JsonObject) => problems(before, after).map(({ path }) => path);

const budget = (usdPerDay: number) => policyWith({ budget: { usdPerDay } });
const tier = (rateTier: string) => policyWith({ limits: { rateTier } });
const nothing = policyWith({});

describe("what a tenant may do to its own limits", () => {
	it("is to lower its budget, to keep it, and to set a first one", () => {
		expect(paths(budget(10), budget(9.99))).toEqual([]);
		expect(paths(budget(10), budget(10))).toEqual([]);
		expect(paths(nothing, budget(1_000_000))).toEqual([]);
	});

	it("is not to raise its budget or to remove it", () => {
		expect(paths(budget(10), budget(10.01))).toEqual(["budget.usdPerDay"]);
		expect(paths(budget(0), budget(0.01))).toEqual(["budget.usdPerDay"]);
		expect(paths(budget(10), nothing)).toEqual(["budget"]);
	});

	it("is to set a first rate tier, and not to change or remove one", () => {
		expect(paths(nothing, tier("trial"))).toEqual([]);
		expect(paths(tier("trial"), tier("trial"))).toEqual([]);
		expect(problems(tier("trial"), tier("standard"))).toEqual([
			{ path: "limits.rateTier", message: "may be changed or removed by an operator alone" },
		]);
		expect(paths(tier("trial"), nothing)).toEqual(["limits.rateTier"]);
	});

	it("is told at every place at once, and is anything where no policy is in force", () => {
		const limited = policyWith({ budget: { usdPerDay: 1 }, limits: { rateTier: "trial" } });
		expect(paths(limited, nothing)).toEqual(["budget", "limits.rateTier"]);
		expect(paths(null, nothing)).toEqual([]);
	});

	it("may change what happens when the budget is spent", () => {
		const serve = policyWith({ budget: { usdPerDay: 10, onExhausted: "serve-edge-answer" } });
		expect(paths(budget(10), serve)).toEqual([]);
	});

	it("is bounded also by a document in force that is no policy any more", () => {
		const old = { version: 1, cascades: [], gone: true, budget: { usdPerDay: 1 }, limits: { rateTier: "trial" } };
		const prices = ["cascades.chat.stages[0].price", "cascades.chat.stages[1].price"];
		expect(paths(old, nothing)).toEqual(["budget", ...prices, "limits.rateTier"]);
		expect(paths({ budget: 1, limits: [] }, nothing)).toEqual([]);
	});
});

const perMillion = (usd: number) => ({ inputUsdPerMillion: usd, outputUsdPerMillion: usd });
/** Costs as much as `perMillion(usd)`: a thousand tokens a second either way are 3.6 million an hour. */
const perHour = (usd: number) => ({
	usdPerGpuHour: usd * 3.6,
	inputTokensPerSecond: 1_000,
	outputTokensPerSecond: 1_000,
});

/** A policy under a budget; `place` puts what is priced where it belongs. */
function limited(fields: { edge?: JsonObject; origin?: JsonObject; cascade?: JsonObject; embeddings?: JsonObject }) {
	const { edge = {}, origin = {}, cascade = {}, embeddings = {} } = fields;
	const chat = { ...fakeCascade({ edge, origin: { price: perMillion(3), ...origin } }), ...cascade };
	return policyWith({ cascades: { chat }, embeddings, budget: { usdPerDay: 1 } });
}
const last = "cascades.chat.stages[1].price";
const vectors = (price: JsonObject, model = "m") => ({ v: { adapter: "openai", origin: "gpu", model, price } });

describe("prices under a budget, which is money by those very prices", () => {
	it.each([0, 2.99])("are not lowered by the tenant: 3 to %s", (usd) => {
		expect(problems(limited({}), limited({ origin: { price: perMillion(usd) } }))).toEqual([
			{ path: last, message: "may be lowered under a budget by an operator alone" },
		]);
	});

	it.each(["inputUsdPerMillion", "outputUsdPerMillion"])("are not lowered in %s alone", (field) => {
		const price = { ...perMillion(9), [field]: 2 };
		expect(paths(limited({}), limited({ origin: { price } }))).toEqual([last]);
	});

	it("may be raised and kept, and be anything where there is no budget", () => {
		expect(paths(limited({}), limited({ origin: { price: perMillion(4) } }))).toEqual([]);
		expect(paths(limited({}), limited({}))).toEqual([]);
		const free = (usd: number) =>
			policyWith({ cascades: { chat: fakeCascade({ origin: { price: perMillion(usd) } }) } });
		expect(paths(free(3), free(0))).toEqual([]);
		expect(paths(free(3), limited({ origin: { price: perMillion(0) } }))).toEqual([]);
	});

	it("are compared by what a token costs, in whichever form they are written", () => {
		const hourly = (usd: number) => limited({ origin: { price: perHour(usd) } });
		expect(paths(limited({}), hourly(3.01))).toEqual([]);
		expect(paths(limited({}), hourly(2.99))).toEqual([last]);
		expect(paths(hourly(3), limited({ origin: { price: perMillion(2.99) } }))).toEqual([last]);
		const faster = { ...perHour(3), outputTokensPerSecond: 1_001 };
		expect(paths(hourly(3), limited({ origin: { price: faster } }))).toEqual([last]);
	});

	it.each([{ model: "other" }, { origin: "elsewhere" }])("are not set for what has none yet: %j", (origin) => {
		expect(problems(limited({}), limited({ origin: { ...origin, price: perMillion(1e6) } }))).toEqual([
			{ path: last, message: "is of a model without a price yet, which under a budget an operator alone sets" },
		]);
	});

	it("go with the model wherever it stands, and may be any that it has somewhere", () => {
		const two = (first: number, second: number) => {
			const at = (usd: number) => fakeCascade({ origin: { price: perMillion(usd) } });
			return policyWith({ cascades: { a: at(first), b: at(second) }, budget: { usdPerDay: 1 } });
		};
		expect(paths(two(3, 5), two(3, 5))).toEqual([]);
		expect(paths(two(3, 5), two(5, 3))).toEqual([]);
		expect(paths(two(3, 5), two(3, 2.9))).toEqual(["cascades.b.stages[1].price"]);
	});

	it("are a checker's too, whose price is the stage's where it has none of its own", () => {
		const verify = (price?: JsonObject, model = "checker") =>
			limited({ edge: { confidence: { method: "verify", model, ...(price === undefined ? {} : { price }) } } });
		const path = "cascades.chat.stages[0].confidence.price";
		expect(paths(verify(perMillion(5)), verify(perMillion(0)))).toEqual([path]);
		expect(paths(verify(perMillion(5)), verify())).toEqual([path]);
		expect(paths(verify(), verify(perMillion(0)))).toEqual([path]);
		expect(paths(verify(), verify(undefined, "other"))).toEqual([path]);
		expect(paths(verify(perMillion(5)), verify(perMillion(6)))).toEqual([]);
	});

	it("are an embeddings model's too, and say nothing of the same name's texts", () => {
		const at = (usd: number) => limited({ embeddings: vectors(perMillion(usd)) });
		expect(paths(at(1), at(0.9))).toEqual(["embeddings.v.price"]);
		expect(paths(at(1), limited({ embeddings: vectors(perMillion(1), "other") }))).toEqual(["embeddings.v.price"]);
		const cheap = limited({ embeddings: vectors({ inputUsdPerMillion: 1, outputUsdPerMillion: 0 }) });
		const asText = { origin: "gpu", model: "m", price: { inputUsdPerMillion: 1, outputUsdPerMillion: 0 } };
		expect(paths(cheap, limited({ origin: asText }))).toEqual([last]);
	});

	it.each([
		["judge", { kind: "judge", adapter: "openai", origin: "gpu", model: "judge" }],
		["similarity", { kind: "similarity", model: "@cf/vectors", least: 0.9 }],
	])("are a labeller's too: %s", (_kind, labeller) => {
		const at = (usd: number, model = labeller.model) =>
			limited({ cascade: { labeller: { ...labeller, model, price: perMillion(usd) } } });
		const path = "cascades.chat.labeller.price";
		expect(paths(at(2), at(1.9))).toEqual([path]);
		expect(paths(at(2), at(2, "another"))).toEqual([path]);
		expect(paths(at(2), at(2))).toEqual([]);
		expect(paths(at(2), limited({}))).toEqual([]);
	});
});
