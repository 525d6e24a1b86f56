import type { Migration } from "./sql-migrations.ts";

/** The schema of the operator's registry; `docs/admin-api.md` explains it. Times are milliseconds since the Unix epoch. */
export const REGISTRY_MIGRATIONS: readonly Migration[] = [
	{
		version: 1,
		statements: [
			`CREATE TABLE tenants (
				tenant TEXT PRIMARY KEY,
				name TEXT NOT NULL,
				created_at INTEGER NOT NULL
			) STRICT, WITHOUT ROWID`,
			`CREATE TABLE origins (
				name TEXT PRIMARY KEY,
				base_url TEXT NOT NULL,
				secret TEXT,
				revision INTEGER NOT NULL,
				updated_at INTEGER NOT NULL
			) STRICT, WITHOUT ROWID`,
			"CREATE TABLE origin_changes (only INTEGER PRIMARY KEY CHECK (only = 1), revision INTEGER NOT NULL) STRICT",
			"INSERT INTO origin_changes (only, revision) VALUES (1, 0)",
			`CREATE TABLE operator_keys (
				id TEXT PRIMARY KEY,
				sha256 TEXT NOT NULL UNIQUE,
				name TEXT NOT NULL,
				prefix TEXT NOT NULL,
				last_four TEXT NOT NULL,
				created_at INTEGER NOT NULL,
				expires_at INTEGER,
				revoked_at INTEGER
			) STRICT`,
			// The next three are those of a tenant's ledger, since the same modules keep them.
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
		],
	},
];
