import { describe, expect, it } from "vitest";
import { loosenedLimits } from "../../../src/core/ledger/operators-limits.ts";
import { parseTenantPolicy } from "../../../src/core/parse-tenant-policy.ts";
import { fakeCascade } from "../../support/cascades.ts";
import type { TenantPolicy } from "../../../src/core/tenant-policy.ts";

function policyWith(fields: Readonly<Record<string, unknown>>): TenantPolicy {
	const parsed = parseTenantPolicy({ version: 1, cascades: { chat: fakeCascade() }, ...fields });
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	return parsed.value;
}

const budget = (usdPerDay: number) => policyWith({ budget: { usdPerDay } });
const tier = (rateTier: string) => policyWith({ limits: { rateTier } });
const nothing = policyWith({});
const paths = (before: TenantPolicy | null, after: TenantPolicy) =>
	loosenedLimits(before, after).map(({ path }) => path);

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
		expect(paths(tier("trial"), tier("standard"))).toEqual(["limits.rateTier"]);
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
});
