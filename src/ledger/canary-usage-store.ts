import type { RevisionTotals } from "../core/ledger/canary-figures.ts";
import type { AuditCost } from "../core/ledger/audit-cost.ts";
import { sumUsage, usageOf, usageOfAudit, type UsageTotals } from "../core/ledger/usage-totals.ts";
import type { Observation } from "../core/observation.ts";

type Row = { readonly revision: number; readonly cascade: string; readonly totals: string };

/**
 * What every revision has served since the canary began, apart from the usage, whose hours begin before it. Empty where
 * no canary runs: it is cleared when one begins, by another share too, and when it ends.
 */
export interface CanaryUsageStore {
	/**
	 * From when on requests of a canary count, in milliseconds since the Unix epoch: from its beginning, or from when its
	 * ledger was given this table, since what came before is in the usage alone.
	 */
	readonly countedSince: (canary: { readonly since: number }) => number;
	/**
	 * Adds those that arrived since; to be called in the transaction that puts them on record as counted, with those that
	 * are new. Writes a row for each revision and cascade among them. Embeddings are left out: no canary serves them. So are
	 * requests on the canary's revision that did not fall to its share: it was the current one to the isolate that served
	 * them, whose requests are not drawn as the canary's are.
	 */
	readonly add: (
		observations: readonly Observation[],
		canary: { readonly since: number; readonly revision: number },
		audits?: readonly AuditCost[],
	) => void;
	readonly read: () => readonly RevisionTotals[];
	readonly clear: () => void;
}

/** The canary's usage in SQL; the database must hold the tables of `USAGE_MIGRATIONS` by the first call. */
export function createCanaryUsageStore(sql: SqlStorage): CanaryUsageStore {
	const countedSince: CanaryUsageStore["countedSince"] = ({ since }) => {
		const [migrated] = sql
			.exec<{ at: number }>("SELECT at FROM migrations WHERE component = 'usage' AND version = 2")
			.toArray();
		return Math.max(since, migrated?.at ?? since);
	};
	const addTo = (revision: number, cascade: string, parts: readonly UsageTotals[]) => {
		const [stored] = sql
			.exec<Pick<Row, "totals">>(
				"SELECT totals FROM canary_usage WHERE revision = ? AND cascade = ?",
				revision,
				cascade,
			)
			.toArray();
		const totals = sumUsage(stored === undefined ? parts : [readTotals(stored.totals), ...parts]);
		sql.exec(
			"INSERT INTO canary_usage (revision, cascade, totals) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET totals = excluded.totals",
			revision,
			cascade,
			JSON.stringify(totals),
		);
	};
	return {
		countedSince,
		add(observations, canary, audits = []) {
			const since = countedSince(canary);
			const counted = [
				...observations
					.filter(
						({ endpoint, policyRevision, canary: isCanary }) =>
							endpoint !== "embeddings" && (policyRevision !== canary.revision || isCanary === true),
					)
					.map((observation) => ({ ...observation, totals: usageOf(observation) })),
				...audits
					// Of one whose revision is not known it cannot be said which side it belongs to.
					.filter(({ policyRevision }) => policyRevision > 0)
					.map((audit) => ({ ...audit, totals: usageOfAudit(audit) })),
			].filter(({ at }) => at >= since);
			for (const [revision, ofRevision] of Map.groupBy(counted, ({ policyRevision }) => policyRevision)) {
				for (const [cascade, own] of Map.groupBy(ofRevision, (each) => each.cascade)) {
					addTo(
						revision,
						cascade,
						own.map(({ totals }) => totals),
					);
				}
			}
		},
		read: () =>
			sql
				.exec<Row>("SELECT revision, cascade, totals FROM canary_usage")
				.toArray()
				.map(({ totals, ...row }) => ({ ...row, totals: readTotals(totals) })),
		clear() {
			sql.exec("DELETE FROM canary_usage");
		},
	};
}

function readTotals(text: string): UsageTotals {
	return JSON.parse(text) as UsageTotals;
}
