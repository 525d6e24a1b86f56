import type { AuditedText, KeptText } from "../core/evidence/audited-text.ts";
import type { CheckedRows } from "../tuning/evidence/human-check.ts";
import { seenIdentity } from "./seen-observations.ts";
import type { Migration } from "./sql-migrations.ts";

/** The schema of the component `audited_texts` of a ledger of evidence. */
export const AUDITED_TEXT_MIGRATIONS: readonly Migration[] = [
	{
		version: 1,
		statements: [
			// Numbers are never given twice, also after all rows have gone: pages and checks go by them.
			`CREATE TABLE audited_texts (
				sequence INTEGER PRIMARY KEY AUTOINCREMENT,
				id ANY NOT NULL UNIQUE,
				accepted INTEGER NOT NULL,
				found_right INTEGER NOT NULL,
				wrong INTEGER,
				expires_at INTEGER NOT NULL,
				document TEXT NOT NULL
			) STRICT`,
			"CREATE INDEX audited_texts_by_end ON audited_texts (expires_at)",
			"CREATE TABLE audited_text_day (only INTEGER PRIMARY KEY CHECK (only = 1), day INTEGER NOT NULL, accepted INTEGER NOT NULL, escalated INTEGER NOT NULL) STRICT",
			"CREATE TABLE human_checks (sequence INTEGER PRIMARY KEY, found_right INTEGER NOT NULL, wrong INTEGER) STRICT",
		],
	},
	{
		version: 2,
		compatibleWith: 1,
		// A primary key tells no NULLs apart, so -1 is no verdict here.
		statements: [
			"CREATE TABLE human_check_sums (found_right INTEGER NOT NULL, wrong INTEGER NOT NULL, rows INTEGER NOT NULL, PRIMARY KEY (found_right, wrong)) STRICT, WITHOUT ROWID",
		],
	},
];

/** Of these the oldest go. */
const MOST_KEPT = 2_000;
/** Of these the oldest, whose texts have gone, are added up. */
const MOST_CHECKED = 10_000;

/** Which of a label's rows it was given to. */
type LabelOutcome = "changed" | "same" | "absent";

/** How many were kept on a day of UTC, whatever became of them. */
type KeptOfDay = { readonly day: number; readonly accepted: number; readonly escalated: number };

/**
 * Texts of audited answers, each until its time is over, and what people said of them, which stays: numbers alone. They are in no
 * export and no log. `human_checks` has the accepted rows that were offered to a person, and `human_check_sums` the older of them: the
 * bound that they are for holds of all rows since the first, and not of the last so many.
 */
export interface AuditedTextStore {
	/** False where it is there already. The oldest goes where there are too many. */
	readonly add: (text: AuditedText) => boolean;
	/** Of the last day on which any was kept. */
	readonly day: () => KeptOfDay | null;
	readonly setDay: (day: KeptOfDay) => void;
	/** Oldest first, those after this number. */
	readonly page: (after: number, limit: number) => KeptText[];
	/** A person's verdict, in place of an earlier one of theirs; what is kept up to it counts as offered. */
	readonly label: (row: Pick<AuditedText, "requestId" | "item">, wrong: boolean) => LabelOutcome;
	/** Whatever is kept up to this number was offered to a person, and counts without a verdict until it has one. */
	readonly offer: (upTo: number) => void;
	/** All rows that were ever offered. */
	readonly checked: () => CheckedRows[];
	/** When the next one has to go; null where there is none. */
	readonly nextEnd: () => number | null;
	/** Deletes those whose time is over by then. */
	readonly deleteEnded: (by: number) => void;
	/** No text is kept for longer than until `hoursMs` after its arrival. */
	readonly shorten: (hoursMs: number) => void;
	/** Deletes every text; what people said stays. */
	readonly clear: () => void;
}

type Row = { readonly sequence: number; readonly wrong: number | null; readonly document: string };

