import type { Command } from "commander";
import { ok } from "../../core/result.ts";
import { describeChanges } from "./describe-changes.ts";
import { editPolicy } from "./edit-policy.ts";
import { parseDocument, readDocument, writtenDocument } from "./read-document.ts";
import { adminCommand, tenantCommand, withSession, type ExitCode, type Session } from "./session.ts";
import { printable } from "./show-values.ts";
import { currentPolicy, isMissingPolicy, writePolicy, type PolicyWrite } from "./write-policy.ts";

interface WriteOptions {
	readonly ifMatch?: string;
	readonly reason?: string;
}

/** `cascade policy get|set|patch|validate|edit|diff`; `policy` is the command that they are added to. */
export function registerPolicyCommands(policy: Command): void {
	tenantCommand(policy, "get", "print the current policy as a document; its revision is told beside it").action(
		withSession(async (session) => {
			const answer = await session.call("policy.get", { parameters: { tenant: session.tenant() } });
			if (!answer.ok) {
				const isMissing = isMissingPolicy(answer.error);
				session.refuse(answer.error);
				return session.complain(isMissing ? "`cascade policy set` writes the first.\n" : "");
			}
			session.note(`Revision ${answer.value.revision}\n`);
			session.print(answer.value, writtenDocument);
			return 0;
		}),
	);
	writing(adminCommand(policy, "set", "make a policy the current one"))
		.argument("<file>", "a JSON file, or - for standard input")
		.action(withSession<WriteOptions>((session, options, [file = ""]) => write(session, "policy.put", file, options)));
	writing(adminCommand(policy, "patch", "change fields of the current policy: a JSON Merge Patch, RFC 7396"))
		.argument("<patch>", "a JSON file, - for standard input, or the patch itself: '{\"cascades\": …}'")
		.action(
			withSession<WriteOptions>((session, options, [patch = ""]) => write(session, "policy.patch", patch, options)),
		);
	adminCommand(policy, "validate", "let the Worker check a policy without saving it; 1 where it is not valid")
		.argument("<file>", "a JSON file, or - for standard input")
		.action(withSession((session, _, [file = ""]) => validate(session, file, () => "The policy is valid.\n")));
	tenantCommand(policy, "edit", "edit the current policy in $VISUAL or $EDITOR, check it, and save it")
		.option("--yes", "save without asking")
		.option("--reason <text>", "why; kept with the revision")
		.action(withSession(editPolicy));
	adminCommand(policy, "diff", "what a file would change, or what differs between two revisions")
		.argument("[file]", "a JSON file, or - for standard input; without it, --from")
		.option("--from <revision>", "the revision that is compared")
		.option("--to <revision>", "the one it is compared with; default: the current one")
		.action(withSession(diff));
}

function writing(command: Command): Command {
	return command
		.option("--if-match <revision>", "the revision that you changed, or none; default: whichever is current now")
		.option("--reason <text>", "why; kept with the revision");
}

async function write(
	session: Session,
	operation: PolicyWrite["operation"],
	source: string,
	{ ifMatch, reason }: WriteOptions,
): Promise<ExitCode> {
	const tenant = session.tenant();
	const given = seenBy(session, ifMatch);
	const isInline = operation === "policy.patch" && source.trimStart().startsWith("{");
	const document = isInline ? parseDocument(source, "the patch") : readDocument(source);
	if (!document.ok) return session.complain(document.error);
	const current = given === undefined ? await currentPolicy(session, tenant) : ok(null);
	if (!current.ok) return session.refuse(current.error);
	const seen = given ?? current.value?.revision ?? null;
	if (seen === null && operation === "policy.patch")
		return session.complain(`${printable(tenant)} has no policy to patch. \`cascade policy set\` writes the first.\n`);
	return writePolicy(session, { operation, tenant, document: document.value, seen, reason });
}

/** The revision of `--if-match`; null for `none`, undefined where it is not given. */
export function seenBy(session: Session, ifMatch: string | undefined): number | null | undefined {
	if (ifMatch === undefined) return undefined;
	if (ifMatch === "none") return null;
	const digits = /^"?([1-9]\d{0,14})"?$/u.exec(ifMatch)?.[1];
	return digits === undefined
		? session.wrongUsage(`--if-match: '${ifMatch}' is no revision, nor none`)
		: Number(digits);
}

/** Checks a file at the Worker; `describe` is told what it would change. */
async function validate(
	session: Session,
	file: string,
	describe: (changes: Parameters<typeof describeChanges>[0], revision: number | null) => string,
): Promise<ExitCode> {
	const document = readDocument(file);
	if (!document.ok) return session.complain(document.error);
	const parameters = { tenant: session.tenant() };
	const answer = await session.call("policy.validate", { parameters, body: document.value });
	if (!answer.ok) return session.refuse(answer.error);
	const { valid, problems, warnings } = answer.value.body;
	session.print(answer.value, ({ changes, revision }) => (valid ? describe(changes, revision) : ""));
	for (const { path, message } of warnings) session.note(`${printable(`${file}: ${path}: ${message} (warning)`)}\n`);
	for (const { path, message } of problems) session.note(`${printable(`${file}: ${path}: ${message}`)}\n`);
	return valid ? 0 : 1;
}

async function diff(
	session: Session,
	{ from, to }: { readonly from?: string; readonly to?: string },
	[file]: readonly (string | undefined)[],
): Promise<ExitCode> {
	if (file !== undefined && (from ?? to) !== undefined)
		return session.wrongUsage("give a file, or --from and --to, not both");
	if (file !== undefined)
		return validate(session, file, (changes, revision) =>
			changes.length === 0 ? `The same as revision ${revision}.\n` : describeChanges(changes, ""),
		);
	if (from === undefined) return session.wrongUsage("give a file that is compared with the current policy, or --from");
	const query = { from, ...(to === undefined ? {} : { to }) };
	return session.show("revisions.diff", { parameters: { tenant: session.tenant() }, query }, (answer) =>
		answer.changes.length === 0
			? `Revisions ${answer.from} and ${answer.to} are the same policy.\n`
			: describeChanges(answer.changes, ""),
	);
}
