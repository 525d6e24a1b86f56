import type { UsageQuery, UsageReport, UsageRow } from "../core/ledger/usage.ts";
import {
	createUsageSum,
	sumUsage,
	usageOf,
	usageRow,
	type UsageSum,
	type UsageTotals,
} from "../core/ledger/usage-totals.ts";
import type { Observation } from "../core/observation.ts";
import { createSeenObservations } from "./seen-observations.ts";
import type { Migration } from "./sql-migrations.ts";

/** The schema of the component `usage`. The tables of what has been seen are made and dropped as days pass. */
export const USAGE_MIGRATIONS: readonly Migration[] = [
	{
		version: 1,
		statements: [
			// The totals are one JSON value: a row costs the same however long it is, and counts as rows of their own would
			// be some thirty writes where this is one.
			`CREATE TABLE usage (
				hour INTEGER NOT NULL,
				cascade TEXT NOT NULL,
				revision INTEGER NOT NULL,
				totals TEXT NOT NULL,
				PRIMARY KEY (hour, cascade, revision)
			) STRICT, WITHOUT ROWID`,
		],
	},
	{
		version: 2,
		statements: [
			`CREATE TABLE canary_usage (
				revision INTEGER NOT NULL,
				cascade TEXT NOT NULL,
				totals TEXT NOT NULL,
				PRIMARY KEY (revision, cascade)
			) STRICT, WITHOUT ROWID`,
		],
	},
];

const PERIOD_MS = { hour: 60 * 60 * 1000, day: 24 * 60 * 60 * 1000 } as const;

/** A tenant's usage by hour, cascade and policy revision. */
export interface UsageStore {
	/**
	 * Adds observations, each once however often it is given, in one transaction: either all that are new are on record
	 * as seen and in the totals, or none. `added` of them were new; `tooOld` are left out, since whether they have been
	 * counted cannot be told any more. `now` is in milliseconds since the Unix epoch. `alsoCount` is given the new ones in
	 * the same transaction.
	 */
	readonly record: (
		observations: readonly Observation[],
		now: number,
		alsoCount?: (added: readonly Observation[]) => void,
	) => { readonly added: number; readonly tooOld: number };
	readonly report: (query: UsageQuery) => UsageReport;
}

type StoredRow = {
	readonly hour: number;
	readonly cascade: string;
	readonly revision: number;
	readonly totals: string;
};

/** Usage in SQL; the database must hold the tables of `USAGE_MIGRATIONS`. */
export function createUsageStore(storage: Pick<DurableObjectStorage, "sql" | "transactionSync">): UsageStore {
	const { sql } = storage;
	const seen = createSeenObservations(sql);

	const addToHour = ({ hour, cascade, revision, parts }: HourOfCascade) => {
		const [stored] = sql
			.exec<Pick<StoredRow, "totals">>(
				"SELECT totals FROM usage WHERE hour = ? AND cascade = ? AND revision = ?",
				hour,
				cascade,
				revision,
			)
			.toArray();
		const totals = sumUsage(stored === undefined ? parts : [readTotals(stored.totals), ...parts]);
		sql.exec(
			"INSERT INTO usage (hour, cascade, revision, totals) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET totals = excluded.totals",
			hour,
			cascade,
			revision,
			JSON.stringify(totals),
		);
	};

	return {
		record: (observations, now, alsoCount) =>
			storage.transactionSync(() => {
				seen.prepare(observations, now);
				const added = observations.filter((observation) => seen.add(observation, now));
				for (const hour of byHour(added)) addToHour(hour);
				alsoCount?.(added);
				return { added: added.length, tooOld: observations.filter(({ at }) => seen.isTooOld(at, now)).length };
			}),
		report({ from, to, by }) {
			const period = PERIOD_MS[by];
			const begin = Math.floor(from / period) * period;
			const end = Math.max(begin, Math.ceil(to / period) * period);
			const stored = sql.exec<StoredRow>(
				"SELECT hour, cascade, revision, totals FROM usage WHERE hour >= ? AND hour < ? ORDER BY hour, cascade, revision",
				begin,
				end,
			);
			// Row by row: a year of hours would not fit into memory at once.
			const sums = new Map<
				string,
				Pick<UsageRow, "start" | "cascade" | "policyRevision"> & { readonly sum: UsageSum }
			>();
			for (const { hour, cascade, revision, totals } of stored) {
				const start = Math.floor(hour / period) * period;
				const name = `${start}/${revision}/${cascade}`;
				const known = sums.get(name) ?? { start, cascade, policyRevision: revision, sum: createUsageSum() };
				sums.set(name, known);
				known.sum.add(readTotals(totals));
			}
			const rows = [...sums.values()].map(({ sum, ...key }) => usageRow(key, sum.totals())).sort(byStartAndName);
			return { from: begin, to: end, by, rows };
		},
	};
}

/** What is added to one row of the table. */
interface HourOfCascade {
	readonly hour: number;
	readonly cascade: string;
	readonly revision: number;
	readonly parts: UsageTotals[];
}

function byHour(observations: readonly Observation[]): Iterable<HourOfCascade> {
	const hours = new Map<string, HourOfCascade>();
	for (const observation of observations) {
		const { at, cascade, policyRevision: revision } = observation;
		const hour = Math.floor(at / PERIOD_MS.hour) * PERIOD_MS.hour;
		const name = `${hour}/${revision}/${cascade}`;
		const known = hours.get(name) ?? { hour, cascade, revision, parts: [] };
		hours.set(name, known);
		known.parts.push(usageOf(observation));
	}
	return hours.values();
}

function byStartAndName(left: UsageRow, right: UsageRow): number {
	if (left.start !== right.start) return left.start - right.start;
	if (left.cascade !== right.cascade) return left.cascade < right.cascade ? -1 : 1;
	return left.policyRevision - right.policyRevision;
}

function readTotals(text: string): UsageTotals {
	return JSON.parse(text) as UsageTotals;
}
