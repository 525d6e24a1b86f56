/**
 * Counts by series, such as `edge_cascade_requests_total{outcome="answered"}`: whole numbers in the family's own unit, so
 * that sums do not depend on their order.
 */
export type SeriesValues = Readonly<Record<string, number>>;

/**
 * All that one source has counted since it began: its state, and not what has changed. So a report may be lost, late,
 * or delivered twice, and the next one puts everything right: what is shown counts each request once.
 */
export interface MetricReport {
	/** Such as `tenant/acme`; no two sources have the same. */
	readonly source: string;
	/** When the source began, in milliseconds since the Unix epoch; a later source of the name begins later. */
	readonly since: number;
	/** Rises with every change. */
	readonly sequence: number;
	/** Never fall. */
	readonly counters: SeriesValues;
	/** What is at present; they count until `holdsUntil`. */
	readonly gauges?: SeriesValues;
	/** Milliseconds since the Unix epoch. */
	readonly holdsUntil?: number;
}

/** What several sources come to. */
export interface MetricTotals {
	readonly counters: SeriesValues;
	readonly gauges: SeriesValues;
}

/** How a shard of the metrics is asked. */
export interface MetricShardPort {
	/** Takes the reports that are newer than what it has of their sources. */
	readonly report: (reports: readonly MetricReport[]) => Promise<void>;
	/** The sum over all sources that were ever reported, those that are gone among them: counters never fall. */
	readonly totals: () => Promise<MetricTotals>;
}

/** The family of faults, which isolates count: its name without the other families. */
export const FAULTS_TOTAL = "edge_cascade_faults_total";

/** Fixed: with another number a tenant would be counted in two shards. */
export const METRIC_SHARDS = 8;

/** The shard that a tenant's sources report to, by FNV-1a of its name's UTF-16 units. */
export function metricShardOf(tenant: string): string {
	let hash = 0x811c9dc5;
	for (let index = 0; index < tenant.length; index++) hash = Math.imul(hash ^ tenant.charCodeAt(index), 0x01000193);
	return metricShardName((hash >>> 0) % METRIC_SHARDS);
}

/** The names of all shards. */
export function metricShardNames(): string[] {
	return Array.from({ length: METRIC_SHARDS }, (_, index) => metricShardName(index));
}

/** The sums, series by series. */
export function addSeries(parts: Iterable<SeriesValues>): SeriesValues {
	const sums = new Map<string, number>();
	for (const part of parts)
		for (const [series, value] of Object.entries(part)) sums.set(series, (sums.get(series) ?? 0) + value);
	return Object.fromEntries(sums);
}

/** The name of a series: labels in the order of their names, values escaped as Prometheus' text format wants it. */
export function seriesName(family: string, labels: Readonly<Record<string, string>> = {}): string {
	const pairs = Object.entries(labels)
		.toSorted(([left], [right]) => (left < right ? -1 : 1))
		.map(([name, value]) => `${name}="${escaped(value)}"`);
	return pairs.length === 0 ? family : `${family}{${pairs.join(",")}}`;
}

function metricShardName(index: number): string {
	return `metrics-${index}`;
}

function escaped(value: string): string {
	return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
