import type { Observation } from "../core/observation.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Today and the day before are never forgotten for want of room. */
const LEAST_DAYS = 1;

/**
 * Part of the schema of a ledger that remembers identities: one row at most, the first day (since the Unix epoch) that is
 * still told apart, once days have been forgotten for want of room.
 */
export const SEEN_FLOOR_TABLE =
	"CREATE TABLE seen_floor (only INTEGER PRIMARY KEY CHECK (only = 1), day INTEGER NOT NULL) STRICT";

/** What an observation is told from others by. */
export type Seen = Pick<Observation, "requestId" | "item" | "at"> & {
	/** Of the audit of the request's answer, and not of the request. */
	readonly isAudit?: boolean;
};

/** How long a ledger remembers what it has counted. */
interface SeenOptions {
	/** The beginning of the names of its tables, which `empty-ledger.ts` must know. */
	readonly tableName: string;
	/** Days (UTC) before today of which observations are told apart; at least 1. */
	readonly days: number;
	/** Bytes of the whole database above which the oldest days are forgotten earlier, but never today and the day before. */
	readonly mostBytes: number;
}

/** Days that were forgotten before their time, since the database had become too large. */
export interface ForgottenDays {
	/** How many, with the first that is still told apart, in milliseconds since the Unix epoch. */
	readonly days: number;
	readonly from: number;
	/** Of the database, before. */
	readonly bytes: number;
}

/**
 * The observations that have been counted. One table a day of arrival, so that old days go by dropping a table: that
 * writes no rows, where deleting a million would cost as much as inserting them (`docs/scale.md`).
 *
 * An observation that arrives when its day may be gone is never new. So each is counted at most once, however long
 * after a queue, or a person with a dead-letter queue, delivers it again.
 */
export interface SeenObservations {
	/**
	 * To be called before all others, in the same transaction: makes the days' tables, and drops those that are over, or
	 * for which there is no room any more; null where none had to go for that.
	 */
	readonly prepare: (observations: readonly Seen[], now: number) => ForgottenDays | null;
	/**
	 * Puts an observation on record; false where it is there already, or too old to tell. `subject` is kept with it: the
	 * number of what it was about.
	 */
	readonly add: (observation: Seen, now: number, subject?: number) => boolean;
	/** Whether an observation is on record; to be asked between `prepare` and the end of its transaction. */
	readonly has: (observation: Seen, now: number) => boolean;
	/** The subject of an observation of whatever time; null where it is not on record, or was put there without one. */
	readonly subjectOf: (observation: Omit<Seen, "at">) => number | null;
	/** Whether an observation of this time may have been seen and forgotten. */
	readonly isTooOld: (at: number, now: number) => boolean;
}

