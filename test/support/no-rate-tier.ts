import type { RateLimiter } from "../../src/cascade/ports.ts";

/** In place of rate tiers, where no tenant has one. */
export const noRateTier: RateLimiter = {
	admits() {
		throw new Error("no tenant of this test has a rate tier");
	},
};
