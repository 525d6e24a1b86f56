/** What outlives a tenant: the tombstone, what KV must still be told, and the count that readers order copies by. */
const KEPT_TABLES: ReadonlySet<string> = new Set(["migrations", "tenant", "evidence", "outbox", "publications"]);

/** Deletes every row of a ledger but those of `KEPT_TABLES`, also in tables that other modules have made. */
export function emptyLedger(sql: SqlStorage): void {
	const tables = sql.exec<{ name: string }>(
		"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
	);
	for (const { name } of tables.toArray()) {
		// A table dropped is no row written, and a day's identities may be millions.
		if (/^(?:usage|evidence)_seen_/u.test(name)) sql.exec(`DROP TABLE "${name}"`);
		else if (!KEPT_TABLES.has(name)) sql.exec(`DELETE FROM "${name}"`);
	}
}
