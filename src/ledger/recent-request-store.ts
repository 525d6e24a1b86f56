import type { LedgerRefusal } from "../core/ledger/ledger-ports.ts";
import {
	byRecency,
	findRequest,
	MOST_RECENT_REQUESTS,
	RECENT_MS,
	recentPage,
	recentRequestOf,
	type RecentRequest,
	type RecentRequestsPage,
	type RecentRequestsQuery,
	type RequestText,
} from "../core/ledger/recent-requests.ts";
import type { Observation } from "../core/observation.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { Migration } from "./sql-migrations.ts";

/** The schema of the component `recent_requests`. */
export const RECENT_REQUEST_MIGRATIONS: readonly Migration[] = [
	{
		version: 1,
		statements: [
			// A row holds what one call brought, or what several small ones did: `documents` is a list of so many requests.
			`CREATE TABLE recent_requests (
				slot INTEGER PRIMARY KEY,
				sequence INTEGER NOT NULL,
				requests INTEGER NOT NULL,
				oldest_at INTEGER NOT NULL,
				documents TEXT NOT NULL
			) STRICT`,
		],
	},
];

/** Calls that bring few share a row up to so many requests: so there are some twenty rows at most. */
const MOST_SHARED = 20;

/** UTF-16 units of a row, which are at most three bytes each; one of SQLite in a Durable Object holds 2 MB. */
const MOST_CHARACTERS = 500_000;

const HOUR_MS = 60 * 60 * 1000;

/** A tenant's last requests, each until a day after its arrival or up to an hour less. */
export interface RecentRequestStore {
	/**
	 * Keeps these, which must be new, in the place of the oldest: one row is written, whatever their number. To be called in
	 * the transaction that puts them on record as counted. `now` is in milliseconds since the Unix epoch.
	 */
	readonly add: (observations: readonly Observation[], now: number) => void;
	/** Of the last ones, none older than a day. */
	readonly page: (query: RecentRequestsQuery, now: number) => RecentRequestsPage;
	readonly find: (text: RequestText, now: number) => Result<RecentRequest, LedgerRefusal>;
	/** When some have to go, in milliseconds since the Unix epoch; once an hour at most. Null where there is none. */
	readonly nextEnd: () => number | null;
	/** Deletes those whose time is over, or will be within the hour. */
	readonly deleteEnded: (now: number) => void;
}

/** A row but for what it holds. */
type Row = {
	readonly slot: number;
	readonly sequence: number;
	readonly requests: number;
	readonly oldest_at: number;
};

/** The last requests in SQL; the database must hold the tables of `RECENT_REQUEST_MIGRATIONS` by the first call. */
export function createRecentRequests(sql: SqlStorage): RecentRequestStore {
	/** Newest first; and those without which there are enough. */
	const rows = (): { readonly needed: readonly Row[]; readonly surplus: readonly Row[] } => {
		const all = sql
			.exec<Row>("SELECT slot, sequence, requests, oldest_at FROM recent_requests")
			.toArray()
			.toSorted((left, right) => right.sequence - left.sequence);
		let before = 0;
		const enough = all.findIndex(({ requests }) => (before += requests) >= MOST_RECENT_REQUESTS);
		const end = enough === -1 ? all.length : enough + 1;
		return { needed: all.slice(0, end), surplus: all.slice(end) };
	};
	const documentsIn = (slot: number): string =>
		sql.exec<{ documents: string }>("SELECT documents FROM recent_requests WHERE slot = ?", slot).toArray()[0]
			?.documents ?? "[]";
	const put = ({ slot, sequence, requests, oldest_at: oldestAt }: Row, documents: string) =>
		sql.exec(
			`INSERT INTO recent_requests (slot, sequence, requests, oldest_at, documents) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO
			UPDATE SET sequence = excluded.sequence, requests = excluded.requests, oldest_at = excluded.oldest_at, documents = excluded.documents`,
			slot,
			sequence,
			requests,
			oldestAt,
			documents,
		);
	const read = (now: number): readonly RecentRequest[] =>
		rows()
			.needed.flatMap(({ slot }) => readDocuments(documentsIn(slot)))
			.filter(({ at }) => at > now - RECENT_MS)
			.toSorted(byRecency)
			.slice(0, MOST_RECENT_REQUESTS);

	return {
		add(observations, now) {
			const kept = observations.filter(({ at }) => at > goneBy(now)).toSorted(byRecency);
			const texts = fitting(kept.slice(0, MOST_RECENT_REQUESTS).map((each) => JSON.stringify(recentRequestOf(each))));
			if (texts.length === 0) return;
			const oldestAt = Math.min(...kept.slice(0, texts.length).map(({ at }) => at));
			const { needed, surplus } = rows();
			const [last] = needed;
			const requests = (last?.requests ?? 0) + texts.length;
			const shared = last !== undefined && requests <= MOST_SHARED ? documentsIn(last.slot) : null;
			const added = texts.join(",");
			if (last !== undefined && shared !== null && shared.length + added.length < MOST_CHARACTERS) {
				put({ ...last, requests, oldest_at: Math.min(last.oldest_at, oldestAt) }, `${shared.slice(0, -1)},${added}]`);
				return;
			}
			const slot = surplus[0]?.slot ?? Math.max(0, ...needed.map((row) => row.slot)) + 1;
			const sequence = (last?.sequence ?? 0) + 1;
			put({ slot, sequence, requests: texts.length, oldest_at: oldestAt }, `[${added}]`);
		},
		page: (query, now) => recentPage(read(now), query),
		find(text, now) {
			const found = findRequest(read(now), text);
			return found === null ? err({ kind: "not-found", what: "request" }) : ok(found);
		},
		nextEnd() {
			const [row] = sql.exec<{ at: number | null }>("SELECT MIN(oldest_at) AS at FROM recent_requests").toArray();
			return row?.at == null ? null : hourOf(row.at + RECENT_MS);
		},
		deleteEnded(now) {
			const by = goneBy(now);
			for (const row of sql
				.exec<Row>("SELECT slot, sequence, requests, oldest_at FROM recent_requests WHERE oldest_at <= ?", by)
				.toArray()) {
				const left = readDocuments(documentsIn(row.slot)).filter(({ at }) => at > by);
				if (left.length === 0) sql.exec("DELETE FROM recent_requests WHERE slot = ?", row.slot);
				else {
					const oldestAt = Math.min(...left.map(({ at }) => at));
					put({ ...row, requests: left.length, oldest_at: oldestAt }, JSON.stringify(left));
				}
			}
		},
	};
}

/** What arrived then or before is deleted now: its day ends within this hour of the clock. So hours alone have work to do. */
function goneBy(now: number): number {
	return hourOf(now) + HOUR_MS - RECENT_MS;
}

/** The beginning of the hour (UTC) of a moment. */
function hourOf(at: number): number {
	return Math.floor(at / HOUR_MS) * HOUR_MS;
}

/** As many of them, from the beginning, as one row holds. */
function fitting(texts: readonly string[]): readonly string[] {
	let characters = 0;
	const tooMany = texts.findIndex((text) => (characters += text.length + 1) > MOST_CHARACTERS);
	return tooMany === -1 ? texts : texts.slice(0, tooMany);
}

function readDocuments(text: string): readonly RecentRequest[] {
	return JSON.parse(text) as RecentRequest[];
}
