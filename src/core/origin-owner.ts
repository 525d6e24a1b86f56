import { originsNamed } from "./policy-origins.ts";
import type { PolicyProblem, TenantPolicy } from "./tenant-policy.ts";

/**
 * Whose an origin is, by its name: `acme.gpu` is tenant `acme`'s alone; null for a name without a dot, which is everybody's.
 * No tenant's name has a dot, so an origin has one owner, and nothing need be looked up to tell.
 */
export function ownerOf(origin: string): string | null {
	const dot = origin.indexOf(".");
	return dot === -1 ? null : origin.slice(0, dot);
}

/** Whether an origin is another tenant's. */
export function isForeignOrigin(origin: string, tenant: string): boolean {
	const owner = ownerOf(origin);
	return owner !== null && owner !== tenant;
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
