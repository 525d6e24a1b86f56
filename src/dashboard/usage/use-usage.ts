import { ok } from "../../core/result.ts";
import type { AdminClient } from "../api/admin-client.ts";
import type { UsageRow } from "../api/recorded-types.ts";
import { useResource, type Resource } from "../api/use-resource.ts";
import { startsOf, usageQueryOf, type Period } from "./period.ts";

/** A period's usage of one cascade. */
export interface CascadeUsage {
	readonly rows: readonly UsageRow[];
	/** When the period's hours or days begin. */
	readonly starts: readonly number[];
	/** When it was asked for. */
	readonly at: number;
}

/** The usage of a cascade in a period that ends now, asked for again every `pollMs`. */
export function useUsage(
	admin: AdminClient,
	{ tenant, cascade, period }: { readonly tenant: string; readonly cascade: string; readonly period: Period },
	options: { readonly pollMs?: number } = {},
): Resource<CascadeUsage> {
	return useResource<CascadeUsage>(
		`${tenant} ${cascade} ${period.name}`,
		async () => {
			const at = Date.now();
			const answer = await admin.call("usage.get", { parameters: { tenant }, query: usageQueryOf(period, at) });
			if (!answer.ok) return answer;
			const rows = answer.value.body.rows.filter((row) => row.cascade === cascade);
			return ok({ rows, starts: startsOf(period, at), at });
		},
		options,
	);
}
