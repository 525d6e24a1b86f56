import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { AdminReply } from "../../admin/client-types.ts";
import { allItems } from "./all-pages.ts";
import { askInTerminal } from "./ask-in-terminal.ts";
import { moreOf, namedPage, withNamedPages, type PageOptions } from "./paging.ts";
import { adminCommand, tenantCommand, withSession, type ExitCode, type Session } from "./session.ts";
import { printable, showMoment, showSetShare } from "./show-values.ts";
import { textList, textTable } from "./text-table.ts";

/** `cascade tenant …`. */
export function registerTenantCommands(program: Command): void {
	const tenant = program.command("tenant").description("tenants: who is served, under which policy");
	adminCommand(tenant, "create", "create a tenant, without policy and keys")
		.argument("<tenant>", "1 to 64 of a-z, 0-9 and '-'; it stays as it is")
		.option("--name <text>", "its name for people")
		.action(
			withSession<{ name?: string }>((session, { name }) =>
				session.show(
					"tenants.create",
					{ body: { tenant: session.tenant(), ...(name === undefined ? {} : { name }) } },
					({ tenant }) =>
						`${tenant} is there. Next: cascade policy set --tenant ${tenant} FILE, then cascade key create --tenant ${tenant} --name NAME\n`,
				),
			),
		);
	withNamedPages(adminCommand(tenant, "list", "list the tenants by name")).action(
		withSession<PageOptions>(async (session, options) =>
			session.show("tenants.list", { query: namedPage(options) }, ({ items, next }) => {
				const rows = items.map((item) => [item.tenant, item.name, showMoment(item.createdAt)]);
				const columns = [{ heading: "tenant" }, { heading: "name" }, { heading: "created" }];
				return items.length === 0 ? "No tenants.\n" : textTable(columns, rows) + moreOf(next);
			}),
		),
	);
	tenantCommand(tenant, "show", "what a tenant is at the moment, and how far its published copy is behind").action(
		withSession((session) => session.show("tenants.get", { parameters: { tenant: session.tenant() } }, describeTenant)),
	);
	for (const act of ["suspend", "resume"] as const) {
		const what = act === "suspend" ? "refuse a tenant's requests until it is resumed" : "let its requests in again";
		tenantCommand(tenant, act, what)
			.option("--reason <text>", "why; kept in the audit trail", "")
			.action(
				withSession<{ reason: string }>((session, { reason }) =>
					session.show(
						`tenants.${act}`,
						{ parameters: { tenant: session.tenant() }, body: { reason } },
						({ tenant, suspended }) =>
							`${tenant} ${suspended ? "is suspended" : "is served again"}, everywhere within about a minute and a half.\n`,
					),
				),
			);
	}
	tenantCommand(tenant, "delete", "delete a tenant with its policy, keys and usage; what it was is saved in a file")
		.option("--out <file>", "the file, which must not be there yet; default: deleted-<tenant>.json")
		.option("--without-export", "delete it also where all that it was is too much for one reply; export it first")
		.option("--yes", "do not ask for the tenant's name once more")
		.action(withSession(deleteTenant));
	tenantCommand(tenant, "export", "everything the ledger holds of a tenant but the hashes of its keys, as JSON").action(
		withSession((session) =>
			session.show(
				"tenants.export",
				{ parameters: { tenant: session.tenant() } },
				(exported) => `${JSON.stringify(exported, null, "\t")}\n`,
			),
		),
	);
}

function describeTenant(state: AdminReply<"tenants.get">): string {
	const { tenant, name, suspended, revision, canary, createdAt, publication } = state;
	return textList([
		["tenant", tenant],
		["name", name],
		["state", suspended ? "suspended" : "served"],
		["policy", revision === null ? "none yet" : `revision ${revision}`],
		["canary", canary === null ? "none" : `revision ${canary.revision} for ${showSetShare(canary.share)} of requests`],
		["created", showMoment(createdAt)],
		[
			"publication",
			publication.pending === 0
				? "complete"
				: `${publication.pending} records are not in KV yet, the oldest since ${showMoment(publication.oldestAt)}`,
		],
	]);
}

/** The reply is the last copy of the tenant, so there is a place for it before anything is deleted. */
async function deleteTenant(
	session: Session,
	{ out, withoutExport = false, yes = false }: { out?: string; withoutExport?: boolean; yes?: boolean },
): Promise<ExitCode> {
	const tenant = session.tenant();
	if (!yes && askInTerminal(`This cannot be undone. The tenant's name once more: `) !== tenant)
		return session.complain("Nothing was deleted: the name was not repeated. --yes deletes without asking.\n");
	const file = out ?? `deleted-${tenant}.json`;
	let place: number;
	try {
		place = openSync(file, "wx", 0o600);
	} catch {
		return session.complain(
			`Nothing was deleted: ${file} is there already, or cannot be written. --out names another.\n`,
		);
	}
	const answer = await session.call("tenants.delete", {
		parameters: { tenant },
		...(withoutExport ? { query: { export: "none" } } : {}),
		headers: { "x-confirm": tenant },
	});
	if (!answer.ok) {
		closeSync(place);
		rmSync(file);
		const { error } = answer;
		if (error.kind !== "refused" || error.body.error.code !== "export_too_large") return session.refuse(error);
		if (session.json) process.stdout.write(`${error.text}\n`);
		return session.complain(
			`Nothing was deleted: what ${printable(tenant)} is, is too much for one reply. Save it with \`cascade tenant export ${tenant} > FILE\`, and run this again with --without-export.\n`,
		);
	}
	const text = `${JSON.stringify(answer.value.body, null, "\t")}\n`;
	try {
		writeFileSync(place, text);
		closeSync(place);
	} catch {
		process.stdout.write(text);
		return session.complain(`${tenant} is deleted, and ${file} could not be written: what it was is printed above.\n`);
	}
	session.print(answer.value, () => `${printable(tenant)} is deleted; what it was is in ${file}.\n`);
	await tellRemainingOrigins(session, tenant);
	return 0;
}

/** A tenant's origins outlive it: the next tenant of its name could use them. */
async function tellRemainingOrigins(session: Session, tenant: string): Promise<void> {
	const origins = await allItems(session, "origins.list");
	if (!origins.ok) {
		session.note(`\`cascade origin list\` shows whether origins of its own, ${printable(tenant)}.…, are left.\n`);
		return;
	}
	const left = origins.value.filter(({ name }) => name.startsWith(`${tenant}.`)).map(({ name }) => name);
	if (left.length > 0)
		session.note(
			`Its origins stay, and a tenant of the same name could use them: ${printable(left.join(", "))}. \`cascade origin delete NAME\` withdraws one.\n`,
		);
}
