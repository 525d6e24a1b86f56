import type { CascadeLog, StageColumns } from "../log/cascade-log.ts";
import { answeringStages, spentByRow } from "./replay-cascade.ts";

/** Quantiles of some requests' latency in milliseconds (Hyndman & Fan's type 7). */
interface LatencyQuantiles {
	/** Requests whose latency is known. */
	readonly rows: number;
	readonly p50: number;
	readonly p95: number;
	readonly p99: number;
}

/** Latency of a cascade, by who answered; null where no latency is known. */
export interface CascadeLatency {
	readonly all: LatencyQuantiles | null;
	readonly accepted: LatencyQuantiles | null;
	readonly escalated: LatencyQuantiles | null;
	/** Of the last model alone. */
	readonly lastOnly: LatencyQuantiles | null;
}

/**
 * How long requests take in a cascade: the sum over the stages that are asked, one after the other, so that an escalated
 * request includes the time of every stage before. A request with an unknown part is in no quantile. Of all rows, labelled
 * or not. Throws a RangeError where not each stage but the last has a threshold; null accepts nothing.
 */
export function cascadeLatency(log: CascadeLog, thresholds: readonly (number | null)[]): CascadeLatency {
	const answering = answeringStages(log, thresholds);
	const latencies = spentByRow(
		log.stages.map(({ latencyMs }) => latencyMs),
		answering,
	);
	const last = log.stages.at(-1) as StageColumns;
	const isAccepted = (_: number, row: number): boolean => (answering[row] as number) < thresholds.length;
	return {
		all: quantilesOf(latencies),
		accepted: quantilesOf(latencies.filter(isAccepted)),
		escalated: quantilesOf(latencies.filter((latency, row) => !isAccepted(latency, row))),
		lastOnly: quantilesOf(last.latencyMs),
	};
}

function quantilesOf(latencies: ArrayLike<number>): LatencyQuantiles | null {
	const sorted = Float64Array.from(latencies)
		.filter((latency) => !Number.isNaN(latency))
		.sort();
	if (sorted.length === 0) return null;
	const at = (quantile: number): number => {
		const position = (sorted.length - 1) * quantile;
		const lower = sorted[Math.floor(position)] as number;
		const upper = sorted[Math.ceil(position)] as number;
		return lower + (position - Math.floor(position)) * (upper - lower);
	};
	return { rows: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
