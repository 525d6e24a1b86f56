import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { formatOperatorKey, isWellFormedOperatorKey, shownParts } from "../../src/admin/operator-key.ts";
import { formatApiKey, isWellFormedApiKey } from "../../src/core/api-key.ts";

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("an operator's key", () => {
	it("is never taken for a tenant's, nor the other way round", () => {
		fc.assert(
			fc.property(bytes, (random) => {
				expect(isWellFormedOperatorKey(formatOperatorKey(random))).toBe(true);
				expect(isWellFormedApiKey(formatOperatorKey(random))).toBe(false);
				expect(isWellFormedOperatorKey(formatApiKey(random))).toBe(false);
			}),
		);
	});

	it("shows of itself, once made, its kind, four digits and its end", () => {
		fc.assert(
			fc.property(bytes, (random) => {
				for (const key of [formatOperatorKey(random), formatApiKey(random)]) {
					const { prefix, lastFour } = shownParts(key);
					expect([key.startsWith(prefix), key.endsWith(lastFour)]).toEqual([true, true]);
					expect(prefix).toMatch(/^(?:op_)?ec_live_[0-9A-Za-z]{4}$/u);
					expect(lastFour).toHaveLength(4);
				}
			}),
		);
	});
});
