import { DurableObject } from "cloudflare:workers";
import {
	addSeries,
	type MetricReport,
	type MetricShardPort,
	type MetricTotals,
	type SeriesValues,
} from "../core/metrics/metric-report.ts";
import { ledgerRuntime, type LedgerBindings, type LedgerRuntime } from "./ledger-runtime.ts";
import { migrate, type Migration } from "./sql-migrations.ts";

/** The schema of a shard of the metrics. */
const METRIC_MIGRATIONS: readonly Migration[] = [
	{
		version: 1,
		statements: [
			`CREATE TABLE sources (
				source TEXT PRIMARY KEY,
				since INTEGER NOT NULL,
				sequence INTEGER NOT NULL,
				report TEXT NOT NULL
			) STRICT, WITHOUT ROWID`,
			// What sources had counted that began anew since.
			"CREATE TABLE former (only INTEGER PRIMARY KEY CHECK (only = 1), counters TEXT NOT NULL) STRICT",
		],
	},
];

/** Sources that come and go with the runtime's isolates, and say little: their faults. */
const ISOLATE = "isolate/";

/** An isolate that was not heard for so long begins anew if it is heard again (`FAULT_SOURCE_MS`, which is half of this). */
const ISOLATE_MS = 7_200_000;

/**
 * A part of what `/metrics` shows: what the tenants' ledgers and ledgers of evidence of an eighth of the tenants have counted,
 * each source's latest state. It is told states and not changes, so nothing has to be counted here, and nothing twice.
 */
export class MetricShard extends DurableObject<LedgerBindings> implements MetricShardPort {
	/** For tests to set before an instance is made. */
	static runtime: LedgerRuntime = ledgerRuntime;

	readonly #runtime = MetricShard.runtime;
	/** All of the table: a few thousand sources of a few kilobytes each. */
	readonly #reports = new Map<string, MetricReport>();
	#former: SeriesValues = {};
	/** When each isolate was last heard; after a restart, the restart. */
	readonly #heardAt = new Map<string, number>();

	constructor(ctx: DurableObjectState, env: LedgerBindings) {
		super(ctx, env);
		void ctx.blockConcurrencyWhile(async () => {
			const { storage } = ctx;
			migrate(storage, METRIC_MIGRATIONS, { component: "metrics", now: this.#runtime.now });
			for (const { report } of storage.sql.exec<{ report: string }>("SELECT report FROM sources"))
				this.#remember(JSON.parse(report) as MetricReport);
			const [former] = storage.sql.exec<{ counters: string }>("SELECT counters FROM former").toArray();
			if (former !== undefined) this.#former = JSON.parse(former.counters) as SeriesValues;
		});
	}

	async report(reports: readonly MetricReport[]): Promise<void> {
		const { storage } = this.ctx;
		for (const report of reports) {
			const known = this.#reports.get(report.source);
			if (known !== undefined && !isNewer(report, known)) continue;
			const isAnother = known !== undefined && report.since > known.since;
			const former = isAnother ? addSeries([this.#former, known.counters]) : this.#former;
			storage.transactionSync(() => {
				if (isAnother)
					storage.sql.exec("INSERT OR REPLACE INTO former (only, counters) VALUES (1, ?)", JSON.stringify(former));
				const { source, since, sequence } = report;
				const text = JSON.stringify(report);
				storage.sql.exec("INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?)", source, since, sequence, text);
			});
			this.#former = former;
			this.#remember(report);
		}
		this.#foldIsolates();
	}

	/** Adds what isolates have counted that are gone to what former sources have, so that the table does not grow with them. */
	#foldIsolates(): void {
		const { storage } = this.ctx;
		const now = this.#runtime.now();
		const gone = [...this.#heardAt].filter(([, heardAt]) => now - heardAt > ISOLATE_MS).map(([source]) => source);
		if (gone.length === 0) return;
		const counted = gone.map((source) => this.#reports.get(source)?.counters ?? {});
		const former = addSeries([this.#former, ...counted]);
		storage.transactionSync(() => {
			storage.sql.exec("INSERT OR REPLACE INTO former (only, counters) VALUES (1, ?)", JSON.stringify(former));
			for (const source of gone) storage.sql.exec("DELETE FROM sources WHERE source = ?", source);
		});
		this.#former = former;
		for (const source of gone) {
			this.#reports.delete(source);
			this.#heardAt.delete(source);
		}
	}

	async totals(): Promise<MetricTotals> {
		const now = this.#runtime.now();
		const reports = [...this.#reports.values()];
		return {
			counters: addSeries([this.#former, ...reports.map(({ counters }) => counters)]),
			gauges: addSeries(
				reports.map(({ gauges = {}, holdsUntil = Number.POSITIVE_INFINITY }) => (now < holdsUntil ? gauges : {})),
			),
		};
	}

	#remember(report: MetricReport): void {
		this.#reports.set(report.source, report);
		if (report.source.startsWith(ISOLATE)) this.#heardAt.set(report.source, this.#runtime.now());
	}
}

/** Reports may overtake one another on their way, and be delivered twice. */
function isNewer(report: MetricReport, known: MetricReport): boolean {
	return report.since === known.since ? report.sequence > known.sequence : report.since > known.since;
}
