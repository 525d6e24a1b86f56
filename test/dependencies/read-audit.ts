/** What `npm audit --json` has found. */
export type AuditOutcome =
	| { readonly kind: "none" }
	/** Packages with known weaknesses, worst first, as `name (severity)`. */
	| { readonly kind: "found"; readonly packages: readonly string[] }
	/** The registry has told nothing, so nothing is known; `why` in its words. */
	| { readonly kind: "not-checked"; readonly why: string };

const SEVERITIES = ["critical", "high"];

/**
 * Reads it. Only a report is an answer: a registry without the endpoint, a network that is down and output that is no JSON
 * are all "not checked", never "none". `high` and worse count, as with `--audit-level=high`.
 */
export function readAudit(output: string): AuditOutcome {
	let answer: Readonly<Record<string, unknown>>;
	try {
		answer = JSON.parse(output) as typeof answer;
	} catch {
		return { kind: "not-checked", why: "npm has answered with no JSON" };
	}
	const found = answer?.["vulnerabilities"];
	if (answer?.["auditReportVersion"] !== 2 || typeof found !== "object" || found === null) {
		const message = answer?.["message"];
		return { kind: "not-checked", why: typeof message === "string" ? message : "npm has answered with no report" };
	}
	const packages = Object.values(found as Record<string, { readonly name: string; readonly severity: string }>)
		.filter(({ severity }) => SEVERITIES.includes(severity))
		.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
		.map(({ name, severity }) => `${name} (${severity})`);
	return packages.length === 0 ? { kind: "none" } : { kind: "found", packages };
}
