import { SEEN_FLOOR_TABLE } from "./seen-observations.ts";
import { AUDIT_AND_OUTBOX_TABLES } from "./shared-tables.ts";
import type { Migration } from "./sql-migrations.ts";

/**
 * The schema of a ledger of evidence; `docs/storage.md` explains it. Times are milliseconds since the Unix epoch, buckets
 * numbers of ten seconds since then. What grows with traffic is one JSON value a bucket, since a row costs the same however
 * long it is; only drawn audits have rows of their own, until their bucket is closed. The identities of what was counted are
 * in tables of their own, a day each (`seen-observations.ts`).
 */
export const EVIDENCE_MIGRATIONS: readonly Migration[] = [
	{
		version: 1,
		statements: [
			`CREATE TABLE evidence (
				only INTEGER PRIMARY KEY CHECK (only = 1),
				tenant TEXT NOT NULL,
				cascade TEXT NOT NULL,
				config_hash TEXT NOT NULL,
				terms TEXT NOT NULL,
				tenant_created_at INTEGER NOT NULL,
				created_at INTEGER NOT NULL,
				destroyed_at INTEGER
			) STRICT`,
			"CREATE TABLE state (only INTEGER PRIMARY KEY CHECK (only = 1), document TEXT NOT NULL) STRICT",
			"CREATE TABLE lease (only INTEGER PRIMARY KEY CHECK (only = 1), document TEXT NOT NULL) STRICT",
			`CREATE TABLE epochs (
				epoch INTEGER PRIMARY KEY,
				delta REAL NOT NULL,
				cause TEXT NOT NULL,
				opened_at INTEGER NOT NULL,
				path TEXT NOT NULL,
				start INTEGER NOT NULL,
				closed_at INTEGER
			) STRICT`,
			`CREATE TABLE phases (
				epoch INTEGER NOT NULL,
				phase INTEGER NOT NULL,
				deployed INTEGER,
				audit_propensity INTEGER NOT NULL,
				opened_at INTEGER NOT NULL,
				PRIMARY KEY (epoch, phase)
			) STRICT, WITHOUT ROWID`,
			`CREATE TABLE counts (
				epoch INTEGER NOT NULL,
				phase INTEGER NOT NULL,
				revision INTEGER NOT NULL,
				counts TEXT NOT NULL,
				PRIMARY KEY (epoch, phase, revision)
			) STRICT, WITHOUT ROWID`,
			`CREATE TABLE snapshots (
				epoch INTEGER NOT NULL,
				watermark INTEGER NOT NULL,
				phase INTEGER NOT NULL,
				revision INTEGER NOT NULL,
				counts TEXT NOT NULL,
				PRIMARY KEY (epoch, watermark, phase, revision)
			) STRICT, WITHOUT ROWID`,
			"CREATE TABLE buckets (bucket INTEGER PRIMARY KEY, document TEXT NOT NULL) STRICT",
			`CREATE TABLE draws (
				bucket INTEGER NOT NULL,
				id ANY NOT NULL,
				epoch INTEGER NOT NULL,
				phase INTEGER NOT NULL,
				revision INTEGER NOT NULL,
				cell INTEGER NOT NULL,
				propensity INTEGER NOT NULL,
				gated INTEGER NOT NULL,
				wrong INTEGER,
				failed INTEGER NOT NULL,
				PRIMARY KEY (bucket, id)
			) STRICT, WITHOUT ROWID`,
			`CREATE TABLE early_verdicts (
				bucket INTEGER NOT NULL,
				id ANY NOT NULL,
				wrong INTEGER NOT NULL,
				failed INTEGER NOT NULL,
				PRIMARY KEY (bucket, id)
			) STRICT, WITHOUT ROWID`,
			`CREATE TABLE daily_acts (
				only INTEGER PRIMARY KEY CHECK (only = 1),
				day INTEGER NOT NULL,
				changes INTEGER NOT NULL,
				idle INTEGER NOT NULL
			) STRICT`,
			...AUDIT_AND_OUTBOX_TABLES,
		],
	},
	// The first program reads nothing of it, and tells apart what it has a table of.
	{ version: 2, compatibleWith: 1, statements: [SEEN_FLOOR_TABLE] },
];
