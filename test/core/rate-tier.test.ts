import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rateTierBinding } from "../../src/core/rate-tier.ts";

describe("the binding of a rate tier", () => {
	it.each([
		["standard", "RATE_TIER_STANDARD"],
		["pay-as-you-go", "RATE_TIER_PAY_AS_YOU_GO"],
		["tier-2", "RATE_TIER_TIER_2"],
		["a--b-", "RATE_TIER_A__B_"],
	])("of %s is %s", (tier, binding) => {
		expect(rateTierBinding(tier)).toBe(binding);
	});

	it("has a name that Workers allow, and is no other tier's", () => {
		const tier = fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/u);
		fc.assert(
			fc.property(tier, tier, (one, other) => {
				expect(rateTierBinding(one)).toMatch(/^[A-Z_][A-Z0-9_]*$/u);
				expect(rateTierBinding(one) === rateTierBinding(other)).toBe(one === other);
			}),
		);
	});
});
