import type { Command } from "commander";
import type { AdminReply } from "../../admin/client-types.ts";
import { MAX_CONCURRENT_RULE } from "../../core/origin-concurrency.ts";
import { ownerOf } from "../../core/origin-owner.ts";
import { moreOf, namedPage, withNamedPages, type PageOptions } from "./paging.ts";
import { adminCommand, withSession, type Session } from "./session.ts";
import { originBody } from "./origin-body.ts";
import { printable, showCount, showMoment } from "./show-values.ts";
import { textTable } from "./text-table.ts";
import { confirmInTerminal } from "./ask-in-terminal.ts";

interface SetOptions {
	readonly secret?: string;
	readonly maxConcurrent?: string;
}

/** `cascade origin …`. */
export function registerOriginCommands(program: Command): void {
	const origin = program.command("origin").description("the OpenAI-compatible servers that policies may name");
	withNamedPages(adminCommand(origin, "list", "list the origins by name")).action(
		withSession<PageOptions>((session, options) =>
			session.show("origins.list", { query: namedPage(options) }, ({ items, next }) => {
				const columns = [
					{ heading: "origin" },
					{ heading: "address" },
					{ heading: "secret" },
					{ heading: "concurrent", right: true },
					{ heading: "revision", right: true },
					{ heading: "changed" },
				];
				const rows = items.map(({ name, baseUrl, secret, maxConcurrent, revision, updatedAt }) => [
					name,
					baseUrl,
					secret ?? "none",
					typeof maxConcurrent === "number" ? showCount(maxConcurrent) : "any",
					String(revision),
					showMoment(updatedAt),
				]);
				return items.length === 0 ? "No origins.\n" : textTable(columns, rows) + moreOf(next);
			}),
		),
	);
	adminCommand(origin, "set", "define an origin, or change it")
		.argument("<name>", "as policies name it")
		.argument("<base-url>", "https, up to the version: https://gpu.example.com/v1")
		.option("--secret <name>", "the name of the Worker secret that holds its key: ORIGIN_…; default: no key is sent")
		.option(
			"--max-concurrent <count>",
			"calls of one isolate that may wait for an answer at once, at most 10,000; default: any number",
		)
		.action(
			withSession<SetOptions>(async (session, { secret = null, maxConcurrent: count }, [name = "", baseUrl = ""]) => {
				const maxConcurrent = count === undefined ? null : readCount(session, count);
				const body = originBody({ baseUrl, secret, maxConcurrent });
				const done = await session.show("origins.put", { parameters: { name }, body }, describeWritten);
				if (done === 0) await tellOwner(session, name);
				return done;
			}),
		);
	adminCommand(origin, "delete", "withdraw an origin; stages that name it fail from then on")
		.argument("<name>")
		.option("--yes", "do not ask")
		.action(
			withSession<{ yes?: boolean }>(async (session, { yes = false }, [name = ""]) => {
				// Nobody should be asked about what is not there.
				const there = await session.call("origins.get", { parameters: { name } });
				if (!there.ok) return session.refuse(there.error);
				const question = `Stages that name ${printable(name)} will fail with origin_config. Withdraw it?`;
				if (!yes && !confirmInTerminal(question))
					return session.complain("Nothing was done. --yes withdraws it without asking.\n");
				return session.show(
					"origins.delete",
					{ parameters: { name } },
					() => `${printable(name)} is withdrawn, everywhere within about a minute and a half.\n`,
				);
			}),
		);
}

/** The option's number; whether it is small enough, the Worker says. */
function readCount(session: Session, text: string): number {
	return /^\d{1,9}$/u.test(text) ? Number(text) : session.wrongUsage(`--max-concurrent: ${MAX_CONCURRENT_RULE}`);
}

function describeWritten({ origin, changed }: AdminReply<"origins.put">): string {
	const { name, baseUrl, secret, maxConcurrent } = origin;
	const key = secret === null ? "" : ` with the key in ${secret}`;
	const bound =
		typeof maxConcurrent === "number" ? `, ${showCount(maxConcurrent)} calls of an isolate waiting at most` : "";
	const since = changed ? ", everywhere within about a minute and a half." : ", as it was.";
	return `${printable(`${name} is ${baseUrl}${key}${bound}${since}`)}\n`;
}

/** Whose an origin is stands in its name, which is easily overlooked where a dot was meant for something else. */
async function tellOwner(session: Session, name: string): Promise<void> {
	const owner = ownerOf(name);
	if (owner === null) return;
	session.note(`The name says whose it is: policies of tenant ${printable(owner)} alone may name it.\n`);
	const tenant = await session.call("tenants.get", { parameters: { tenant: owner } });
	if (!tenant.ok && tenant.error.kind === "refused" && tenant.error.status === 404)
		session.note(
			`There is no tenant ${printable(owner)} (warning): an origin for all tenants has a name without a dot.\n`,
		);
}
