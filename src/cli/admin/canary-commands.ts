import type { Command } from "commander";
import type { AdminReply, PolicyDocument } from "../../admin/client-types.ts";
import { ok } from "../../core/result.ts";
import { describeCanaryFigures } from "./describe-canary-figures.ts";
import { seenBy } from "./policy-commands.ts";
import { readDocument } from "./read-document.ts";
import { adminCommand, tenantCommand, withSession, type ExitCode, type Session } from "./session.ts";
import { printable, showMoment, showSetShare } from "./show-values.ts";
import { currentPolicy, printWritten } from "./write-policy.ts";

/** `cascade canary …`. */
export function registerCanaryCommands(program: Command): void {
	const canary = program.command("canary").description("a share of requests on another revision of the policy");
	adminCommand(canary, "start", "try a policy on a share of requests, in place of a canary that ran before")
		.argument(
			"<policy>",
			"the number of a revision, or a JSON file with a policy that was never current; - for standard input",
		)
		.requiredOption("--share <share>", "of requests: 5% or 0.05")
		.option("--if-match <revision>", "only where this is the current revision; of a file, the one it was made from")
		.option("--reason <text>", "why; kept in the audit trail", "")
		.action(withSession<StartOptions>(startCanary));
	tenantCommand(
		canary,
		"show",
		"the canary, and its figures beside the current policy's, of requests since it began",
	).action(withSession(showCanary));
	tenantCommand(canary, "promote", "make the canary's policy the current one, as a new revision")
		.option("--reason <text>", "why; kept with the revision", "")
		.action(
			withSession<{ reason: string }>(async (session, { reason }) => {
				const parameters = { tenant: session.tenant() };
				const answer = await session.call("canary.promote", { parameters, body: { reason } });
				return answer.ok ? printWritten(session, answer.value) : session.refuse(answer.error);
			}),
		);
	tenantCommand(canary, "drop", "put every request on the current revision again")
		.option("--reason <text>", "why; kept in the audit trail", "")
		.action(
			withSession<{ reason: string }>((session, { reason }) =>
				session.show(
					"canary.delete",
					{ parameters: { tenant: session.tenant() }, query: { reason } },
					({ revision }) => `Every request is on revision ${revision}, everywhere within about a minute and a half.\n`,
				),
			),
		);
}

interface StartOptions {
	readonly share: string;
	readonly ifMatch?: string;
	readonly reason: string;
}

async function startCanary(
	session: Session,
	{ share: shareText, ifMatch, reason }: StartOptions,
	[policy = ""]: readonly (string | undefined)[],
): Promise<ExitCode> {
	const share = readShare(session, shareText);
	const given = seenBy(session, ifMatch);
	if (given === null) return session.wrongUsage("--if-match: a canary is tried against a policy that is there");
	const parameters = { tenant: session.tenant() };
	if (/^[1-9]\d{0,14}$/u.test(policy)) {
		const body = { revision: Number(policy), share, reason };
		return session.show(
			"canary.put",
			{ parameters, body, ...(given === undefined ? {} : { seen: given }) },
			describeCanary,
		);
	}
	const document = readDocument(policy);
	if (!document.ok) return session.complain(document.error);
	const current = given === undefined ? await currentPolicy(session, parameters.tenant) : ok({ revision: given });
	if (!current.ok) return session.refuse(current.error);
	if (current.value === null)
		return session.complain(
			`${printable(parameters.tenant)} has no policy to try it against. \`cascade policy set\` writes the first.\n`,
		);
	// The Worker checks it, as any policy that is sent.
	const body = { policy: document.value as PolicyDocument, share, reason };
	return session.show(
		"canary.put",
		{ parameters, body, seen: current.value.revision },
		(canary) => `${describeCanary(canary)}The policy in force stays, as revision ${canary.revision + 1}.\n`,
	);
}

/** A share above 0 and below 1. */
function readShare(session: Session, text: string): number {
	const [, digits, percent] = /^(\d*\.?\d+)(%?)$/u.exec(text) ?? [];
	// 7% is 0.07, and not the nearest that a division gives.
	const share = Number((Number(digits) / (percent === "%" ? 100 : 1)).toPrecision(12));
	return share > 0 && share < 1
		? share
		: session.wrongUsage(`--share: '${text}' is no share above 0 and below 1, such as 5%`);
}

function showCanary(session: Session): Promise<ExitCode> {
	return session.show(
		"canary.get",
		{ parameters: { tenant: session.tenant() } },
		(canary) => describeCanary(canary) + describeCanaryFigures(canary.figures, canary.revision),
	);
}

function describeCanary({ revision, share, since, author }: AdminReply<"canary.put">): string {
	return `Revision ${revision} serves ${showSetShare(share)} of requests since ${showMoment(since)} (${author.name}).\n`;
}
