/** One step of a schema: it is applied once, whole, after the one before it. Never edit one that has been deployed. */
export interface Migration {
	/** Counts from 1 without a gap. */
	readonly version: number;
	readonly statements: readonly string[];
	/**
	 * The oldest version whose program may go on with the database once this has been applied, so that a deployment can be
	 * rolled back. Say one only where all that changed since is added beside what that program reads and writes. Absent:
	 * this version's own.
	 */
	readonly compatibleWith?: number;
}

/** The database is of a later program, and an older one must not write to what it does not know. */
export class NewerDatabaseError extends Error {
	override readonly name = "NewerDatabaseError";
}

/** What a list of migrations belongs to, so that lists of several modules can share a database. */
export interface MigrationOptions {
	/** Default: `ledger`. */
	readonly component?: string;
	/** Milliseconds since the Unix epoch; put on record with each version. */
	readonly now?: () => number;
}

/**
 * Brings a database to the last of these versions, each in a transaction of its own with its entry in the table
 * `migrations`, so that a crash leaves it at a whole version and the next start goes on from there. To be called in a
 * Durable Object's constructor, under `blockConcurrencyWhile`. Returns the versions that were applied.
 *
 * Where the database is ahead of the program (a deployment was rolled back), nothing is changed: the program goes on if
 * the newest version is compatible with it, and `NewerDatabaseError` is thrown otherwise. Throws a `RangeError` where the
 * list does not count from 1.
 */
export function migrate(
	storage: Pick<DurableObjectStorage, "sql" | "transactionSync">,
	migrations: readonly Migration[],
	{ component = "ledger", now = Date.now }: MigrationOptions = {},
): readonly number[] {
	for (const [index, { version }] of migrations.entries()) {
		if (version !== index + 1) throw new RangeError(`migration ${index + 1} of ${component} is numbered ${version}`);
	}
	const { sql } = storage;
	const current = schemaVersion(sql, component);
	if (current > migrations.length) {
		if (oldestProgram(sql, component, current) <= migrations.length) return [];
		throw new NewerDatabaseError(
			`the database holds version ${current} of ${component}; this program knows ${migrations.length}`,
		);
	}
	const due = migrations.slice(current);
	for (const { version, statements, compatibleWith = version } of due) {
		storage.transactionSync(() => {
			sql.exec(
				"CREATE TABLE IF NOT EXISTS migrations (component TEXT NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (component, version)) STRICT",
			);
			if (!saysCompatible(sql)) sql.exec("ALTER TABLE migrations ADD COLUMN compatible_with INTEGER");
			for (const statement of statements) sql.exec(statement);
			sql.exec(
				"INSERT INTO migrations (component, version, at, compatible_with) VALUES (?, ?, ?, ?)",
				component,
				version,
				now(),
				compatibleWith,
			);
		});
	}
	return due.map(({ version }) => version);
}

/** The version that a database is at; 0 where it holds nothing of the component. Writes nothing. */
export function schemaVersion(sql: SqlStorage, component = "ledger"): number {
	const table = sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'").toArray();
	if (table.length === 0) return 0;
	const { version } = sql
		.exec<{ version: number | null }>("SELECT MAX(version) AS version FROM migrations WHERE component = ?", component)
		.one();
	return version ?? 0;
}

/** The version of the oldest program that may go on with a database at this version. */
function oldestProgram(sql: SqlStorage, component: string, version: number): number {
	if (!saysCompatible(sql)) return version;
	const { oldest } = sql
		.exec<{ oldest: number | null }>(
			"SELECT compatible_with AS oldest FROM migrations WHERE component = ? AND version = ?",
			component,
			version,
		)
		.one();
	return oldest ?? version;
}

/** Whether the table has the column, which the first databases were made without. */
function saysCompatible(sql: SqlStorage): boolean {
	const { text } = sql
		.exec<{ text: string }>("SELECT sql AS text FROM sqlite_master WHERE type = 'table' AND name = 'migrations'")
		.one();
	return text.includes("compatible_with");
}
