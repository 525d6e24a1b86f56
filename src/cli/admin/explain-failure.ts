import type { AdminFailure } from "./admin-client.ts";
import { printable } from "./show-values.ts";

/** A failure in words: what happened, everything that is wrong, and what to do. Ends in a line break. */
export function explainFailure(failure: AdminFailure): string {
	switch (failure.kind) {
		case "unreachable":
			return unreachable(failure);
		case "not-the-api":
			return notTheApi(failure);
		case "refused":
			return refused(failure);
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
	if (location !== null)
		return `${url} answers ${status} and sends its callers to ${printable(location)}: give the address that the Worker itself has, and let the admin path pass whatever asks for a login before it.\n`;
	return `${url} answers ${status}, and not as an Edge Cascade does: check the address with \`cascade doctor\`.\n`;
}

function refused({ status, body }: Extract<AdminFailure, { kind: "refused" }>): string {
	const { error, problems } = body;
	if (problems !== undefined && problems.length > 0) {
		const lines = problems.map(({ path, message }) => `  ${printable(path)}: ${printable(message)}\n`);
		return `Refused, ${problems.length === 1 ? "for this" : `for these ${problems.length} problems`}:\n${lines.join("")}`;
	}
	if (status === 412 && body.current !== undefined)
		return `Nothing was written: somebody else has changed it, and its revision is ${body.current} by now. Look at it, and run this again.\n`;
	return `${printable(error.message)}${advice(status, error.code)}\n`;
}

function advice(status: number, code: string | null): string {
	if (status === 401) return " Give another key with $CASCADE_ADMIN_KEY or --key.";
	if (status === 403) return " `cascade doctor` shows what this key may do.";
	if (code === "tenant_not_found") return " Or this key is not the tenant's: both are answered alike.";
	if (code === "unknown_url") return " This Worker has no admin API: is it an older version?";
	if (status === 503) return " Try again in a moment.";
	return "";
}
