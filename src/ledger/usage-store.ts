import type { AuditCost } from "../core/ledger/audit-cost.ts";
import type { AnswerSubject } from "../core/ledger/feedback.ts";
import type { UsageQuery, UsageReport, UsageRow } from "../core/ledger/usage.ts";
import {
	createUsageSum,
	sumUsage,
	usageOf,
	usageOfAudit,
	usageRow,
	type UsageSum,
	type UsageTotals,
} from "../core/ledger/usage-totals.ts";
import type { Observation } from "../core/observation.ts";
import { createAnswerSubjects } from "./answer-subjects.ts";
import { TENANT_QUOTAS } from "./quotas.ts";
import { createSeenObservations, SEEN_FLOOR_TABLE, type ForgottenDays } from "./seen-observations.ts";
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
	{
		version: 3,
		compatibleWith: 2,
		statements: [
			`CREATE TABLE usage_subjects (
				cascade TEXT NOT NULL,
				revision INTEGER NOT NULL,
				stage TEXT NOT NULL,
				number INTEGER NOT NULL,
				PRIMARY KEY (cascade, revision, stage)
			) STRICT, WITHOUT ROWID`,
		],
	},
	{
		version: 4,
		// A program that does not know the floor may count once more what a later one has forgotten for want of room, if a
		// queue delivers it days late and just then; that is not worth a deployment that cannot be rolled back.
		compatibleWith: 2,
		statements: [SEEN_FLOOR_TABLE],
	},
];

/** A queue keeps a message for 14 days at most; a day more for the time before it was sent. */
const COUNTED_DAYS = 15;

const PERIOD_MS = { hour: 60 * 60 * 1000, day: 24 * 60 * 60 * 1000 } as const;

/** A tenant's usage by hour, cascade and policy revision. */
export interface UsageStore {
	/**
	 * Adds observations, each once however often it is given, in one transaction: either all that are new are on record
	 * as seen and in the totals, or none. `added` of them were new; `tooOld` are left out, since whether they have been
	 * counted cannot be told any more. `now` is in milliseconds since the Unix epoch. `alsoCount` is given the new ones in
	 * the same transaction. What audits cost is added likewise, each audit once. `forgotten` are days of which nothing is
	 * told apart any more, since the database had become too large.
	 */
	readonly record: (
		observations: readonly Observation[],
		now: number,
		alsoCount?: (added: readonly Observation[], addedAudits: readonly AuditCost[]) => void,
		audits?: readonly AuditCost[],
	) => { readonly added: number; readonly tooOld: number; readonly forgotten: ForgottenDays | null };
	readonly report: (query: UsageQuery) => UsageReport;
	/** What a request was answered by; null where it has not been counted, or so long ago that it is forgotten. */
	readonly subjectOf: (request: Pick<Observation, "requestId" | "item">) => AnswerSubject | null;
}

type StoredRow = {
	readonly hour: number;
	readonly cascade: string;
	readonly revision: number;
	readonly totals: string;
};

/**
 * Usage in SQL; the database must hold the tables of `USAGE_MIGRATIONS`. Above so many bytes of the database the oldest
 * identities are forgotten.
 */
export function createUsageStore(
	storage: Pick<DurableObjectStorage, "sql" | "transactionSync">,
	mostBytes = TENANT_QUOTAS.databaseBytes,
): UsageStore {
	const { sql } = storage;
	const seen = createSeenObservations(sql, { tableName: "usage_seen_", days: COUNTED_DAYS, mostBytes });
	const subjects = createAnswerSubjects(sql);

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
		record: (observations, now, alsoCount, audits = []) =>
			storage.transactionSync(() => {
				const given = [...observations, ...audits];
				const forgotten = seen.prepare(given, now);
				// Of this call alone: a number that is taken back with its transaction must not be remembered.
				const numbers = new Map<string, number>();
				const numberOf = ({ cascade, policyRevision, stage }: Observation): number => {
					const name = JSON.stringify([cascade, policyRevision, stage]);
					const number = numbers.get(name) ?? subjects.numberOf({ cascade, policyRevision, stage });
					numbers.set(name, number);
					return number;
				};
				const added = observations.filter(
					(observation) => !seen.isTooOld(observation.at, now) && seen.add(observation, now, numberOf(observation)),
				);
				const addedAudits = audits.filter((audit) => seen.add({ ...audit, isAudit: true }, now));
				for (const hour of byHour([...added.map(partOf), ...addedAudits.map(auditPart)])) addToHour(hour);
				alsoCount?.(added, addedAudits);
				const tooOld = given.filter(({ at }) => seen.isTooOld(at, now)).length;
				return { added: added.length + addedAudits.length, tooOld, forgotten };
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
		subjectOf(request) {
			const number = seen.subjectOf(request);
			return number === null ? null : subjects.read(number);
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

/** What one observation or audit adds, and where. */
interface Part extends Pick<Observation, "at" | "cascade" | "policyRevision"> {
	readonly totals: UsageTotals;
}

function partOf(observation: Observation): Part {
	const { at, cascade, policyRevision } = observation;
	return { at, cascade, policyRevision, totals: usageOf(observation) };
}

function auditPart(audit: AuditCost): Part {
	return { ...audit, totals: usageOfAudit(audit) };
}

function byHour(added: readonly Part[]): Iterable<HourOfCascade> {
	const hours = new Map<string, HourOfCascade>();
	for (const { at, cascade, policyRevision: revision, totals } of added) {
		const hour = Math.floor(at / PERIOD_MS.hour) * PERIOD_MS.hour;
		const name = `${hour}/${revision}/${cascade}`;
		const known = hours.get(name) ?? { hour, cascade, revision, parts: [] };
		hours.set(name, known);
		known.parts.push(totals);
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
