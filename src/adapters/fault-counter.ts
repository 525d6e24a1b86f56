import type { Clock } from "../cascade/ports.ts";
import { FAULTS_TOTAL, metricShardOf, seriesName, type MetricShardPort } from "../core/metrics/metric-report.ts";
import { settledWithin } from "../web/settled-within.ts";

/** Faults of this time go in one report. */
export const FAULT_LINGER_MS = 5_000;

/** An isolate that has been quiet for so long begins to count anew, as another source; a shard forgets its rows after twice that. */
export const FAULT_SOURCE_MS = 3_600_000;

const MOST_REPORT_MS = 5_000;

/** Reports a fault by its name, with facts that hold no text of a request. */
export type FaultLog = (fault: string, facts: Readonly<Record<string, string | number>>) => void;

/** What counting faults needs of its surroundings. */
export interface FaultCounterPorts {
	/** A stub for each use. Throws where there are no shards. */
	readonly shardOf: (name: string) => Pick<MetricShardPort, "report">;
	readonly logFault: FaultLog;
	readonly clock: Clock;
	/** Keeps the running request's invocation alive until the promise settles; the runtime's own. */
	readonly waitUntil: (promise: Promise<unknown>) => void;
	/** Which isolate this is. */
	readonly isolate: string;
}

/** Logs faults, and counts them for `/metrics` in the background. Never throws. */
export function createFaultCounter(ports: FaultCounterPorts): FaultLog {
	const { shardOf, logFault, clock, waitUntil, isolate } = ports;
	let counters: Record<string, number> = {};
	let since = 0;
	let sequence = 0;
	let reportedAt = Number.NEGATIVE_INFINITY;
	let waitingSince = Number.NEGATIVE_INFINITY;

	const report = async (): Promise<void> => {
		await new Promise<void>((resolve) => void clock.setTimer(FAULT_LINGER_MS, resolve));
		waitingSince = Number.NEGATIVE_INFINITY;
		reportedAt = clock.now();
		sequence += 1;
		const told = { source: `isolate/${isolate}`, since, sequence, counters: { ...counters } };
		try {
			const shard = shardOf(metricShardOf(told.source));
			const done = shard.report([told]).then(() => true);
			if ((await settledWithin(done, MOST_REPORT_MS, clock)) !== true) throw new Error("no answer in time");
		} catch (error) {
			// Logged and not counted: the next report has these and more.
			logFault("faults-not-counted", { reason: String(error) });
		}
	};

	return (fault, facts) => {
		logFault(fault, facts);
		try {
			const now = clock.now();
			if (now - reportedAt > FAULT_SOURCE_MS && now - waitingSince > FAULT_SOURCE_MS) {
				[counters, since, sequence] = [{}, now, 0];
			}
			const series = seriesName(FAULTS_TOTAL, { fault });
			counters[series] = (counters[series] ?? 0) + 1;
			// An invocation that was ended before its report has left it to the next.
			if (now - waitingSince <= 2 * FAULT_LINGER_MS) return;
			waitingSince = now;
			waitUntil(report());
		} catch {
			// Outside of a request nothing can be kept alive, and it is in the log.
		}
	};
}
