/**
 * The tables of the modules that every ledger has (`audit-trail.ts`, `publication-outbox.ts`), as their first version.
 * Part of migrations: never edit them once deployed; a change is a new version in each schema that has them.
 */
export const AUDIT_AND_OUTBOX_TABLES: readonly string[] = [
	`CREATE TABLE audit (
		sequence INTEGER PRIMARY KEY,
		at INTEGER NOT NULL,
		actor_kind TEXT NOT NULL,
		actor_name TEXT NOT NULL,
		act TEXT NOT NULL,
		outcome TEXT NOT NULL,
		detail TEXT NOT NULL
	) STRICT`,
	`CREATE TABLE outbox (
		record_key TEXT PRIMARY KEY,
		value TEXT,
		sequence INTEGER NOT NULL,
		attempts INTEGER NOT NULL,
		next_at INTEGER NOT NULL,
		queued_at INTEGER NOT NULL
	) STRICT`,
	"CREATE INDEX outbox_next_at ON outbox (next_at)",
	"CREATE TABLE publications (only INTEGER PRIMARY KEY CHECK (only = 1), sequence INTEGER NOT NULL) STRICT",
	"INSERT INTO publications (only, sequence) VALUES (1, 0)",
];
