import type { Command } from "commander";
import type { AdminReply } from "../../admin/client-types.ts";
import { describeCanaryFigures } from "./describe-canary-figures.ts";
import { adminCommand, tenantCommand, withSession, type ExitCode, type Session } from "./session.ts";
import { showMoment } from "./show-values.ts";
import { printWritten } from "./write-policy.ts";

/** `cascade canary …`. */
export function registerCanaryCommands(program: Command): void {
	const canary = program.command("canary").description("a share of requests on another revision of the policy");
	adminCommand(canary, "start", "put a share of requests on another revision, in place of one that ran before")
		.argument("<revision>", "its number")
		.requiredOption("--share <share>", "of requests: 5% or 0.05")
		.option("--reason <text>", "why; kept in the audit trail", "")
		.action(
			withSession<{ share: string; reason: string }>((session, { share, reason }, [revision = ""]) => {
				if (!/^[1-9]\d{0,14}$/u.test(revision)) return session.wrongUsage(`'${revision}' is no revision`);
				const body = { revision: Number(revision), share: readShare(session, share), reason };
				return session.show("canary.put", { parameters: { tenant: session.tenant() }, body }, describeCanary);
			}),
		);
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
	return `Revision ${revision} serves ${Number((100 * share).toPrecision(12))}% of requests since ${showMoment(since)} (${author.name}).\n`;
}
