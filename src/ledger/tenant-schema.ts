import { AUDIT_AND_OUTBOX_TABLES } from "./shared-tables.ts";
import type { Migration } from "./sql-migrations.ts";

/**
 * The schema of a tenant's ledger; `docs/storage.md` explains it. Times are milliseconds since the Unix epoch. A table
 * that is added here is emptied with its tenant unless `empty-ledger.ts` names it.
 */
export const TENANT_MIGRATIONS: readonly Migration[] = [
	{
		version: 1,
		statements: [
			`CREATE TABLE tenant (
				only INTEGER PRIMARY KEY CHECK (only = 1),
				tenant TEXT NOT NULL,
				name TEXT NOT NULL,
				suspended INTEGER NOT NULL,
				created_at INTEGER NOT NULL,
				destroyed_at INTEGER
			) STRICT`,
			`CREATE TABLE revisions (
				revision INTEGER PRIMARY KEY,
				document TEXT NOT NULL,
				at INTEGER NOT NULL,
				author_kind TEXT NOT NULL,
				author_name TEXT NOT NULL,
				reason TEXT NOT NULL,
				cause TEXT NOT NULL
			) STRICT`,
			`CREATE TABLE canary (
				only INTEGER PRIMARY KEY CHECK (only = 1),
				revision INTEGER NOT NULL,
				share REAL NOT NULL,
				since INTEGER NOT NULL,
				author_kind TEXT NOT NULL,
				author_name TEXT NOT NULL
			) STRICT`,
			`CREATE TABLE keys (
				id TEXT PRIMARY KEY,
				sha256 TEXT NOT NULL UNIQUE,
				name TEXT NOT NULL,
				prefix TEXT NOT NULL,
				last_four TEXT NOT NULL,
				scopes TEXT NOT NULL,
				created_at INTEGER NOT NULL,
				expires_at INTEGER,
				revoked_at INTEGER
			) STRICT`,
			...AUDIT_AND_OUTBOX_TABLES,
		],
	},
	{
		version: 2,
		statements: [
			`CREATE TABLE daily_acts (
				only INTEGER PRIMARY KEY CHECK (only = 1),
				day INTEGER NOT NULL,
				changes INTEGER NOT NULL,
				idle INTEGER NOT NULL
			) STRICT`,
		],
	},
	{
		version: 3,
		// A program that does not know the list leaves it alone; ledgers of evidence find out by themselves that a tenant is gone.
		compatibleWith: 2,
		statements: [
			`CREATE TABLE evidence_ledgers (
				cascade TEXT NOT NULL,
				config_hash TEXT NOT NULL,
				noted_at INTEGER NOT NULL,
				PRIMARY KEY (cascade, config_hash)
			) STRICT, WITHOUT ROWID`,
		],
	},
];
