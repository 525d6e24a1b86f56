import { Option, type Command } from "commander";
import { readMoment } from "./read-moment.ts";
import { tenantCommand, withSession, type Session } from "./session.ts";
import { describeUsage } from "./usage-summary.ts";

interface UsageOptions {
	readonly from: string;
	readonly to?: string;
	readonly by: "hour" | "day";
}

/** `cascade usage`. */
export function registerUsageCommand(program: Command): void {
	tenantCommand(program, "usage", "requests, escalation, cost, savings and latency by hour or day")
		.option("--from <when>", "how long ago, such as 24h or 30d, or a time such as 2026-11-01", "7d")
		.option("--to <when>", "the same; default: now")
		.addOption(new Option("--by <unit>", "what a row is of").choices(["hour", "day"]).default("day"))
		.action(
			withSession<UsageOptions>((session, { from, to, by }) => {
				const now = Date.now();
				const query = { from: timeOf(session, "--from", from, now), to: timeOf(session, "--to", to ?? "0", now), by };
				return session.show("usage.get", { parameters: { tenant: session.tenant() }, query }, describeUsage);
			}),
		);
}

function timeOf(session: Session, option: string, text: string, now: number): string {
	const at =
		readMoment(text, now, -1) ?? session.wrongUsage(`${option}: '${text}' is no time, such as 30d, 24h or 2026-11-01`);
	return new Date(at).toISOString();
}
