import { DURATION_BUCKETS, METRIC_FAMILIES, type MetricFamily } from "./metric-families.ts";
import { seriesName, type MetricTotals, type SeriesValues } from "./metric-report.ts";

/** The media type of `prometheusText`. */
export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * The totals in Prometheus' text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). Every family is
 * there, also before anything was counted; series that belong to none are left out.
 */
export function prometheusText({ counters, gauges }: MetricTotals): string {
	const families: readonly MetricFamily[] = Object.values(METRIC_FAMILIES);
	const lines = families.flatMap((family) => [
		`# HELP ${family.name} ${family.help}`,
		`# TYPE ${family.name} ${family.type}`,
		...samplesOf(family, family.type === "gauge" ? gauges : counters).map(([name, value]) => `${name} ${value}`),
	]);
	return `${lines.join("\n")}\n`;
}

function samplesOf(family: MetricFamily, values: SeriesValues): (readonly [string, number])[] {
	const { name, unit = 1, type, labelled } = family;
	if (type === "histogram") return histogramSamples(name, unit, values);
	if (labelled === undefined) return [[name, (values[name] ?? 0) / unit]];
	return Object.entries(values)
		.filter(([series]) => series.startsWith(`${name}{`))
		.toSorted(([left], [right]) => (left < right ? -1 : 1))
		.map(([series, value]) => [series, value / unit]);
}

/** All buckets of every histogram, from the narrowest: what nothing fell into is not stored. */
function histogramSamples(name: string, unit: number, values: SeriesValues): (readonly [string, number])[] {
	const results = Object.keys(values)
		.flatMap((series) => {
			const [, result] = new RegExp(`^${name}_count\\{result="([^"]*)"\\}$`, "u").exec(series) ?? [];
			return result === undefined ? [] : [result];
		})
		.toSorted();
	return results.flatMap((result) => {
		const at = (suffix: string, labels = {}) => seriesName(`${name}_${suffix}`, { ...labels, result });
		const buckets = [...DURATION_BUCKETS.map(String), "+Inf"].map((le) => at("bucket", { le }));
		return [
			...buckets.map((bucket) => [bucket, values[bucket] ?? 0] as const),
			[at("sum"), (values[at("sum")] ?? 0) / unit] as const,
			[at("count"), values[at("count")] ?? 0] as const,
		];
	});
}
