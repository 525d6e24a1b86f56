import { useRef } from "preact/hooks";
import { err, ok } from "../../../core/result.ts";
import { pathOf, type AdminClient } from "../../api/admin-client.ts";
import type { RecentRequest, RecentRequests } from "../../api/recorded-types.ts";
import { useResource } from "../../api/use-resource.ts";

/** What has arrived since the last look: it is drawn moving, once. */
export interface Arrivals {
	/** Grows with each look. */
	readonly look: number;
	readonly requests: readonly RecentRequest[];
	/** All that the look found, newest first. */
	readonly recent: readonly RecentRequest[];
}

/** As many as can be told apart when they move. */
const MOST_DRAWN = 24;

/** The requests that each look at the recent ones finds new; the first look finds none new. */
export function useArrivals(
	admin: AdminClient,
	{ tenant, cascade }: { readonly tenant: string; readonly cascade: string },
	pollMs: number,
): Arrivals {
	const seen = useRef<{ readonly of: string; readonly ids: ReadonlySet<string>; readonly look: number } | null>(null);
	const of = `${tenant} ${cascade}`;
	const resource = useResource<Arrivals>(
		of,
		async () => {
			const path = pathOf("/tenants/{tenant}/requests", { tenant });
			const answer = await admin.send<RecentRequests>(path, { query: { cascade, limit: "50" } });
			if (!answer.ok) return err(answer.error);
			const { items } = answer.value.body;
			const before = seen.current?.of === of ? seen.current : null;
			const look = (before?.look ?? 0) + 1;
			const requests = before === null ? [] : items.filter((item) => !before.ids.has(idOf(item))).slice(0, MOST_DRAWN);
			seen.current = { of, ids: new Set(items.map(idOf)), look };
			return ok({ look, requests, recent: items });
		},
		{ pollMs },
	);
	return resource.value ?? { look: 0, requests: [], recent: [] };
}

function idOf({ requestId, item = 0 }: RecentRequest): string {
	return `${requestId} ${item}`;
}
