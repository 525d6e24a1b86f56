import { useState } from "preact/hooks";
import { ok } from "../../../core/result.ts";
import { pathOf, type AdminClient, type AdminFailure } from "../../api/admin-client.ts";
import type { RecentRequest, RecentRequests } from "../../api/recorded-types.ts";
import { useResource } from "../../api/use-resource.ts";

const PAGE = 50;
const POLL_MS = 5_000;

/** What is known of the recent requests of a cascade. */
interface Recent {
	readonly items: readonly RecentRequest[] | undefined;
	readonly failure: AdminFailure | undefined;
	readonly reload: () => void;
	readonly hasMore: boolean;
	readonly loadMore: () => void;
}

/** The newest page, asked for again every five seconds, and the pages before it that were asked for by hand. */
export function useRecentRequests(admin: AdminClient, tenant: string, cascade: string): Recent {
	const [older, setOlder] = useState<RecentRequests | null>(null);
	const [olderFailure, setOlderFailure] = useState<AdminFailure>();
	const page = (before?: string) =>
		admin.send<RecentRequests>(pathOf("/tenants/{tenant}/requests", { tenant }), {
			query: { cascade, limit: String(PAGE), before },
		});
	const newest = useResource<RecentRequests>(
		`${tenant} ${cascade}`,
		async () => {
			const answer = await page();
			return answer.ok ? ok(answer.value.body) : answer;
		},
		{ pollMs: POLL_MS },
	);
	const next = older === null ? (newest.value?.next ?? null) : older.next;
	return {
		// What moves from the newest page into an older one meanwhile must not be there twice.
		items: newest.value === undefined ? undefined : withoutRepeats([...newest.value.items, ...(older?.items ?? [])]),
		failure: newest.failure ?? olderFailure,
		reload: newest.reload,
		hasMore: next !== null,
		async loadMore() {
			if (next === null) return;
			const answer = await page(next);
			setOlderFailure(answer.ok ? undefined : answer.error);
			if (!answer.ok) return;
			const { items, next: after } = answer.value.body;
			// The newest page as it was joins the older ones, so that nothing falls between them when it moves on.
			setOlder({ items: [...(older?.items ?? newest.value?.items ?? []), ...items], next: after });
		},
	};
}

function withoutRepeats(items: readonly RecentRequest[]): readonly RecentRequest[] {
	return [...new Map(items.map((item) => [`${item.requestId} ${item.item ?? 0}`, item])).values()];
}
