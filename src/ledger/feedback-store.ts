import {
	FEEDBACK_DAYS,
	MOST_RATING,
	type AnswerSubject,
	type Feedback,
	type FeedbackEntry,
	type FeedbackRecorded,
	type FeedbackReport,
	type FeedbackRow,
} from "../core/ledger/feedback.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { Migration } from "./sql-migrations.ts";

/** The schema of the component `feedback`. Times are milliseconds since the Unix epoch. */
export const FEEDBACK_MIGRATIONS: readonly Migration[] = [
	{
		version: 1,
		statements: [
			// `item` is −1 where the request has one text: a key has no null. `subject` is null until the request is known.
			`CREATE TABLE feedback (
				request_id TEXT NOT NULL,
				item INTEGER NOT NULL,
				at INTEGER NOT NULL,
				correct INTEGER,
				rating INTEGER,
				subject TEXT,
				PRIMARY KEY (request_id, item)
			) STRICT, WITHOUT ROWID`,
			// One row: how much of it came on the last day on which any came.
			`CREATE TABLE feedback_day (
				only INTEGER PRIMARY KEY CHECK (only = 1),
				day INTEGER NOT NULL,
				added INTEGER NOT NULL
			) STRICT`,
		],
	},
];

/** Requests of which feedback is taken for the first time on one day (UTC). What is kept stays below some 40 MB. */
export const MOST_FEEDBACK_A_DAY = 10_000;

/** Pieces whose requests are looked for in one call; each look reads a row of some 17 tables. */
const MOST_JOINED_AT_ONCE = 500;

const DAY_MS = 24 * 60 * 60 * 1000;
const NO_ITEM = -1;

type StoredFeedback = {
	readonly request_id: string;
	readonly item: number;
	readonly at: number;
	readonly correct: number | null;
	readonly rating: number | null;
	readonly subject: string | null;
};

/** A tenant's feedback. */
export interface FeedbackStore {
	/**
	 * Keeps what is said of an answer, in place of what was said of it before. Of a request that is not known yet it is
	 * kept too: an answer's record comes seconds after the answer. `now` is in milliseconds since the Unix epoch.
	 */
	readonly record: (feedback: Feedback, now: number) => Result<FeedbackRecorded, "day-full">;
	/** Counts of the last days, after what was not joined yet has been looked for once more. */
	readonly report: (now: number) => FeedbackReport;
	/** All that is kept, in the order of request ids, after so many. */
	readonly after: (count: number) => Iterable<FeedbackEntry>;
}

/**
 * Feedback in SQL; the database must hold the tables of `FEEDBACK_MIGRATIONS`. `subjectOf` tells what a request was
 * answered by, null where it is not known.
 */