/** What has been seen, in SQL; the database must hold `SEEN_FLOOR_TABLE`. */
export function createSeenObservations(sql: SqlStorage, { tableName, days, mostBytes }: SeenOptions): SeenObservations {
	/** As it was read by the last `prepare`: a transaction that is taken back takes its floor back too. */
	let floor = Number.NEGATIVE_INFINITY;
	const tableOf = (day: number) => `${tableName}${day}`;
	const dayOfTable = (name: string) => Number(name.slice(tableName.length));
	const tables = () =>
		sql
			.exec<{ name: string; sql: string }>(
				`SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name GLOB '${tableName}*'`,
			)
			.toArray();
	const isTooOld = (at: number, now: number) => dayOf(at) < Math.max(dayOf(now) - days, floor);

	/** Forgets the oldest of these days until there is room. */
	const makeRoom = (kept: readonly number[], now: number): ForgottenDays | null => {
		const bytes = sql.databaseSize;
		const gone: number[] = [];
		for (const day of kept.toSorted((left, right) => left - right)) {
			if (sql.databaseSize <= mostBytes || day >= dayOf(now) - LEAST_DAYS) break;
			sql.exec(`DROP TABLE ${tableOf(day)}`);
			gone.push(day);
		}
		const last = gone.at(-1);
		if (last === undefined) return null;
		floor = Math.max(floor, last + 1);
		sql.exec("INSERT OR REPLACE INTO seen_floor (only, day) VALUES (1, ?)", floor);
		return { days: gone.length, from: floor * DAY_MS, bytes };
	};

	return {
		prepare(observations, now) {
			floor = sql.exec<{ day: number }>("SELECT day FROM seen_floor").toArray()[0]?.day ?? Number.NEGATIVE_INFINITY;
			const made = tables();
			// Of a program before there were subjects. No row is written by this.
			for (const { name, sql: text } of made)
				if (!hasSubjects(text)) sql.exec(`ALTER TABLE ${name} ADD COLUMN subject INTEGER`);
			// A day of grace, since the clocks of the machines that this object moves between may differ.
			const oldest = dayOf(now) - days - 1;
			const [over, kept] = [[] as number[], [] as number[]];
			for (const { name } of made) (dayOfTable(name) < oldest ? over : kept).push(dayOfTable(name));
			for (const day of over) sql.exec(`DROP TABLE ${tableOf(day)}`);
			const forgotten = makeRoom(kept, now);
			const needed = new Set(observations.filter(({ at }) => !isTooOld(at, now)).map(({ at }) => dayOf(at)));
			for (const day of needed) {
				if (kept.includes(day)) continue;
				sql.exec(`CREATE TABLE ${tableOf(day)} (id ANY PRIMARY KEY, subject INTEGER) STRICT, WITHOUT ROWID`);
			}
			return forgotten;
		},
		add(observation, now, subject) {
			if (isTooOld(observation.at, now)) return false;
			const added = sql.exec(
				`INSERT INTO ${tableOf(dayOf(observation.at))} (id, subject) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING 1`,
				seenIdentity(observation),
				subject ?? null,
			);
			return added.toArray().length > 0;
		},
		has(observation, now) {
			if (isTooOld(observation.at, now)) return false;
			const found = sql.exec(`SELECT 1 FROM ${tableOf(dayOf(observation.at))} WHERE id = ?`, seenIdentity(observation));
			return found.toArray().length > 0;
		},
		subjectOf(observation) {
			const id = seenIdentity(observation);
			// An id does not tell its day. The latest first, since what is asked about is mostly of today.
			for (const { name } of tables()
				.filter(({ sql: text }) => hasSubjects(text))
				.toReversed()) {
				const [found] = sql.exec<{ subject: number | null }>(`SELECT subject FROM ${name} WHERE id = ?`, id).toArray();
				if (found !== undefined) return found.subject;
			}
			return null;
		},
		isTooOld,
	};
}

/** By the statement that made a table, or what it has become. */
function hasSubjects(statement: string): boolean {
	return statement.includes("subject INTEGER");
}

function dayOf(at: number): number {
	return Math.floor(at / DAY_MS);
}

/**
 * What is one observation's alone: the request's id and which of its texts, and whether it is of its audit. The ids that
 * this Worker gives are UUIDs, whose 16 bytes take less than half the room of their text; other ids are kept as they are.
 * Bytes and text are never equal in SQL, nor are bytes of other lengths: 16, 20 with an item, one more of an audit.
 */
export function seenIdentity({ requestId, item, isAudit = false }: Omit<Seen, "at">): ArrayBuffer | string {
	const uuid = /^req_([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/u.exec(requestId);
	if (uuid === null || (item ?? 0) >= 2 ** 32)
		return JSON.stringify([requestId, item ?? null, ...(isAudit ? ["audit"] : [])]);
	const length = item === undefined ? 16 : 20;
	const bytes = new Uint8Array(isAudit ? length + 1 : length);
	const hex = uuid.slice(1).join("");
	for (let index = 0; index < 16; index++) bytes[index] = Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16);
	if (item !== undefined) new DataView(bytes.buffer).setUint32(16, item);
	return bytes.buffer;
}
