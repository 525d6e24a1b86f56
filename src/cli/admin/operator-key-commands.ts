import type { Command } from "commander";
import { describeMade, expiry, keyState, nameOf } from "./key-commands.ts";
import { adminCommand, withSession } from "./session.ts";
import { showMoment } from "./show-values.ts";
import { textTable } from "./text-table.ts";

/** `cascade operator-key …`: the keys that this command line itself is given. */
export function registerOperatorKeyCommands(program: Command): void {
	const key = program.command("operator-key").description("operators' keys, but those deployed with the Worker");
	adminCommand(key, "create", "make an operator's key; it is shown once")
		.requiredOption("--name <text>", "whose key it is, or what for")
		.option("--expires <when>", "such as 90d, 2027-01-31 or 2027-01-31T12:00:00Z; default: never")
		.action(
			withSession<{ name: string; expires?: string }>((session, { name, expires }) =>
				session.show("operator-keys.create", { body: { name, ...expiry(session, expires) } }, (made) =>
					describeMade(made, "It works at once, for every tenant and origin."),
				),
			),
		);
	adminCommand(key, "list", "list the keys, revoked and expired ones too").action(
		withSession((session) => {
			const now = Date.now();
			return session.show("operator-keys.list", {}, ({ items }) => {
				const columns = ["id", "name", "key", "created", "state"].map((heading) => ({ heading }));
				const rows = items.map((item) => [
					item.id,
					item.name,
					`${item.prefix}…${item.lastFour}`,
					showMoment(item.createdAt),
					keyState(item, now),
				]);
				return items.length === 0 ? "No keys but those deployed with the Worker.\n" : textTable(columns, rows);
			});
		}),
	);
	adminCommand(key, "revoke", "revoke an operator's key for good, at once")
		.argument("<id>", "of the list")
		.action(
			withSession((session, _, [id = ""]) =>
				session.show("operator-keys.revoke", { parameters: { id } }, (revoked) => `${nameOf(revoked)} is revoked.\n`),
			),
		);
}