export function createFeedbackStore(
	storage: Pick<DurableObjectStorage, "sql" | "transactionSync">,
	subjectOf: (request: Pick<Feedback, "requestId" | "item">) => AnswerSubject | null,
): FeedbackStore {
	const { sql } = storage;
	const known = ({ requestId, item = NO_ITEM }: Feedback): StoredFeedback | undefined =>
		sql.exec<StoredFeedback>("SELECT * FROM feedback WHERE request_id = ? AND item = ?", requestId, item).toArray()[0];

	/** How many came today; the first of a day clears away what is too old. */
	const addedToday = (now: number): number => {
		const day = Math.floor(now / DAY_MS);
		const [row] = sql.exec<{ day: number; added: number }>("SELECT day, added FROM feedback_day").toArray();
		// A clock that steps back over midnight opens no new day.
		if (row !== undefined && row.day >= day) return row.added;
		sql.exec("DELETE FROM feedback WHERE at < ?", now - FEEDBACK_DAYS * DAY_MS);
		sql.exec("INSERT OR REPLACE INTO feedback_day VALUES (1, ?, 0)", day);
		join();
		return 0;
	};

	/** Looks for the requests of what is not joined, the latest first: what is older has been looked for before. */
	const join = (): void => {
		const waiting = sql
			.exec<Pick<StoredFeedback, "request_id" | "item">>(
				"SELECT request_id, item FROM feedback WHERE subject IS NULL ORDER BY at DESC LIMIT ?",
				MOST_JOINED_AT_ONCE,
			)
			.toArray();
		for (const { request_id: requestId, item } of waiting) {
			const subject = subjectOf({ requestId, ...(item === NO_ITEM ? {} : { item }) });
			if (subject === null) continue;
			sql.exec(
				"UPDATE feedback SET subject = ? WHERE request_id = ? AND item = ?",
				JSON.stringify(subject),
				requestId,
				item,
			);
		}
	};

	return {
		record: (feedback, now) =>
			storage.transactionSync((): Result<FeedbackRecorded, "day-full"> => {
				const { requestId, item = NO_ITEM, verdict } = feedback;
				const before = known(feedback);
				const correct = verdict.kind === "correct" ? Number(verdict.correct) : null;
				const rating = verdict.kind === "rating" ? verdict.rating : null;
				if (before !== undefined && before.correct === correct && before.rating === rating)
					return ok({ changed: false, joined: before.subject !== null });
				if (before === undefined && addedToday(now) >= MOST_FEEDBACK_A_DAY) return err("day-full");
				const subject = before?.subject ?? textOf(subjectOf(feedback));
				sql.exec(
					"INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?)",
					requestId,
					item,
					now,
					correct,
					rating,
					subject,
				);
				if (before === undefined) sql.exec("UPDATE feedback_day SET added = added + 1");
				return ok({ changed: true, joined: subject !== null });
			}),
		report: (now) =>
			storage.transactionSync((): FeedbackReport => {
				join();
				const counts = sql.exec<Pick<StoredFeedback, "correct" | "rating" | "subject"> & { readonly n: number }>(
					"SELECT subject, correct, rating, COUNT(*) AS n FROM feedback WHERE at >= ? GROUP BY subject, correct, rating",
					now - FEEDBACK_DAYS * DAY_MS,
				);
				const rows = new Map<string, { correct: number; wrong: number; readonly ratings: number[] }>();
				let unjoined = 0;
				for (const { subject, correct, rating, n } of counts) {
					if (subject === null) {
						unjoined += n;
						continue;
					}
					const row = rows.get(subject) ?? { correct: 0, wrong: 0, ratings: Array<number>(MOST_RATING).fill(0) };
					rows.set(subject, row);
					if (rating !== null) row.ratings[rating - 1] = n;
					else if (correct === 1) row.correct = n;
					else row.wrong = n;
				}
				return {
					rows: [...rows].map(([subject, row]) => ({ ...readSubject(subject), ...row })).sort(bySubject),
					unjoined,
				};
			}),
		*after(count) {
			const stored = sql.exec<StoredFeedback>(
				"SELECT * FROM feedback ORDER BY request_id, item LIMIT -1 OFFSET ?",
				count,
			);
			for (const { request_id: requestId, item, at, correct, rating, subject } of stored)
				yield {
					requestId,
					item: item === NO_ITEM ? null : item,
					at,
					correct: correct === null ? null : correct === 1,
					rating,
					subject: subject === null ? null : readSubject(subject),
				};
		},
	};
}

function textOf(subject: AnswerSubject | null): string | null {
	return subject === null ? null : JSON.stringify(subject);
}

function readSubject(text: string): AnswerSubject {
	return JSON.parse(text) as AnswerSubject;
}

function bySubject(left: FeedbackRow, right: FeedbackRow): number {
	if (left.cascade !== right.cascade) return left.cascade < right.cascade ? -1 : 1;
	if (left.policyRevision !== right.policyRevision) return left.policyRevision - right.policyRevision;
	return (left.stage ?? "") < (right.stage ?? "") ? -1 : 1;
}
