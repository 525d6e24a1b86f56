import type { JsonObject } from "../core/json.ts";
import type { TenantLedgerPort } from "../core/ledger/ledger-ports.ts";
import type { OperatorRegistryPort } from "../core/ledger/registry-ports.ts";
import { parseTenantPolicy } from "../core/parse-tenant-policy.ts";
import { foreignOrigins, isForeignOrigin } from "../core/origin-owner.ts";
import { originsNamed } from "../core/policy-origins.ts";
import type { PolicyProblem, TenantPolicy } from "../core/tenant-policy.ts";
import { problemsRefusal, unknownTenant, type AdminRefusal } from "./admin-reply.ts";

/**
 * A problem for each place where the policy names an origin that is not in the registry, since requests that reach such
 * a stage would fail with `origin_config`, and for each that names another tenant's, which is not looked up. One look-up
 * a policy, and none where it names no origin. What a tenant learns by it, whether there is an origin of a name that it
 * has written, any request to that stage tells it as well.
 */
export async function missingOrigins(
	policy: TenantPolicy,
	registry: OperatorRegistryPort,
	tenant: string,
): Promise<PolicyProblem[]> {
	const foreign = foreignOrigins(policy, tenant);
	const named = originsNamed(policy).filter(({ origin }) => !isForeignOrigin(origin, tenant));
	if (named.length === 0) return [...foreign];
	const missing = new Set(await registry.missingOrigins([...new Set(named.map(({ origin }) => origin))]));
	const absent = named
		.filter(({ origin }) => missing.has(origin))
		.map(({ path, origin }) => ({ path, message: `there is no origin '${origin}'` }));
	return [...foreign, ...absent];
}

/**
 * Refuses to make a document current that names missing origins; null where it names none, or is no policy, which the
 * ledger says better.
 */
export async function refuseMissingOrigins(
	document: JsonObject,
	registry: OperatorRegistryPort,
	ledger: TenantLedgerPort,
	tenant: string,
): Promise<AdminRefusal | null> {
	const policy = parseTenantPolicy(document);
	const problems = policy.ok ? await missingOrigins(policy.value, registry, tenant) : [];
	if (problems.length === 0) return null;
	// Where there is no tenant, that is what is wrong.
	return (await ledger.state()).ok ? problemsRefusal(422, "invalid_policy", problems) : unknownTenant();
}
