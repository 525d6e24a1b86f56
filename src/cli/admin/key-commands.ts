import type { Command } from "commander";
import type { AdminReply } from "../../admin/client-types.ts";
import { createKey } from "../create-key.ts";
import { readDuration, readMoment } from "./read-moment.ts";
import { adminCommand, Session, tenantCommand, withSession } from "./session.ts";
import { printable, showMoment } from "./show-values.ts";
import { textTable } from "./text-table.ts";

type Key = AdminReply<"keys.list">["items"][number];

/** `cascade key …`. */
export function registerKeyCommands(program: Command): void {
	const key = program.command("key").description("a tenant's API keys");
	tenantCommand(key, "create", "make a key; it is shown once")
		.option("--name <text>", "what the key is for")
		.option("--scope <scope...>", "what it may do: inference, read, admin", ["inference"])
		.option("--expires <when>", "such as 90d, 2027-01-31 or 2027-01-31T12:00:00Z; default: never")
		.option("--offline", "ask no API: make the key here, and print the command that publishes its hash")
		.action(async (argument: string | undefined, options: CreateOptions, command: Command) => {
			process.exitCode = await create(argument, options, command);
		});
	tenantCommand(key, "list", "list the keys, revoked and expired ones too").action(
		withSession((session) => {
			const now = Date.now();
			return session.show("keys.list", { parameters: { tenant: session.tenant() } }, ({ items }) =>
				items.length === 0 ? "No keys.\n" : keyTable(items, now),
			);
		}),
	);
	adminCommand(key, "rotate", "make a key in another one's place, which goes on working for a while")
		.argument("<id>", "of the list")
		.option("--overlap <duration>", "how long the old key goes on working: 1h, 7d; 0 after a leak", "1h")
		.option("--expires <when>", "of the new key, such as 90d, or never; needed where the old one expires")
		.action(
			withSession<{ overlap: string; expires?: string }>((session, { overlap, expires }, [id = ""]) => {
				const overlapMs =
					readDuration(overlap) ?? session.wrongUsage(`--overlap: '${overlap}' is no duration, such as 1h or 7d`);
				const body = { overlapSeconds: overlapMs / 1_000, ...expiry(session, expires) };
				return session.show("keys.rotate", { parameters: { tenant: session.tenant(), id }, body }, (made) =>
					describeMade(
						made,
						`The old one, ${printable(id)}, works until ${showMoment(made.createdAt + overlapMs)} at most.`,
					),
				);
			}),
		);
	adminCommand(key, "revoke", "revoke a key for good")
		.argument("<id>", "of the list")
		.action(
			withSession((session, _, [id = ""]) =>
				session.show(
					"keys.revoke",
					{ parameters: { tenant: session.tenant(), id } },
					(revoked) => `${nameOf(revoked)} is revoked, everywhere within about a minute and a half.\n`,
				),
			),
		);
}

interface CreateOptions {
	readonly name?: string;
	readonly scope: string[];
	readonly expires?: string;
	readonly offline?: boolean;
	readonly tenant?: string;
}

async function create(argument: string | undefined, options: CreateOptions, command: Command): Promise<0 | 1> {
	const { name, scope, expires, offline = false } = options;
	if (offline) {
		const tenant = argument ?? options.tenant ?? command.error("error: no tenant is named");
		return createKey(tenant, scope);
	}
	const session = new Session(command);
	const tenant = session.tenant();
	if (name === undefined) return session.wrongUsage("--name: say what the key is for");
	const scopes = scope.filter((each): each is Key["scopes"][number] => /^(?:inference|read|admin)$/u.test(each));
	const unknown = scope.find((each) => !scopes.some((known) => known === each));
	if (unknown !== undefined) session.wrongUsage(`--scope: '${unknown}' is none of inference, read, admin`);
	const body = { name, scopes, ...expiry(session, expires) };
	return session.show("keys.create", { parameters: { tenant }, body }, (made) =>
		describeMade(made, "It works everywhere within about a minute."),
	);
}

/** What an option `--expires` puts into a body; null is `never`. */
export function expiry(session: Session, expires: string | undefined): { expiresAt?: number | null } {
	if (expires === undefined) return {};
	if (expires === "never") return { expiresAt: null };
	const at = readMoment(expires, Date.now(), 1);
	return {
		expiresAt: at ?? session.wrongUsage(`--expires: '${expires}' is no time, such as 90d or 2027-01-31, nor never`),
	};
}

/** A key that was made: the key alone on its line, so that it can be taken from there. */
export function describeMade(made: { key: string; id: string; expiresAt: number | null }, more: string): string {
	const until = made.expiresAt === null ? "It does not expire" : `It expires at ${showMoment(made.expiresAt)}`;
	return `${made.key}\n\nKeep it: it is not shown again. ${until}; its id is ${printable(made.id)}.\n${more}\n`;
}

/** `CI (k_1, ec_live_abcd…wxyz)`. */
export function nameOf({ id, name, prefix, lastFour }: Pick<Key, "id" | "name" | "prefix" | "lastFour">): string {
	return printable(`${name} (${id}, ${prefix}…${lastFour})`);
}

/** What has become of a key by now. */
export function keyState({ revokedAt, expiresAt }: Pick<Key, "revokedAt" | "expiresAt">, now: number): string {
	if (revokedAt !== null) return `revoked ${showMoment(revokedAt)}`;
	if (expiresAt === null) return "works";
	return expiresAt > now ? `works until ${showMoment(expiresAt)}` : `expired ${showMoment(expiresAt)}`;
}

function keyTable(keys: readonly Key[], now: number): string {
	return textTable(
		[
			{ heading: "id" },
			{ heading: "name" },
			{ heading: "key" },
			{ heading: "scopes" },
			{ heading: "created" },
			{ heading: "state" },
		],
		keys.map((key) => [
			key.id,
			key.name,
			`${key.prefix}…${key.lastFour}`,
			key.scopes.join(", "),
			showMoment(key.createdAt),
			keyState(key, now),
		]),
	);
}
