import type { Command } from "commander";
import type { AdminReply } from "../../admin/client-types.ts";
import { moreOf, numberedPage, withNumberedPages, type PageOptions } from "./paging.ts";
import { tenantCommand, withSession } from "./session.ts";
import { showMoment } from "./show-values.ts";
import { textTable } from "./text-table.ts";

/** `cascade audit`: a tenant's trail where one is named, the registry's otherwise. */
export function registerAuditCommand(program: Command): void {
	withNumberedPages(
		tenantCommand(program, "audit", "who did what to a tenant; without one: to tenants, origins, operators' keys"),
	)
		.option("--registry", "the registry's trail, also where $CASCADE_TENANT names a tenant")
		.action(
			withSession<PageOptions & { registry?: boolean }>((session, options) => {
				const tenant = options.registry === true ? undefined : session.tenantIfNamed();
				const query = numberedPage(options);
				return tenant === undefined
					? session.show("registry-audit.list", { query }, auditTable)
					: session.show("audit.list", { parameters: { tenant }, query }, auditTable);
			}),
		);
}

function auditTable({ items, next }: AdminReply<"audit.list">): string {
	if (items.length === 0) return "Nothing on record.\n";
	const columns = [
		{ heading: "entry", right: true },
		...["time", "who", "act", "outcome", "detail"].map((heading) => ({ heading })),
	];
	const rows = items.map(({ sequence, at, actor, act, outcome, detail }) => [
		String(sequence),
		showMoment(at),
		`${actor.name} (${actor.kind})`,
		act,
		outcome,
		Object.entries(detail)
			.map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
			.join(" "),
	]);
	return textTable(columns, rows) + moreOf(next);
}
