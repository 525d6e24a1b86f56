import type { Command } from "commander";
import { MOST_RECENT_REQUESTS } from "../../core/ledger/recent-requests.ts";
import { describeRequest, describeRequests } from "./describe-requests.ts";
import { adminCommand, tenantCommand, withSession } from "./session.ts";

interface ListOptions {
	readonly cascade?: string;
	readonly limit?: string;
	readonly before?: string;
}

/** `cascade requests` and `cascade requests show ID`. */
export function registerRequestCommands(program: Command): void {
	const requests = tenantCommand(
		program,
		"requests",
		`the last ${MOST_RECENT_REQUESTS} requests of at most a day: who answered, why, what it cost`,
	)
		.option("--cascade <name>", "of this cascade alone")
		.option("--limit <count>", "items of the page, at most 200")
		.option("--before <place>", "the page after one that ended with this place")
		.action(
			withSession<ListOptions>((session, { cascade, limit, before }) => {
				const query = {
					...(cascade === undefined ? {} : { cascade }),
					...(limit === undefined ? {} : { limit }),
					...(before === undefined ? {} : { before }),
				};
				return session.show("requests.list", { parameters: { tenant: session.tenant() }, query }, describeRequests);
			}),
		);
	adminCommand(requests, "show", "one of them as a time line: every stage considered, every call made")
		.argument("<id>", "the x-request-id of its answer")
		.option("--item <number>", "which text of a batch, from 0")
		.action(
			withSession<{ item?: string }>((session, { item }, [requestId = ""]) =>
				session.show(
					"requests.get",
					{ parameters: { tenant: session.tenant(), requestId }, query: item === undefined ? {} : { item } },
					describeRequest,
				),
			),
		);
}
