import type { Command } from "commander";
import type { AdminParameters } from "../../admin/client-types.ts";
import { adminCommand, type Session } from "../admin/session.ts";

/** What names a cascade's evidence beside the argument. */
export interface AddressOptions {
	readonly tenant?: string;
	readonly revision?: string;
}

/** What a call on a cascade's evidence is given. */
export interface EvidenceInput {
	readonly parameters: AdminParameters<"evidence.get">;
	readonly query: { readonly revision?: string };
}

/** Adds a command about one cascade's evidence. */
export function evidenceCommand(parent: Command, name: string, description: string): Command {
	return adminCommand(parent, name, description)
		.argument("<tenant/cascade>", "such as acme/chat")
		.option("--revision <number>", "the policy revision whose configuration is meant; default: the current one");
}

/**
 * Reads `TENANT/CASCADE`, or the cascade alone where the tenant is named by `--tenant` or $CASCADE_TENANT. Ends the command
 * with 2 where it is neither, or where the option names another tenant.
 */
export function readAddress(
	session: Session,
	text: string,
	{ tenant: named, revision }: AddressOptions,
): EvidenceInput {
	const query = revision === undefined ? {} : { revision };
	const slash = text.indexOf("/");
	const cascade = text.slice(slash + 1);
	if (slash === 0 || cascade === "")
		session.wrongUsage(`'${text}' is not TENANT/CASCADE, such as acme/chat, nor a cascade`);
	if (slash === -1) return { parameters: { tenant: session.tenant(), cascade }, query };
	const tenant = text.slice(0, slash);
	if (named !== undefined && named !== tenant) session.wrongUsage(`two tenants are named, ${tenant} and ${named}`);
	return { parameters: { tenant, cascade }, query };
}
