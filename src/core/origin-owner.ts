import { originsNamed } from "./policy-origins.ts";
import type { PolicyProblem, TenantPolicy } from "./tenant-policy.ts";

/**
 * Whether an origin is another tenant's, by its name: `acme.gpu` is tenant `acme`'s alone, and a name without a dot is
 * everybody's. No tenant's name has a dot, so an origin has one owner, and nothing need be looked up to tell.
 */
export function isForeignOrigin(origin: string, tenant: string): boolean {
	const dot = origin.indexOf(".");
	return dot !== -1 && origin.slice(0, dot) !== tenant;
}

/**
 * The places at which a tenant's policy names another tenant's origin. The message is the same whether or not there is
 * such a tenant or such an origin.
 */
export function foreignOrigins(policy: TenantPolicy, tenant: string): readonly PolicyProblem[] {
	return originsNamed(policy)
		.filter(({ origin }) => isForeignOrigin(origin, tenant))
		.map(({ path }) => ({ path, message: "an origin whose name has a dot must begin with the tenant's own name" }));
}
