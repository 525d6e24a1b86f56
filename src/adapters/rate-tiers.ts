import QuickLRU from "quick-lru";
import type { Clock, RateLimiter } from "../cascade/ports.ts";
import { rateTierBinding } from "../core/rate-tier.ts";
import { settledWithin } from "../web/settled-within.ts";

/** The part of a Workers rate-limit binding that is used (https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/). */
export interface RateLimitBinding {
	readonly limit: (options: { readonly key: string }) => Promise<{ readonly success: boolean }>;
}

/** What limiting needs of its surroundings. */
export interface RateTierPorts {
	/** Undefined: the Worker has no binding for this tier. */
	readonly bindingOf: (tier: string) => RateLimitBinding | undefined;
	readonly clock: Clock;
	readonly logFault: (fault: string, facts: Readonly<Record<string, string | number>>) => void;
	readonly logRefusal: (facts: { readonly tenant: string; readonly tier: string }) => void;
}

/** The binding counts in the machine's own memory and mostly answers within a millisecond; later is a fault. */
const MOST_WAIT_MS = 100;
/** Between two log lines about one tenant: a flood that is refused must not become one of log lines. */
const REFUSAL_LOG_MS = 60_000;
/** What is remembered of log lines. Tiers are named by tenants' policies, so their number has no bound of its own. */
const MOST_REMEMBERED = 1_000;

/**
 * Limits tenants by the operator's rate-limit bindings, one a tier. The key is the tenant, so all its API keys share
 * one allowance and no tenant can use another's. A tier without a binding, or one that throws or does not answer within
 * 100 ms, limits nothing; each such fault is logged once a tier. A tenant that is refused is logged once a minute.
 */
export function createRateLimiter({ bindingOf, clock, logFault, logRefusal }: RateTierPorts): RateLimiter {
	const faultsTold = new QuickLRU<string, true>({ maxSize: MOST_REMEMBERED });
	const refusalsToldAt = new QuickLRU<string, number>({ maxSize: MOST_REMEMBERED });

	const tellFault = (fault: string, facts: { readonly tier: string; readonly [fact: string]: string | number }) => {
		const which = `${fault} ${facts.tier}`;
		if (faultsTold.has(which)) return;
		faultsTold.set(which, true);
		logFault(fault, facts);
	};
	const tellRefusal = (tenant: string, tier: string) => {
		const now = clock.now();
		if (now - (refusalsToldAt.get(tenant) ?? Number.NEGATIVE_INFINITY) < REFUSAL_LOG_MS) return;
		refusalsToldAt.set(tenant, now);
		logRefusal({ tenant, tier });
	};

	return {
		async admits(tier, tenant) {
			const binding = bindingOf(tier);
			if (binding === undefined) {
				tellFault("rate-tier-missing", { tier, binding: rateTierBinding(tier) });
				return true;
			}
			try {
				const outcome = await settledWithin(binding.limit({ key: tenant }), MOST_WAIT_MS, clock);
				if (outcome === undefined) tellFault("rate-tier-slow", { tier, waitedMs: MOST_WAIT_MS });
				else if (!outcome.success) {
					tellRefusal(tenant, tier);
					return false;
				}
			} catch (error) {
				tellFault("rate-tier-failed", { tier, error: error instanceof Error ? error.name : "not an Error" });
			}
			return true;
		},
	};
}

/** Writes which tenant is being refused; such requests make no record of their own, as all that are refused early. */
export const logRateLimited: RateTierPorts["logRefusal"] = ({ tenant, tier }) => {
	console.log(JSON.stringify({ event: "rate-limited", tenant, tier }));
};
