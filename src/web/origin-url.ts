import { err, ok, type Result } from "../core/result.ts";

const PRIVATE_SUFFIXES = [
	".local",
	".internal",
	".localhost",
	".localdomain",
	".lan",
	".home",
	".corp",
	".intranet",
	".home.arpa",
	".onion",
	".test",
	".invalid",
];
/** Letters, digits and inner hyphens (RFC 1123, 2.1). */
const HOST_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u;
/** 8443 is the usual second port of an inference server behind TLS. */
const ALLOWED_PORTS: ReadonlySet<string> = new Set(["", "8443"]);

/**
 * Checks an operator's origin address and returns it without a trailing slash. Checked after parsing, since the URL
 * parser turns `2130706433`, `0x7f.1` and full-width digits into `127.0.0.1`: https only, a public host name, no
 * address literals, no userinfo, query or fragment. Names that resolve to private addresses cannot be seen from
 * here; the runtime's `global_fetch_strictly_public` is what stops those.
 */
export function parseOriginUrl(text: string, allowLoopback: boolean): Result<string, string> {
	// The parser drops tabs and line breaks and takes a backslash for a slash: what is read is not what was written.
	if (/[\s\p{Cc}\\]/u.test(text)) return err("must not hold spaces, control characters or backslashes");
	let url: URL;
	try {
		url = new URL(text);
	} catch {
		return err("is not a URL");
	}
	if (url.username !== "" || url.password !== "") return err("must not hold a user name or password");
	if (url.search !== "" || url.hash !== "" || /[?#]/u.test(text)) return err("must not have a query or a fragment");
	if (/(?:^|[/\\])\.{1,2}(?:[/\\]|$)|%2e/iu.test(text)) return err("must not hold dot segments");
	const normalised = url.href.replace(/\/+$/u, "");
	const host = url.hostname;
	if (allowLoopback && url.protocol === "http:" && (host === "127.0.0.1" || host === "localhost" || host === "[::1]")) {
		return ok(normalised);
	}
	if (url.protocol !== "https:") return err("must begin with https://");
	if (!ALLOWED_PORTS.has(url.port)) return err("must use port 443 or 8443");
	const name = host.replace(/\.$/u, "").toLowerCase();
	if (host.startsWith("[") || /^[\d.]+$/u.test(name)) return err("must name a host, not an address");
	if (!name.includes(".") || !name.split(".").every((label) => HOST_LABEL.test(label)))
		return err("must name a public host");
	if (PRIVATE_SUFFIXES.some((suffix) => name.endsWith(suffix))) return err("must name a public host");
	return ok(normalised);
}

/**
 * Whether an operator's list of hosts lets this one in; an empty list lets every host in. `*.example.com` is every host
 * below `example.com`, not that host itself.
 */
export function isAllowedHost(hostname: string, hosts: readonly string[]): boolean {
	// A name may be written with the root's dot, which changes nothing about where it leads.
	const host = hostname.replace(/\.$/u, "").toLowerCase();
	return (
		hosts.length === 0 ||
		hosts.some((pattern) => (pattern.startsWith("*.") ? host.endsWith(pattern.slice(1)) : host === pattern))
	);
}
