import type { AdminReply } from "../../admin/client-types.ts";
import { ok, type Result } from "../../core/result.ts";
import type { AdminFailure } from "./admin-client.ts";
import type { Session } from "./session.ts";

/** The most items that the API gives at once. */
const PAGE_SIZE = "200";

/** All tenants or all origins, whatever the number of pages. */
export async function allItems<Operation extends "tenants.list" | "origins.list">(
	session: Session,
	operation: Operation,
): Promise<Result<readonly AdminReply<Operation>["items"][number][], AdminFailure>> {
	const items: AdminReply<Operation>["items"][number][] = [];
	let after: string | null = null;
	do {
		const query: { limit: string; after?: string } =
			after === null ? { limit: PAGE_SIZE } : { limit: PAGE_SIZE, after };
		const page: Awaited<ReturnType<typeof session.call<"tenants.list" | "origins.list">>> = await session.call<
			"tenants.list" | "origins.list"
		>(operation, { query });
		if (!page.ok) return page;
		items.push(...page.value.body.items);
		after = page.value.body.next;
	} while (after !== null);
	return ok(items);
}
