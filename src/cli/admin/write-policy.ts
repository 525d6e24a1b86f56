import type { JsonObject } from "../../core/json.ts";
import type { AdminAnswer, AdminFailure } from "./admin-client.ts";
import type { ExitCode, Session } from "./session.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { printable, showMoment } from "./show-values.ts";
import type { AdminReply } from "../../admin/client-types.ts";

/** The current policy and its revision. */
export interface CurrentPolicy {
	readonly document: JsonObject;
	readonly revision: number;
}

/** What is current at the moment; null before the first policy. */
export async function currentPolicy(
	session: Session,
	tenant: string,
): Promise<Result<CurrentPolicy | null, AdminFailure>> {
	const current = await session.call("policy.get", { parameters: { tenant } });
	if (current.ok) {
		const { body: document, revision } = current.value;
		return revision === null
			? err({ kind: "not-the-api", url: session.connection.url, status: 200, location: null })
			: ok({ document, revision });
	}
	return isMissingPolicy(current.error) ? ok(null) : current;
}

/** Whether the tenant is there, and has no policy yet. */
export function isMissingPolicy(failure: AdminFailure): boolean {
	return failure.kind === "refused" && failure.status === 404 && failure.body.error.code === "not_found";
}

/** A change of the policy, made to the revision `seen`; null: to none. */
export interface PolicyWrite {
	readonly operation: "policy.put" | "policy.patch";
	readonly tenant: string;
	readonly document: JsonObject;
	readonly seen: number | null;
	readonly reason: string | undefined;
}

/** Writes, and says what came of it; where somebody was faster, who changed what and how to go on. */
export async function writePolicy(session: Session, write: PolicyWrite): Promise<ExitCode> {
	const { operation, tenant, document, seen, reason } = write;
	const query = reason === undefined ? {} : { reason };
	const written = await session.call(operation, { parameters: { tenant }, query, body: document, seen });
	if (written.ok) return printWritten(session, written.value);
	const { error } = written;
	if (error.kind !== "refused" || error.status !== 412) return session.refuse(error);
	if (session.json) process.stdout.write(`${error.text}\n`);
	return session.complain(await explainConflict(session, write, error.body.current ?? 0));
}

/** What a write answers with. */
export function printWritten(session: Session, answer: AdminAnswer<AdminReply<"policy.put">>): 0 {
	session.print(answer, ({ revision, changed }) =>
		changed
			? `Revision ${revision} is current, everywhere within about a minute and a half.\n`
			: `Nothing changed: revision ${revision} is the same policy.\n`,
	);
	return 0;
}

/** Most lines of what happened meanwhile. */
const MOST_MISSED = 10;

async function explainConflict(session: Session, write: PolicyWrite, current: number): Promise<string> {
	const { tenant, seen } = write;
	if (current === 0)
		return `Nothing was written: ${printable(tenant)} has no policy yet. \`cascade policy set\` writes the first.\n`;
	const meant = seen === null ? "it was to be the first policy" : `the change was made to revision ${seen}`;
	const revisions = await session.call("revisions.list", {
		parameters: { tenant },
		query: { limit: String(MOST_MISSED) },
	});
	const missed = revisions.ok ? revisions.value.body.items.filter(({ revision }) => revision > (seen ?? 0)) : [];
	const lines = missed.map(
		({ revision, at, author, reason, cause }) =>
			`  ${revision}  ${showMoment(at)}  ${cause} by ${printable(author.name)}${reason === "" ? "" : `: ${printable(reason)}`}\n`,
	);
	const look =
		seen === null || seen > current
			? `cascade policy get --tenant ${tenant}`
			: `cascade policy diff --tenant ${tenant} --from ${seen} --to ${current}`;
	return (
		`Nothing was written: ${meant}, and the current revision is ${current}.\n${lines.join("")}` +
		`See what changed:   ${look}\nThen, if yours still holds, run this again with --if-match ${current}\n`
	);
}