/** Texts in SQL; the database must hold the tables of `AUDITED_TEXT_MIGRATIONS`. */
export function createAuditedTexts(sql: SqlStorage): AuditedTextStore {
	const offer = (upTo: number): void => {
		// Up to the last one offered all that were kept are there.
		const added = sql.exec(
			"INSERT INTO human_checks (sequence, found_right, wrong) SELECT sequence, found_right, wrong FROM audited_texts WHERE accepted = 1 AND sequence <= ? AND sequence > (SELECT COALESCE(MAX(sequence), 0) FROM human_checks) RETURNING 1",
			upTo,
		);
		if (added.toArray().length === 0) return;
		const [last] = sql
			.exec<{ sequence: number }>(
				"SELECT sequence FROM human_checks ORDER BY sequence DESC LIMIT 1 OFFSET ?",
				MOST_CHECKED,
			)
			.toArray();
		if (last === undefined) return;
		sql.exec(
			"INSERT INTO human_check_sums SELECT found_right, COALESCE(wrong, -1), COUNT(*) FROM human_checks WHERE sequence <= ? GROUP BY 1, 2 ON CONFLICT DO UPDATE SET rows = rows + excluded.rows",
			last.sequence,
		);
		sql.exec("DELETE FROM human_checks WHERE sequence <= ?", last.sequence);
	};
	return {
		add({ expiresAt, ...text }) {
			const added = sql.exec(
				"INSERT INTO audited_texts (id, accepted, found_right, expires_at, document) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1",
				seenIdentity(text),
				text.served === "accepted" ? 1 : 0,
				text.verdict === "right" ? 1 : 0,
				expiresAt,
				JSON.stringify(text),
			);
			if (added.toArray().length === 0) return false;
			sql.exec(
				"DELETE FROM audited_texts WHERE sequence <= (SELECT sequence FROM audited_texts ORDER BY sequence DESC LIMIT 1 OFFSET ?)",
				MOST_KEPT,
			);
			return true;
		},
		day: () => sql.exec<KeptOfDay>("SELECT day, accepted, escalated FROM audited_text_day").toArray()[0] ?? null,
		setDay({ day, accepted, escalated }) {
			sql.exec(
				"INSERT OR REPLACE INTO audited_text_day (only, day, accepted, escalated) VALUES (1, ?, ?, ?)",
				day,
				accepted,
				escalated,
			);
		},
		page: (after, limit) =>
			sql
				.exec<Row & { readonly expires_at: number }>(
					"SELECT sequence, wrong, expires_at, document FROM audited_texts WHERE sequence > ? ORDER BY sequence LIMIT ?",
					after,
					limit,
				)
				.toArray()
				.map(({ sequence, wrong, expires_at: expiresAt, document }) => ({
					...(JSON.parse(document) as Omit<AuditedText, "expiresAt">),
					sequence,
					expiresAt,
					wrong: wrong === null ? null : wrong === 1,
				})),
		label(row, wrong) {
			const id = seenIdentity(row);
			const [found] = sql
				.exec<{ sequence: number; wrong: number | null }>("SELECT sequence, wrong FROM audited_texts WHERE id = ?", id)
				.toArray();
			if (found === undefined) return "absent";
			const value = wrong ? 1 : 0;
			if (found.wrong === value) return "same";
			sql.exec("UPDATE audited_texts SET wrong = ? WHERE sequence = ?", value, found.sequence);
			offer(found.sequence);
			sql.exec("UPDATE human_checks SET wrong = ? WHERE sequence = ?", value, found.sequence);
			return "changed";
		},
		offer,
		checked: () =>
			sql
				.exec<{ found_right: number; wrong: number; rows: number }>(
					"SELECT found_right, wrong, SUM(rows) AS rows FROM (SELECT found_right, COALESCE(wrong, -1) AS wrong, COUNT(*) AS rows FROM human_checks GROUP BY 1, 2 UNION ALL SELECT * FROM human_check_sums) GROUP BY 1, 2",
				)
				.toArray()
				.map(({ found_right: foundRight, wrong, rows }) => ({
					foundRight: foundRight === 1,
					wrong: wrong === -1 ? null : wrong === 1,
					rows,
				})),
		nextEnd: () =>
			sql.exec<{ end: number | null }>("SELECT MIN(expires_at) AS end FROM audited_texts").toArray()[0]?.end ?? null,
		deleteEnded(by) {
			sql.exec("DELETE FROM audited_texts WHERE expires_at <= ?", by);
		},
		shorten(hoursMs) {
			sql.exec(
				"UPDATE audited_texts SET expires_at = document ->> '$.at' + ?1 WHERE expires_at > document ->> '$.at' + ?1",
				hoursMs,
			);
		},
		clear() {
			sql.exec("DELETE FROM audited_texts");
		},
	};
}
