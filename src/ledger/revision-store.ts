import type { Actor, Page, PolicyRevision, RevisionSummary } from "../core/ledger/ledger-ports.ts";
import type { JsonObject } from "../core/json.ts";
import { pageOf, pageSize } from "./page.ts";

type SummaryRow = {
	readonly revision: number;
	readonly at: number;
	readonly author_kind: string;
	readonly author_name: string;
	readonly reason: string;
	readonly cause: string;
};
type Row = SummaryRow & { readonly document: string };

const SUMMARY = "revision, at, author_kind, author_name, reason, cause";

/** The revisions of a tenant's policy. They are only ever added, and count from 1 without a gap. */
export interface RevisionStore {
	/** The number of the newest; null before the first. */
	readonly current: () => number | null;
	readonly read: (revision: number) => PolicyRevision | null;
	/** Adds the next revision and returns its number. */
	readonly append: (revision: Omit<PolicyRevision, "revision">) => number;
	/** Newest first, those before `before`. */
	readonly page: (input: { readonly before: number | null; readonly limit: number }) => Page<RevisionSummary>;
	/** Oldest first, those after `revision`, read as they are taken. */
	readonly after: (revision: number) => Iterable<PolicyRevision>;
}

/** Revisions in SQL. The caller keeps the transaction: what it read must still hold when it appends. */
export function createRevisionStore(sql: SqlStorage): RevisionStore {
	const current = () =>
		sql.exec<{ revision: number | null }>("SELECT MAX(revision) AS revision FROM revisions").one().revision;
	return {
		current,
		read(revision) {
			const [row] = sql.exec<Row>(`SELECT ${SUMMARY}, document FROM revisions WHERE revision = ?`, revision).toArray();
			return row === undefined ? null : revisionOf(row);
		},
		append({ document, at, author, reason, cause }) {
			const revision = (current() ?? 0) + 1;
			sql.exec(
				"INSERT INTO revisions (revision, document, at, author_kind, author_name, reason, cause) VALUES (?, ?, ?, ?, ?, ?, ?)",
				revision,
				JSON.stringify(document),
				at,
				author.kind,
				author.name,
				reason,
				cause,
			);
			return revision;
		},
		page({ before, limit }) {
			const size = pageSize(limit);
			const rows = sql.exec<SummaryRow>(
				`SELECT ${SUMMARY} FROM revisions WHERE revision < ? ORDER BY revision DESC LIMIT ?`,
				before ?? Number.MAX_SAFE_INTEGER,
				size + 1,
			);
			return pageOf(rows.toArray().map(summaryOf), size, ({ revision }) => revision);
		},
		*after(revision) {
			// One by one, as each may be half a megabyte. A cursor that is left open would lock tables against being dropped.
			for (let last = revision; ;) {
				const [row] = sql
					.exec<Row>(`SELECT ${SUMMARY}, document FROM revisions WHERE revision > ? ORDER BY revision LIMIT 1`, last)
					.toArray();
				if (row === undefined) return;
				yield revisionOf(row);
				last = row.revision;
			}
		},
	};
}

function summaryOf(row: SummaryRow): RevisionSummary {
	return {
		revision: row.revision,
		at: row.at,
		author: { kind: row.author_kind as Actor["kind"], name: row.author_name },
		reason: row.reason,
		cause: row.cause as PolicyRevision["cause"],
	};
}

function revisionOf(row: Row): PolicyRevision {
	return { ...summaryOf(row), document: JSON.parse(row.document) as JsonObject };
}
