import type { AdminFailure } from "./admin-client.ts";
import { printable } from "./show-values.ts";

/** Whose key it was; `access`: none, but Cloudflare Access vouched for who asked. */
export type Asker = "operator" | "tenant" | "access";

/**
 * A failure in words: what happened, everything that is wrong, and what to do. Ends in a line break. `wordOf`: what the
 * user has typed for a field of the API.
 */
export function explainFailure(
	failure: AdminFailure,
	asker: Asker = "operator",
	wordOf: (path: string) => string = (path) => path,
): string {
	switch (failure.kind) {
		case "unreachable":
			return unreachable(failure);
		case "not-the-api":
			return notTheApi(failure);
		case "refused":
			return refused(failure, asker, wordOf);
	}
}

function unreachable({ url, cause }: Extract<AdminFailure, { kind: "unreachable" }>): string {
	const other = "name another with --url or $CASCADE_URL";
	switch (cause) {
		case "ECONNREFUSED":
			return `Nothing answers at ${url}: start the Worker here with \`npm start\`, or ${other}.\n`;
		case "ENOTFOUND":
		case "EAI_AGAIN":
			return `There is no host ${url} as far as this machine can see: check the address, or ${other}.\n`;
		case "timeout":
			return `${url} did not answer in time. Whether it did what was asked is not known: look before trying again.\n`;
		default:
			return `${url} could not be asked (${printable(cause)}): check the address, or ${other}.\n`;
	}
}

function notTheApi({ url, status, location }: Extract<AdminFailure, { kind: "not-the-api" }>): string {
	if (location !== null && /^[^:]+:\/\/[\w.-]+\.cloudflareaccess\.com\//u.test(location))
		return (
			`${url} is behind Cloudflare Access, which asks for a login. As yourself:\n` +
			`  cloudflared access login ${url}\n  export CASCADE_ACCESS_TOKEN=$(cloudflared access token -app=${url})\n` +
			"As a machine: set CF_ACCESS_CLIENT_ID and CF_ACCESS_CLIENT_SECRET to a service token that the application admits.\n"
		);
	if (location !== null)
		return `${url} answers ${status} and sends its callers to ${printable(location)}: give the address that the Worker itself has, and let the admin path pass whatever asks for a login before it.\n`;
	return `${url} answers ${status}, and not as an Edge Cascade does: check the address with \`cascade doctor\`.\n`;
}

function refused(
	{ status, body }: Extract<AdminFailure, { kind: "refused" }>,
	asker: Asker,
	wordOf: (path: string) => string,
): string {
	const { error, problems } = body;
	if (problems !== undefined && problems.length > 0) {
		const lines = problems.map(({ path, message }) => `  ${printable(wordOf(path))}: ${printable(message)}\n`);
		return `Refused, ${problems.length === 1 ? "for this" : `for these ${problems.length} problems`}:\n${lines.join("")}`;
	}
	if (status === 412 && body.current !== undefined)
		return `Nothing was written: somebody else has changed it, and its revision is ${body.current} by now. Look at it, and run this again.\n`;
	return `${printable(error.message)}${advice(status, error.code, asker)}\n`;
}

function advice(status: number, code: string | null, asker: Asker): string {
	if (code === "invalid_access_token") return " `cloudflared access login` gets you another one.";
	if (status === 401) return " Give another key with $CASCADE_ADMIN_KEY or --key.";
	if (status === 403) return " `cascade doctor` shows what this key may do.";
	if (code === "tenant_not_found")
		return asker === "tenant"
			? " Or this key is not the tenant's: both are answered alike."
			: " `cascade tenant list` shows those there are.";
	if (code === "unknown_url") return " This Worker has no admin API: is it an older version?";
	if (status === 503) return " Try again in a moment.";
	return "";
}
