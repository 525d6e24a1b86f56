import { addSeries, type MetricReport, type SeriesValues } from "../core/metrics/metric-report.ts";
import type { Migration } from "./sql-migrations.ts";

/** The schema of the component `metrics` of a tenant's ledger. */
export const METRIC_TOTALS_MIGRATIONS: readonly Migration[] = [
	{
		version: 1,
		statements: [
			`CREATE TABLE metric_totals (
				only INTEGER PRIMARY KEY CHECK (only = 1),
				sequence INTEGER NOT NULL,
				counters TEXT NOT NULL
			) STRICT`,
		],
	},
];

/** What a tenant has added to the metrics since it was created: one row. */
export interface MetricTotalsStore {
	/** To be called in the transaction that counts what is added. */
	readonly add: (values: SeriesValues) => void;
	/** Null before anything was counted. */
	readonly read: () => Pick<MetricReport, "sequence" | "counters"> | null;
}

/** The totals in SQL. */
export function createMetricTotalsStore(sql: SqlStorage): MetricTotalsStore {
	const read = (): Pick<MetricReport, "sequence" | "counters"> | null => {
		const [row] = sql
			.exec<{ sequence: number; counters: string }>("SELECT sequence, counters FROM metric_totals")
			.toArray();
		return row === undefined ? null : { sequence: row.sequence, counters: JSON.parse(row.counters) as SeriesValues };
	};
	return {
		add(values) {
			const { sequence, counters } = read() ?? { sequence: 0, counters: {} };
			const text = JSON.stringify(addSeries([counters, values]));
			sql.exec("INSERT OR REPLACE INTO metric_totals (only, sequence, counters) VALUES (1, ?, ?)", sequence + 1, text);
		},
		read,
	};
}
