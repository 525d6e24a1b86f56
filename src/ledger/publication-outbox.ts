import type { PublicationState } from "../core/ledger/ledger-ports.ts";

/** A record that KV is not known to hold yet. */
export interface QueuedRecord {
	readonly recordKey: string;
	/** Null: the record is to be deleted. */
	readonly value: string | null;
	/** Of this value. */
	readonly sequence: number;
	/** Failed ones, since the value is queued. */
	readonly attempts: number;
}

type Row = {
	readonly record_key: string;
	readonly value: string | null;
	readonly sequence: number;
	readonly attempts: number;
};

/**
 * What is still to be written to KV, one row a record: a newer value takes the place of one that has not been written,
 * since nobody needs the older. Rows are added in the transaction of the change that they publish, so neither can be
 * there without the other.
 */
export interface PublicationOutbox {
	/**
	 * Queues a record's value, made from its sequence, or null for its deletion. The sequence rises with every value
	 * that this ledger has ever queued, so that a reader can tell which of two copies is the newer.
	 */
	readonly put: (recordKey: string, value: ((sequence: number) => string) | null, now: number) => void;
	/** Records to be written now, longest due first. */
	readonly due: (now: number, limit: number) => readonly QueuedRecord[];
	/** Sets when a record is tried next, whatever its value is by then. */
	readonly postpone: (recordKey: string, nextAt: number, failed?: "failed") => void;
	/** Removes a record if its value is still that of this sequence; false where a newer one is queued. */
	readonly remove: (recordKey: string, sequence: number) => boolean;
	/** Whether any record is queued whose key begins so. */
	readonly holds: (prefix: string) => boolean;
	/** Milliseconds since the Unix epoch at which the next record is due; null where none is queued. */
	readonly nextAt: () => number | null;
	readonly state: () => PublicationState;
}

/** The outbox in SQL. */
export function createPublicationOutbox(sql: SqlStorage): PublicationOutbox {
	return {
		put(recordKey, value, now) {
			const { sequence } = sql
				.exec<{ sequence: number }>("UPDATE publications SET sequence = sequence + 1 RETURNING sequence")
				.one();
			// `queued_at` stays: KV has been behind since then.
			sql.exec(
				`INSERT INTO outbox (record_key, value, sequence, attempts, next_at, queued_at) VALUES (?, ?, ?, 0, ?, ?)
				ON CONFLICT (record_key) DO UPDATE SET
					value = excluded.value, sequence = excluded.sequence, attempts = 0, next_at = excluded.next_at`,
				recordKey,
				value === null ? null : value(sequence),
				sequence,
				now,
				now,
			);
		},
		due: (now, limit) =>
			sql
				.exec<Row>(
					"SELECT record_key, value, sequence, attempts FROM outbox WHERE next_at <= ? ORDER BY next_at, sequence LIMIT ?",
					now,
					limit,
				)
				.toArray()
				.map(({ record_key: recordKey, value, sequence, attempts }) => ({ recordKey, value, sequence, attempts })),
		postpone(recordKey, nextAt, failed) {
			sql.exec(
				"UPDATE outbox SET next_at = ?, attempts = attempts + ? WHERE record_key = ?",
				nextAt,
				failed === "failed" ? 1 : 0,
				recordKey,
			);
		},
		remove(recordKey, sequence) {
			const { rowsWritten } = sql.exec("DELETE FROM outbox WHERE record_key = ? AND sequence = ?", recordKey, sequence);
			return rowsWritten > 0;
		},
		holds: (prefix) =>
			sql.exec("SELECT 1 FROM outbox WHERE substr(record_key, 1, ?) = ? LIMIT 1", prefix.length, prefix).toArray()
				.length > 0,
		nextAt: () => sql.exec<{ at: number | null }>("SELECT MIN(next_at) AS at FROM outbox").one().at,
		state: () =>
			sql
				.exec<{ pending: number; oldestAt: number | null }>(
					"SELECT COUNT(*) AS pending, MIN(queued_at) AS oldestAt FROM outbox",
				)
				.one(),
	};
}
