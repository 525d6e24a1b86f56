import type { AuditCost } from "../core/ledger/audit-cost.ts";
import { metricsOf } from "../core/metrics/request-metrics.ts";
import type { Observation } from "../core/observation.ts";
import { createFeedbackStore, FEEDBACK_MIGRATIONS, type FeedbackStore } from "./feedback-store.ts";
import type { LedgerBindings, LedgerRuntime } from "./ledger-runtime.ts";
import { createMetricReporter } from "./metric-reporter.ts";
import { createMetricTotalsStore, METRIC_TOTALS_MIGRATIONS } from "./metric-totals-store.ts";
import { createRecentRequests, RECENT_REQUEST_MIGRATIONS, type RecentRequestStore } from "./recent-request-store.ts";
import { migrate } from "./sql-migrations.ts";
import type { TenantStores } from "./tenant-stores.ts";
import { createUsageStore, USAGE_MIGRATIONS, type UsageStore } from "./usage-store.ts";

/**
 * What a tenant's requests have come to: its usage, its canary's, its part of the metrics, the last ones, and what clients said
 * of it.
 */
export interface TenantActivity {
	readonly usage: UsageStore;
	readonly recent: RecentRequestStore;
	readonly feedback: FeedbackStore;
	/** Brings the tables to the last version; to be called before anything else. */
	readonly open: () => void;
	/** Adds observations and the cost of audits, each once. Those of a former tenant of the name are dropped, those too old logged. */
	readonly record: (
		tenant: { readonly tenant: string; readonly createdAt: number },
		observations: readonly Observation[],
		audits: readonly AuditCost[],
	) => { readonly added: number };
}

/** The activity over one database. */
export function createTenantActivity(
	ctx: Pick<DurableObjectState, "storage" | "waitUntil">,
	bindings: LedgerBindings,
	stores: Pick<TenantStores, "canary" | "canaryUsage">,
	{ now, logFault, quotas }: Pick<LedgerRuntime, "now" | "logFault" | "quotas">,
): TenantActivity {
	const { storage } = ctx;
	const usage = createUsageStore(storage, quotas.databaseBytes);
	const recent = createRecentRequests(storage.sql);
	const totals = createMetricTotalsStore(storage.sql);
	const metrics = createMetricReporter({
		shards: bindings.METRIC_SHARD,
		waitUntil: (promise) => ctx.waitUntil(promise),
		logFault,
	});
	return {
		usage,
		recent,
		feedback: createFeedbackStore(storage, usage.subjectOf),
		open() {
			migrate(storage, USAGE_MIGRATIONS, { component: "usage", now });
			migrate(storage, FEEDBACK_MIGRATIONS, { component: "feedback", now });
			migrate(storage, RECENT_REQUEST_MIGRATIONS, { component: "recent_requests", now });
			migrate(storage, METRIC_TOTALS_MIGRATIONS, { component: "metrics", now });
		},
		record({ tenant, createdAt }, observations, audits) {
			const isOwn = ({ at }: { readonly at: number }) => at >= createdAt;
			const canary = stores.canary.read();
			const { added, tooOld, forgotten } = usage.record(
				observations.filter(isOwn),
				now(),
				(counted, countedAudits) => {
					recent.add(counted, now());
					if (canary !== null) stores.canaryUsage.add(counted, canary, countedAudits);
					if (metrics.isOn && counted.length + countedAudits.length > 0) totals.add(metricsOf(counted, countedAudits));
				},
				audits.filter(isOwn),
			);
			if (tooOld > 0) logFault("observations-too-old", { count: tooOld });
			if (forgotten !== null) logFault("identities-forgotten", { ...forgotten });
			const known = metrics.isOn ? totals.read() : null;
			// Also where nothing was new: the report of what is counted may have been lost.
			if (known !== null) metrics.report(tenant, { source: `tenant/${tenant}`, since: createdAt, ...known });
			return { added };
		},
	};
}
