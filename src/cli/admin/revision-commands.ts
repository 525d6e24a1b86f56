import type { Command } from "commander";
import { moreOf, numberedPage, withNumberedPages, type PageOptions } from "./paging.ts";
import { seenBy } from "./policy-commands.ts";
import { writtenDocument } from "./read-document.ts";
import { adminCommand, tenantCommand, withSession } from "./session.ts";
import { printable, showMoment } from "./show-values.ts";
import { textTable } from "./text-table.ts";
import { printWritten } from "./write-policy.ts";

/** `cascade policy history|show|rollback`; `policy` is the command that they are added to. */
export function registerRevisionCommands(policy: Command): void {
	withNumberedPages(tenantCommand(policy, "history", "the policy's revisions, newest first")).action(
		withSession<PageOptions>((session, options) =>
			session.show(
				"revisions.list",
				{ parameters: { tenant: session.tenant() }, query: numberedPage(options) },
				({ items, next }) => {
					const columns = [
						{ heading: "revision", right: true },
						...["time", "by", "how", "why"].map((heading) => ({ heading })),
					];
					const rows = items.map(({ revision, at, author, cause, reason }) => [
						String(revision),
						showMoment(at),
						author.name,
						cause,
						reason,
					]);
					return items.length === 0 ? "No policy yet.\n" : textTable(columns, rows) + moreOf(next);
				},
			),
		),
	);
	adminCommand(policy, "show", "print the policy as it was at a revision")
		.argument("<revision>", "its number")
		.action(
			withSession(async (session, _, [revision = ""]) => {
				const parameters = { tenant: session.tenant(), revision };
				const answer = await session.call("revisions.get", { parameters });
				if (!answer.ok) return session.refuse(answer.error);
				const { at, author, cause, reason } = answer.value.body;
				session.note(
					printable(
						`Revision ${revision}, ${showMoment(at)}, ${cause} by ${author.name}${reason === "" ? "" : `: ${reason}`}`,
					) + "\n",
				);
				session.print(answer.value, ({ document }) => writtenDocument(document));
				return 0;
			}),
		);
	adminCommand(policy, "rollback", "make an earlier policy the current one again, as a new revision")
		.argument("<revision>", "its number")
		.option("--if-match <revision>", "only where this is the current revision")
		.option("--reason <text>", "why; kept with the revision", "")
		.action(
			withSession<{ ifMatch?: string; reason: string }>(async (session, { ifMatch, reason }, [revision = ""]) => {
				const tenant = session.tenant();
				if (!/^[1-9]\d{0,14}$/u.test(revision)) return session.wrongUsage(`'${revision}' is no revision`);
				const seen = seenBy(session, ifMatch);
				const answer = await session.call("policy.rollback", {
					parameters: { tenant },
					body: { revision: Number(revision), reason },
					...(seen === undefined ? {} : { seen }),
				});
				return answer.ok ? printWritten(session, answer.value) : session.refuse(answer.error);
			}),
		);
}
