import type { Command } from "commander";
import type { AdminReply } from "../../admin/client-types.ts";
import type { UsageRow } from "../../core/ledger/usage.ts";
import { adminCommand, withSession, type ExitCode, type Session } from "./session.ts";
import { showCount, showDuration, showMoment, showUsd } from "./show-values.ts";
import { textTable } from "./text-table.ts";
import { escalationShare, totalsOf } from "./usage-summary.ts";
import { printWritten } from "./write-policy.ts";

const DAY_MS = 86_400_000;
/** The API reports at most so many days. */
const MOST_DAYS = 366;

type Canary = AdminReply<"canary.get">;

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
	adminCommand(canary, "show", "the canary, and its figures beside the current revision's since it began").action(
		withSession(showCanary),
	);
	adminCommand(canary, "promote", "make the canary's policy the current one, as a new revision")
		.option("--reason <text>", "why; kept with the revision", "")
		.action(
			withSession<{ reason: string }>(async (session, { reason }) => {
				const parameters = { tenant: session.tenant() };
				const answer = await session.call("canary.promote", { parameters, body: { reason } });
				return answer.ok ? printWritten(session, answer.value) : session.refuse(answer.error);
			}),
		);
	adminCommand(canary, "drop", "put every request on the current revision again")
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

async function showCanary(session: Session): Promise<ExitCode> {
	const parameters = { tenant: session.tenant() };
	const canary = await session.call("canary.get", { parameters });
	if (!canary.ok) return session.refuse(canary.error);
	session.print(canary.value, describeCanary);
	if (session.json) return 0;
	const state = await session.call("tenants.get", { parameters });
	if (!state.ok) return session.refuse(state.error);
	const { since, revision } = canary.value.body;
	const now = Date.now();
	const query = {
		from: new Date(Math.max(since, now - MOST_DAYS * DAY_MS + 1)).toISOString(),
		// The hour that is running counts too, and clocks may differ by a little.
		to: new Date(Math.max(now, since) + 1).toISOString(),
		by: now - since > 30 * DAY_MS ? "day" : "hour",
	} as const;
	const usage = await session.call("usage.get", { parameters, query });
	if (!usage.ok) return session.refuse(usage.error);
	process.stdout.write(
		compareRevisions(usage.value.body.rows, { current: state.value.body.revision, canary: revision }),
	);
	return 0;
}

function describeCanary({ revision, share, since, author }: Canary): string {
	return `Revision ${revision} serves ${Number((100 * share).toPrecision(12))}% of requests since ${showMoment(since)} (${author.name}).\n`;
}

/** The figures of two revisions side by side, over whole hours. */
export function compareRevisions(
	rows: readonly UsageRow[],
	revisions: { readonly current: number | null; readonly canary: number },
): string {
	const columns = [
		{ heading: "" },
		...["revision", "requests", "failed", "escalated", "cost a request", "saved a request", "worst p95"].map(
			(heading) => ({
				heading,
				right: true,
			}),
		),
	];
	const lines = Object.entries(revisions).map(([name, revision]) => {
		const own = rows.filter(({ policyRevision }) => policyRevision === revision);
		const totals = totalsOf(own);
		const each = (usd: number, unknown: number) =>
			totals.requests === unknown ? "–" : showUsd(usd / (totals.requests - unknown));
		return [
			name,
			String(revision ?? "–"),
			showCount(totals.requests),
			showCount(totals.failed),
			escalationShare(totals),
			each(totals.costUsd, totals.unknownCost),
			each(totals.savedUsd, totals.unknownSaved),
			own.length === 0 ? "–" : showDuration(Math.max(...own.map(({ latency }) => latency.p95))),
		];
	});
	return textTable(columns, lines);
}
