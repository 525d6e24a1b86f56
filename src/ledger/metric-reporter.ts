import { metricShardOf, type MetricReport, type MetricShardPort } from "../core/metrics/metric-report.ts";
import type { LedgerBindings, LedgerRuntime } from "./ledger-runtime.ts";

/** Tells a shard of the metrics how a ledger stands. */
export interface MetricReporter {
	/** Whether there are shards to be told: where there are none, nothing need be counted for them. */
	readonly isOn: boolean;
	/** In the background, one report at a time: of those that wait, the latest alone. Never throws. */
	readonly report: (tenant: string, report: MetricReport) => void;
}

/**
 * The reporter of one ledger. What fails is logged and not tried again: the next report says the same and more. `waitUntil`
 * keeps the object alive meanwhile.
 */
export function createMetricReporter(input: {
	readonly shards: LedgerBindings["METRIC_SHARD"] | undefined;
	readonly waitUntil: (promise: Promise<unknown>) => void;
	readonly logFault: LedgerRuntime["logFault"];
}): MetricReporter {
	const { shards, waitUntil, logFault } = input;
	let waiting: { readonly tenant: string; readonly report: MetricReport } | null = null;
	let isRunning = false;
	if (shards === undefined) return { isOn: false, report: () => {} };
	const run = async () => {
		isRunning = true;
		while (waiting !== null) {
			const { tenant, report }: NonNullable<typeof waiting> = waiting;
			waiting = null;
			try {
				// A stub for each use: one is of no more use once a call on it has thrown.
				await (shards.getByName(metricShardOf(tenant)) as MetricShardPort).report([report]);
			} catch (error) {
				logFault("metrics-not-reported", { source: report.source, reason: String(error) });
			}
		}
		isRunning = false;
	};
	return {
		isOn: true,
		report(tenant, report) {
			waiting = { tenant, report };
			if (!isRunning) waitUntil(run());
		},
	};
}
