import { isOriginSecretName } from "../core/published-records.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { PolicyProblem } from "../core/tenant-policy.ts";
import { isAllowedHost, parseOriginUrl } from "../web/origin-url.ts";

/** Where the operator lets origins be. */
export interface OriginRules {
	/** Host names, `*.example.com` for all below a domain; empty: any public host. */
	readonly hosts: readonly string[];
	/** Allows `http:` to this machine, for the laptop. */
	readonly allowLoopback: boolean;
}

/**
 * Checks an origin as it is written. The address passes the same rules that are applied again at each use
 * (`parseOriginUrl`), and then the operator's allow-list. Answers with the address as it will be used.
 */
export function checkOrigin(
	origin: { readonly baseUrl: string; readonly secret: string | null },
	rules: OriginRules,
): Result<{ readonly baseUrl: string; readonly secret: string | null }, readonly PolicyProblem[]> {
	const problems: PolicyProblem[] = [];
	const baseUrl = parseOriginUrl(origin.baseUrl, rules.allowLoopback);
	if (!baseUrl.ok) problems.push({ path: "baseUrl", message: baseUrl.error });
	else if (!isAllowedHost(new URL(baseUrl.value).hostname, rules.hosts))
		problems.push({ path: "baseUrl", message: "names a host that is not on this deployment's list of origin hosts" });
	const { secret } = origin;
	if (secret !== null && !isOriginSecretName(secret))
		problems.push({ path: "secret", message: "must be the name of a Worker secret that begins with ORIGIN_" });
	return baseUrl.ok && problems.length === 0 ? ok({ baseUrl: baseUrl.value, secret }) : err(problems);
}
