import { AUDIT_AND_OUTBOX_TABLES } from "./shared-tables.ts";
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
			...AUDIT_AND_OUTBOX_TABLES,
		],
	},
	{
		version: 2,
		// The first program names the columns that it writes, so an origin that it changes has no bound, as it publishes it.
		compatibleWith: 1,
		statements: ["ALTER TABLE origins ADD COLUMN max_concurrent INTEGER"],
	},
];
